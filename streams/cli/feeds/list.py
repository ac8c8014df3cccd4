"""``streams feeds list``: the feeds in the file."""

import orjson
import typer

from streams.cli._arguments import JsonLines
from streams.cli.feeds._files import FeedsFileOption, feeds_file
from streams.config.feeds_file import load_feeds


def list_(file: FeedsFileOption = None, *, json_: JsonLines = False) -> None:
    """List the feeds in the file.

    **Examples:**

    - `streams feeds list`
    - `streams feeds list --json`
    """
    for feed in load_feeds(feeds_file(file)).feed:
        if json_:
            row = {
                "id": feed.name,
                "url": feed.url,
                "text": feed.text.value,
                "min_minutes": feed.min_minutes,
                "max_minutes": feed.max_minutes,
                "paused": feed.paused,
                "login": feed.login.value if feed.login else "",
            }
            typer.echo(orjson.dumps(row))
        else:
            typer.echo(f"{feed.name}  {feed.url}{'  paused' * feed.paused}")
