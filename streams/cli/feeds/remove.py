"""``streams feeds remove``: remove feeds from the file."""

import typer

from streams.cli.feeds._files import FeedArguments, FeedsFileOption, feeds_file
from streams.config.feeds_file import remove_feeds


def remove(feeds: FeedArguments, file: FeedsFileOption = None) -> None:
    """Remove feeds from the file; a running pipeline stops polling them within seconds.

    Articles that were sent stay. A feed that is added again with the same id continues where it
    stopped: known entries are not sent again.

    **Examples:**

    - `streams feeds remove news.example-rss`
    - `streams feeds remove https://news.example/rss https://other.example/feed`
    """
    for feed in remove_feeds(feeds_file(file), feeds):
        typer.echo(f"removed {feed.name}")
