"""``streams feeds import``: add the feeds of another feed reader."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli._arguments import readable_file
from streams.cli._output.console import printable
from streams.cli.feeds._files import FeedsFileOption, feeds_file, print_added
from streams.config.feeds_file import add_feeds
from streams.config.opml import read_opml
from streams.text.plural import plural


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

    Addresses that cannot be polled are named.

    **Examples:**

    - `streams feeds import subscriptions.opml`
    """
    found = read_opml(opml.read_bytes())
    file = feeds_file(file)
    n_added, n_feeds = add_feeds(file, found.urls)
    print_added(file, n_added, n_feeds)
    if n_known := len(found.urls) - n_added:
        typer.echo(f"{plural(n_known, 'feed')} already in the file")
    for sentence in found.left_out:
        typer.echo(printable(f"left out: {sentence}"))
