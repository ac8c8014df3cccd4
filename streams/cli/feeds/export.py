"""``streams feeds export``: the feeds for other feed readers."""

import typer

from streams.cli.feeds._files import FeedsFileOption, feeds_file
from streams.config.feeds_file import load_feeds
from streams.config.opml import opml_text


def export(file: FeedsFileOption = None) -> None:
    """Print the feeds as OPML, for other feed readers.

    **Examples:**

    - `streams feeds export > subscriptions.opml`
    """
    typer.echo(
        opml_text((feed.name, feed.url) for feed in load_feeds(feeds_file(file)).feed), nl=False
    )
