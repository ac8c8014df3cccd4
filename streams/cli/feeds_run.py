"""What the commands about feeds do: files, one look at a feed, the run before a person's eyes."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import orjson
import typer

from streams.clean.decoding import decoded
from streams.errors import UsageError
from streams.sources.feeds.discover import feeds_in_page
from streams.sources.feeds.feed import Feed, FeedError
from streams.sources.feeds.feed_file import (
    FeedEntry,
    FeedFile,
    parse_feeds,
    urls_in_opml,
    with_feeds,
)
from streams.sources.feeds.parse import parse_feed
from streams.sources.fetch import Fetched, Fetcher, fetcher


def load_feeds(file: Path, *, missing_ok: bool = False) -> FeedFile:
    """Read a file of feeds, TOML or OPML by its name.

    Raises:
        UsageError: If it is missing or cannot be used; the message says what to do.
    """
    if not file.exists() and missing_ok:
        return FeedFile()
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file; `streams feeds add URL` makes one") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"reading {file}: {error}") from error
    if file.suffix.lower() in {".opml", ".xml"}:
        text, _ = with_feeds("", urls_in_opml(text))
    return parse_feeds(text, file=str(file))


def added(file: Path, urls: Iterable[str]) -> str:
    """Add feeds to a file, and say what was added.

    Raises:
        UsageError: If the file cannot be used or written, or a URL is none.
    """
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    if text:
        parse_feeds(text, file=str(file))
    changed, n_added = with_feeds(text, urls)
    parse_feeds(changed, file=str(file))
    try:
        file.write_text(changed, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"writing {file}: {error.strerror}") from error
    return f"{file}: {n_added} added, {changed.count('[[feed]]')} feeds now"


async def find_feed(url: str, file: FeedFile) -> str:
    """Give the URL of the feed at an address: itself, or the one that the page there names.

    Raises:
        UsageError: If there is none, or the page names several: the message lists them.
    """
    async with fetcher(contact=file.contact, allowed=frozenset(file.allow_private_hosts)) as fetch:
        answer = await fetch.fetch(url)
    if not isinstance(answer, Fetched):
        raise UsageError(f"{url}: {answer.detail}")
    try:
        parse_feed(answer.body, url=answer.url, charset=answer.charset)
    except FeedError as error:
        page = decoded(answer.body, http_charset=answer.charset).text
        found = feeds_in_page(page, url=answer.url)
        announced = [feed for feed in found if feed.announced] or found
        if not announced:
            raise UsageError(f"{url}: {error}, and it names none") from None
        if len(announced) > 1:
            lines = "\n".join(f"  {feed.url}  {feed.title}".rstrip() for feed in announced)
            raise UsageError(f"{url} names {len(announced)} feeds; add one:\n{lines}") from None
        return announced[0].url
    return answer.moved_to or url


async def check_feeds(file: FeedFile, *, json: bool) -> int:
    """Ask every feed once, print what it is; give the exit code."""
    n_bad = 0
    async with fetcher(contact=file.contact, allowed=frozenset(file.allow_private_hosts)) as fetch:
        looks = [asyncio.create_task(_look(fetch, feed)) for feed in file.feed]
        for feed, look in zip(file.feed, looks, strict=True):
            found = await look
            n_bad += isinstance(found, str)
            _print_look(feed, found, json=json)
    return 1 if n_bad else 0


async def _look(fetch: Fetcher, feed: FeedEntry) -> Feed | str:
    answer = await fetch.fetch(feed.url)
    if not isinstance(answer, Fetched):
        return answer.detail
    try:
        return parse_feed(answer.body, url=answer.url, charset=answer.charset)
    except FeedError as error:
        return f"no feed: {error}"


def _print_look(feed: FeedEntry, found: Feed | str, *, json: bool) -> None:
    times = [] if isinstance(found, str) else [each.time for each in found.entries if each.time]
    latest = max(times).isoformat() if times else ""
    if json:
        error = found if isinstance(found, str) else ""
        row: dict[str, object] = {"id": feed.name, "url": feed.url, "error": error}
        if isinstance(found, Feed):
            row |= {"format": found.format, "entries": len(found.entries), "latest": latest}
        typer.echo(orjson.dumps(row))
    elif isinstance(found, str):
        typer.echo(f"{feed.name}: {found}")
    else:
        n_entries = len(found.entries)
        typer.echo(f"{feed.name}: {found.format}, {n_entries} entries, latest {latest or '?'}")
