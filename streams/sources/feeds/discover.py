"""Find the feeds that a web page links to."""

import html
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from streams.errors import UsageError
from streams.fetch.fetcher import Fetched, Fetcher, FetchProblem
from streams.sources.feeds.parsing.model import FeedError, absolute_url
from streams.sources.feeds.parsing.parse import parse_feed
from streams.text.charset import decode_text

TYPES: Final = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/x.atom+xml",
    "application/x-atom+xml",
    "text/rss+xml",
    "text/atom+xml",
)
"""MIME types of feeds in link elements, those of news sites first."""

MAX_PAGE: Final = 1024 * 1024
"""Number of characters of a page that are searched."""

MAX_FOUND: Final = 50

_ELEMENT = re.compile(r"<(link|a)\s([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z][\w-]{0,30})\s{0,9}=\s{0,9}("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)
_NAMED_LIKE_ONE = re.compile(
    r"(?:/(?:rss|feed|feeds|atom|index\.rdf|(?:rss|feed|atom|index)\.(?:xml|json))/?"
    r"|\.(?:rss|atom|rdf)|/feed/(?:rss|atom)/?)(?:\?[^#]*)?(?:#.*)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed to which a page links.

    Attributes:
        url: Absolute URL.
        title: Title of the link; empty if none.
        announced: Whether the page declares it as a feed with a link element; otherwise it is
            a plain link whose address looks like that of a feed.
    """

    url: str
    title: str
    announced: bool


def feeds_in_page(page: str, *, url: str) -> list[FoundFeed]:
    """Return the feeds to which a page links, announced ones first, without repetitions.

    Args:
        page: Decoded HTML.
        url: URL of the page, the base of relative links.

    References:
        RSS Advisory Board, "RSS Autodiscovery" (link rel=alternate with a type);
        the common names of feeds from WordPress, Ghost, Arc and Drupal sites.

    Examples:
        >>> link = '<link rel=alternate type="application/rss+xml" title=News href="/rss">'
        >>> feeds_in_page(link, url="https://news.test/world")
        [FoundFeed(url='https://news.test/rss', title='News', announced=True)]
    """
    found: dict[str, FoundFeed] = {}
    for match in _ELEMENT.finditer(page, 0, MAX_PAGE):
        attributes = {key.lower(): _value(value) for key, value in _ATTRIBUTE.findall(match[2])}
        href = absolute_url(attributes.get("href", ""), url)
        if not href.lower().startswith(("http://", "https://")):
            continue
        announced = match[1].lower() == "link"
        if announced and not _announces(attributes):
            continue
        if not announced and not _NAMED_LIKE_ONE.search(href):
            continue
        before = found.get(href)
        if before is None or announced > before.announced:
            found[href] = FoundFeed(href, " ".join(attributes.get("title", "").split()), announced)
    ordered = sorted(found.values(), key=lambda each: not each.announced)
    return ordered[:MAX_FOUND]


async def find_feed(fetch: Fetcher, url: str) -> str:
    """Return the URL of the feed at a URL: itself, or the feed that the page there links to.

    Args:
        fetch: Fetches the URL.
        url: URL of a feed or of a page.

    Raises:
        UsageError: If there is no feed, or the page links to several; the message lists them.
    """
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


def _announces(attributes: dict[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    return ("alternate" in relations and kind in TYPES) or "feed" in relations


def _value(written: str) -> str:
    return html.unescape(written.strip("\"'") if written[:1] in "\"'" else written)


def _remedy(url: str, problem: FetchProblem) -> str:
    if not problem.detail.startswith("refused: "):
        return ""
    host = urlsplit(url).hostname or ""
    return f'; to allow it, put allow_private_hosts = ["{host}"] at the top of the file of feeds'
