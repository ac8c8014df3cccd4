"""``streams feeds pause`` and ``resume``: stop polling feeds for a while."""

import typer

from streams.cli.feeds._files import FeedArguments, FeedsFileOption, feeds_file
from streams.config.feeds_file import edit_feeds


def pause(feeds: FeedArguments, file: FeedsFileOption = None) -> None:
    """Stop polling feeds until `streams feeds resume`; pushes from their hubs are refused, too.

    The file gets `paused = true`; a running pipeline notices within seconds.

    **Examples:**

    - `streams feeds pause news.example-rss`
    """
    changed = edit_feeds(feeds_file(file), feeds, {"paused": True})
    _print_result(feeds, changed, "paused")


def resume(feeds: FeedArguments, file: FeedsFileOption = None) -> None:
    """Poll paused feeds again; entries published meanwhile are sent if the feed still lists them.

    **Examples:**

    - `streams feeds resume news.example-rss`
    """
    changed = edit_feeds(feeds_file(file), feeds, {"paused": None})
    _print_result(feeds, changed, "resumed")


def _print_result(feeds: list[str], changed: list[str], verb: str) -> None:
    for name in changed:
        typer.echo(f"{verb} {name}")
    if not changed:
        state = "paused already" if verb == "paused" else "not paused"
        typer.echo(f"{', '.join(feeds)}: {state}")
