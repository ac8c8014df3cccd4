"""``streams feeds add``: add a feed to the file."""

import asyncio
from typing import Annotated
from urllib.parse import urlsplit

import typer

from streams.cli.feeds._files import File, add_feeds, feeds_file, load_feeds
from streams.config.feeds import FeedFile
from streams.errors import UsageError
from streams.fetch.fetcher import Fetched, FetchProblem, fetcher
from streams.sources.feeds.discover import feeds_in_page
from streams.sources.feeds.parsing.model import FeedError
from streams.sources.feeds.parsing.parse import parse_feed
from streams.text.charset import decode_text


def add(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="URL of a feed, or of a page that links to it.")
    ],
    file: File = None,
    *,
    unseen: Annotated[bool, typer.Option("--unseen", help="Skip validation.")] = False,
) -> None:
    """Add a feed by its URL, or by the URL of a page that links to it.

    **Examples:**

    - `streams feeds add https://news.example/rss`
    - `streams feeds add https://news.example/`
    """
    file = feeds_file(file)
    if not unseen:
        url = asyncio.run(find_feed(url, load_feeds(file, missing_ok=True)))
    typer.echo(add_feeds(file, [url]))


async def find_feed(url: str, file: FeedFile) -> str:
    """Return the URL of the feed at a URL: itself, or the feed that the page there links to.

    Raises:
        UsageError: If there is no feed, or the page links to several; the message lists them.
    """
    async with fetcher(contact=file.contact, allowed=frozenset(file.allow_private_hosts)) as fetch:
        response = await fetch.fetch(url)
    if not isinstance(response, Fetched):
        raise UsageError(f"{url}: {response.detail}{_remedy(url, response)}")
    try:
        parse_feed(response.body, url=response.url, charset=response.charset)
    except FeedError as error:
        page = decode_text(response.body, http_charset=response.charset).text
        links = feeds_in_page(page, url=response.url)
        announced = [feed for feed in links if feed.announced] or links
        if not announced:
            raise UsageError(f"{url}: {error}, and the page links to no feed") from None
        if len(announced) > 1:
            lines = "\n".join(f"  {feed.url}  {feed.title}".rstrip() for feed in announced)
            raise UsageError(f"{url} links to {len(announced)} feeds; add one:\n{lines}") from None
        return announced[0].url
    return response.moved_to or url


def _remedy(url: str, problem: FetchProblem) -> str:
    if not problem.detail.startswith("refused: "):
        return ""
    host = urlsplit(url).hostname or ""
    return f'; to allow it, put allow_private_hosts = ["{host}"] at the top of the file of feeds'
