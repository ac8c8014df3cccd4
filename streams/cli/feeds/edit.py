"""``streams feeds edit``: change fields of a feed in the file."""

from typing import Annotated

import typer

from streams.cli.feeds._files import (
    FeedArgument,
    FeedsFileOption,
    MaxMinutes,
    MinMinutes,
    Text,
    feeds_file,
    given_values,
)
from streams.config.feeds_file import edit_feeds
from streams.errors import UsageError


def edit(
    feed: Annotated[str, typer.Argument(metavar="ID|URL", help="Id or URL of the feed, exactly.")],
    file: FeedsFileOption = None,
    *,
    url: Annotated[str | None, typer.Option(help="New URL of the feed; its id is kept.")] = None,
    id_: FeedArgument = None,
    text: Text = None,
    min_minutes: MinMinutes = None,
    max_minutes: MaxMinutes = None,
) -> None:
    """Change fields of a feed in the file; comments and formatting are kept.

    A running pipeline uses the new values within seconds. A new `--id` starts a new state: entries
    that the feed still lists are sent again, and recognized as unchanged by their URLs.

    **Examples:**

    - `streams feeds edit news.example-rss --min-minutes 30 --text page`
    - `streams feeds edit news.example-rss --url https://news.example/feed`
    """
    values = given_values(
        url=url, id=id_, text=text, min_minutes=min_minutes, max_minutes=max_minutes
    )
    if not values:
        raise UsageError(
            "nothing to change: give --url, --id, --text, --min-minutes or --max-minutes"
        )
    changed = edit_feeds(feeds_file(file), [feed], values)
    for name in changed:
        typer.echo(f"changed {name}")
    if not changed:
        typer.echo(f"{feed}: has these values already")
