"""What the commands about feeds do: files, one look at a feed, the run before a person's eyes."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import typer

from streams.cli.sources import FEEDS_FILE
from streams.config.feeds import FeedEntry, FeedFile, append_feeds, parse_feeds, urls_in_opml
from streams.errors import UsageError
from streams.fetch.fetcher import Fetched, Fetcher, FetchProblem, fetcher
from streams.settings import load_settings
from streams.sources.feeds.discover import feeds_in_page
from streams.sources.feeds.parsing.model import Feed, FeedError
from streams.sources.feeds.parsing.parse import parse_feed
from streams.text.charset import decode_text
from streams.text.plural import plural


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
        text, _ = append_feeds("", urls_in_opml(text))
    return parse_feeds(text, file=str(file))


def chosen(file: Path | None) -> Path:
    """Give the file of feeds: the one that was named, else that of the settings, else the usual."""
    return file or load_settings().feeds or FEEDS_FILE


def feeds_to_poll(file: Path | None) -> Path | None:
    """Give the file whose feeds a pipeline polls; None if there are none.

    Args:
        file: As the settings name it; None: `FEEDS_FILE`, which need not be there.

    Raises:
        UsageError: If it cannot be used, or was named and is not there.
    """
    found = file or FEEDS_FILE
    return found.absolute() if load_feeds(found, missing_ok=file is None).feed else None


def added(file: Path, urls: Iterable[str]) -> str:
    """Add feeds to a file, and say what was added.

    Raises:
        UsageError: If the file cannot be used or written, or a URL is none.
    """
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    if text:
        parse_feeds(text, file=str(file))
    changed, n_added = append_feeds(text, urls)
    found = parse_feeds(changed, file=str(file))
    try:
        file.write_text(changed, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"writing {file}: {error.strerror}") from error
    return f"{file}: {n_added} added, {plural(len(found.feed), 'feed')} now"


async def find_feed(url: str, file: FeedFile) -> str:
    """Give the URL of the feed at an address: itself, or the one that the page there names.

    Raises:
        UsageError: If there is none, or the page names several: the message lists them.
    """
    async with fetcher(contact=file.contact, allowed=frozenset(file.allow_private_hosts)) as fetch:
        answer = await fetch.fetch(url)
    if not isinstance(answer, Fetched):
        raise UsageError(f"{url}: {answer.detail}{_remedy(url, answer)}")
    try:
        parse_feed(answer.body, url=answer.url, charset=answer.charset)
    except FeedError as error:
        page = decode_text(answer.body, http_charset=answer.charset).text
        found = feeds_in_page(page, url=answer.url)
        announced = [feed for feed in found if feed.announced] or found
        if not announced:
            raise UsageError(f"{url}: {error}, and it names none") from None
        if len(announced) > 1:
            lines = "\n".join(f"  {feed.url}  {feed.title}".rstrip() for feed in announced)
            raise UsageError(f"{url} names {len(announced)} feeds; add one:\n{lines}") from None
        return announced[0].url
    return answer.moved_to or url


def _remedy(url: str, problem: FetchProblem) -> str:
    if not problem.detail.startswith("refused: "):
        return ""
    host = urlsplit(url).hostname or ""
    return f'; if it is yours, put allow_private_hosts = ["{host}"] at the top of the file of feeds'


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
        entries = plural(len(found.entries), "entry", "entries")
        typer.echo(f"{feed.name}: {found.format}, {entries}, latest {latest or '?'}")
