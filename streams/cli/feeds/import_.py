"""``streams feeds import``: add the feeds of another feed reader."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli._arguments import readable_file
from streams.cli.feeds._files import FeedsFileOption, feeds_file, print_added
from streams.config.feeds import urls_in_opml
from streams.config.feeds_file import add_feeds


def import_(
    opml: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="OPML file of another feed reader.", callback=readable_file
        ),
    ],
    file: FeedsFileOption = None,
) -> None:
    """Add the feeds of an OPML file; existing feeds are left unchanged.

    **Examples:**

    - `streams feeds import subscriptions.opml`
    """
    urls = urls_in_opml(opml.read_text(encoding="utf-8", errors="replace"))
    file = feeds_file(file)
    print_added(file, *add_feeds(file, urls))
