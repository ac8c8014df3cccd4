"""``streams alerts feed``: the addresses of the feed of a saved search."""

import asyncio
from datetime import UTC, datetime

import typer
from orjson import dumps

from streams.cli._arguments import JsonLines
from streams.cli._output.console import out
from streams.cli._settings import settings_with_broker
from streams.cli.alerts._lookup import read_search
from streams.cli.alerts._options import SearchIdOption
from streams.config.tokens_file import replace_feed_token
from streams.settings import Settings


def feed(id_: SearchIdOption, *, json_: JsonLines = False) -> None:
    """Create and print the addresses of the feed of a saved search, for feed readers.

    `streams serve` must run on the same data folder. The addresses contain a token that opens this
    feed and nothing else; earlier addresses stop working. They begin with `NEWS_PUBLIC_URL` if that
    is set. A new feed starts with the matches among the articles of the last 30 days.

    **Examples:**

    - `streams alerts feed german-rates`
    - `streams alerts feed german-rates --json`
    """
    addresses = asyncio.run(create_addresses(settings_with_broker(), id_))
    if json_:
        typer.echo(dumps(addresses).decode())
        return
    for name, address in addresses.items():
        out.print(f"{name}  {address}", highlight=False, markup=False, soft_wrap=True)


async def create_addresses(settings: Settings, id_: str) -> dict[str, str]:
    """Create a token for the feed of a saved search; return the feed's addresses by format.

    Raises:
        UsageError: If there is no saved search of this id.
    """
    search = await read_search(settings, id_)
    token = await asyncio.to_thread(
        replace_feed_token, settings.tokens_file, search, created=datetime.now(UTC)
    )
    base = settings.public_url.rstrip("/") or f"http://127.0.0.1:{settings.serve_port}"
    return {
        kind: f"{base}/v1/searches/{id_}/feed.{kind}?token={token}" for kind in ("atom", "json")
    }
