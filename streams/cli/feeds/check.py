"""``streams feeds check``: fetch every feed once."""

import asyncio

import orjson
import typer

from streams.cli._arguments import JsonLines
from streams.cli.feeds._files import FeedsFileOption, feeds_file
from streams.config.feeds import FeedEntry, FeedFile
from streams.config.feeds_file import load_feeds
from streams.errors import UsageError
from streams.fetch.fetcher import Fetched, Fetcher, fetcher
from streams.sources.feeds.login import login_hint, read_credentials
from streams.sources.feeds.parsing.model import Feed, FeedError
from streams.sources.feeds.parsing.parse import parse_feed
from streams.text.plural import plural


def check(file: FeedsFileOption = None, *, json_: JsonLines = False) -> None:
    """Fetch every feed once and report URLs that are not feeds (exit code 1).

    Nothing is sent or stored.

    **Examples:**

    - `streams feeds check`
    - `streams feeds check --json`
    """
    raise typer.Exit(asyncio.run(check_feeds(load_feeds(feeds_file(file)), json=json_)))


async def check_feeds(file: FeedFile, *, json: bool) -> int:
    """Fetch every feed once, and print the results.

    Returns:
        The exit code: 1 if a URL is not a feed.
    """
    n_failed = 0
    async with fetcher(contact=file.contact) as fetch:
        checks = [
            asyncio.create_task(_fetch_feed(fetch.allowing(file.private_hosts_of(entry)), entry))
            for entry in file.feed
        ]
        for entry, check_ in zip(file.feed, checks, strict=True):
            result = await check_
            n_failed += isinstance(result, str)
            _print_result(entry, result, json=json)
    return 1 if n_failed else 0


async def _fetch_feed(fetch: Fetcher, entry: FeedEntry) -> Feed | str:
    """Return the feed, or the reason why there is none."""
    try:
        credentials = read_credentials(entry)
    except UsageError as error:
        return f"login: {error}"
    response = await fetch.fetch(entry.url, credentials=credentials, keeps_start=True)
    if not isinstance(response, Fetched):
        return response.detail + login_hint(response, credentials, url=entry.url)
    try:
        return parse_feed(response.body, url=response.url, charset=response.charset)
    except FeedError as error:
        return f"not a feed: {error}"


def _print_result(entry: FeedEntry, result: Feed | str, *, json: bool) -> None:
    times = [] if isinstance(result, str) else [each.time for each in result.entries if each.time]
    latest = max(times).isoformat() if times else ""
    if json:
        error = result if isinstance(result, str) else ""
        row: dict[str, object] = {"id": entry.name, "url": entry.url, "error": error}
        if isinstance(result, Feed):
            row |= {"format": result.format, "entries": len(result.entries), "latest": latest}
        typer.echo(orjson.dumps(row))
    elif isinstance(result, str):
        typer.echo(f"{entry.name}: {result}")
    else:
        entries = plural(len(result.entries), "entry", "entries")
        typer.echo(f"{entry.name}: {result.format}, {entries}, latest {latest or 'unknown'}")
