"""Find the feeds that a web page links to."""

import asyncio
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from yarl import URL

from streams.errors import UsageError
from streams.fetch.credentials import Credentials
from streams.fetch.fetcher import Fetched, Fetcher, FetchProblem
from streams.sources.feeds.login import login_hint
from streams.sources.feeds.parsing.link_header import header_links
from streams.sources.feeds.parsing.model import Feed, FeedError, absolute_url
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

MAX_CHECKED: Final = 10
"""Number of feeds of a page that are fetched: at a second each, a command may take this long."""

SAME_SHARE: Final = 0.8
"""Share of common links from which two feeds are one in two formats: the longer may go further
back, and a new article may come between both requests."""

_COMMENTS_URL = re.compile(r"/comments(?:[/.?-]|$)|[?&]feed=comments", re.IGNORECASE)
_COMMENT_LINK = re.compile(r"#[\w-]{0,20}comment|#respond\b|[?&]showComment=", re.IGNORECASE)
"""The feeds and entries of comments of WordPress (``/comments/feed/``, ``#comment-7``), Blogger
(``/feeds/comments/default``, ``showComment=7``) and Drupal (``#comment-7``), in any language."""

_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BASE = re.compile(r"<base\s([^<>]{1,2000})>", re.IGNORECASE)

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
    page = _HIDDEN.sub(" ", page[:MAX_PAGE])
    if base := _BASE.search(page):
        url = absolute_url(_attributes(base[1]).get("href", ""), url) or url
    for match in _ELEMENT.finditer(page):
        attributes = _attributes(match[2])
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


def feeds_in_header(header: str, *, url: str) -> list[FoundFeed]:
    """Return the feeds that the Link header of a page announces.

    Examples:
        >>> header = '</rss>; rel=alternate; type="application/rss+xml"'
        >>> feeds_in_header(header, url="https://a.test")
        [FoundFeed(url='https://a.test/rss', title='', announced=True)]
    """
    links = [
        FoundFeed(absolute_url(link.target, url), link.title, announced=True)
        for link in header_links(header)
        if "alternate" in link.relations and link.type in TYPES
    ]
    return [link for link in links if link.url.lower().startswith(("http://", "https://"))]


@dataclass(frozen=True, slots=True)
class CheckedFeed:
    """A feed that was fetched.

    Attributes:
        url: Its URL, after permanent redirects.
        feed: Its content.
    """

    url: str
    feed: Feed


async def find_feed(
    fetch: Fetcher, url: str, *, credentials: Credentials | None = None
) -> CheckedFeed:
    """Return the feed at a URL: itself, or the feed that the page there links to.

    The feeds of a page are fetched. Left out are those that are none, feeds of comments, feeds
    without an entry where another has some, and the same entries in another format.

    Args:
        fetch: Fetches the URL.
        url: URL of a feed or of a page.
        credentials: Credentials of the feed, if it needs a login.

    Raises:
        UsageError: If there is no feed, or the page links to several; the message lists them. If
            the feed has another origin than its credentials.
    """
    found = await _find(fetch, url, credentials)
    if credentials is not None and not credentials.headers(URL(found.url)):
        raise UsageError(f"{url}: the feed is {found.url}; give this URL, to send it the login")
    return found


async def _find(fetch: Fetcher, url: str, credentials: Credentials | None) -> CheckedFeed:
    response = await fetch.fetch(url, credentials=credentials, keeps_start=True)
    if not isinstance(response, Fetched):
        hint = _remedy(url, response) or login_hint(response, credentials, url=url)
        raise UsageError(f"{url}: {response.detail}{hint}")
    try:
        feed = parse_feed(response.body, url=response.url, charset=response.charset)
    except FeedError as error:
        return await _feed_of_page(fetch, url, response, error, credentials)
    return CheckedFeed(response.moved_to or url, feed)


async def _feed_of_page(
    fetch: Fetcher,
    url: str,
    response: Fetched,
    error: FeedError,
    credentials: Credentials | None,
) -> CheckedFeed:
    links = _links(response)
    if not links:
        raise UsageError(f"{url}: {error}, and the page links to no feed") from None
    checked = await asyncio.gather(
        *(_check(fetch, link.url, credentials) for link in links[:MAX_CHECKED])
    )
    found = [each for each in checked if isinstance(each, CheckedFeed)]
    if not found:
        lines = "\n".join(
            f"  {link.url}  {each}" for link, each in zip(links, checked, strict=False)
        )
        raise UsageError(f"{url}: {error}, and the feeds it links to are none:\n{lines}") from None
    chosen = news_feeds(found)
    if len(chosen) > 1:
        lines = "\n".join(f"  {each.url}  {each.feed.title}".rstrip() for each in chosen)
        raise UsageError(f"{url} links to {len(chosen)} feeds; add one:\n{lines}") from None
    return chosen[0]


def _links(response: Fetched) -> list[FoundFeed]:
    """Return the feeds of a page: those that it announces, or else the links that look like one."""
    page = decode_text(response.body, http_charset=response.charset).text
    in_header = feeds_in_header(response.headers.get("link", ""), url=response.url)
    links = {link.url: link for link in (*in_header, *feeds_in_page(page, url=response.url))}
    announced = [link for link in links.values() if link.announced] or list(links.values())
    # Comments last: of many feeds, only the first are fetched.
    return sorted(announced, key=lambda link: bool(_COMMENTS_URL.search(link.url)))


async def _check(fetch: Fetcher, url: str, credentials: Credentials | None) -> CheckedFeed | str:
    """Return the feed at a URL, or the reason why there is none."""
    response = await fetch.fetch(url, credentials=credentials, keeps_start=True)
    if not isinstance(response, Fetched):
        return response.detail
    try:
        feed = parse_feed(response.body, url=response.url, charset=response.charset)
    except FeedError as error:
        return f"not a feed: {error}"
    return CheckedFeed(response.moved_to or url, feed)


def news_feeds(found: Sequence[CheckedFeed]) -> list[CheckedFeed]:
    """Return the feeds of a page that have articles of their own; all feeds if none has.

    Args:
        found: Feeds of the page, in its order; at least one.
    """
    with_entries = [each for each in found if each.feed.entries]
    articles = [each for each in with_entries if not _is_of_comments(each)]
    chosen: list[CheckedFeed] = []
    for each in articles or with_entries or found:
        if not any(_has_same_entries(each.feed, other.feed) for other in chosen):
            chosen.append(each)
    return chosen


def _is_of_comments(checked: CheckedFeed) -> bool:
    """Return whether a feed is one of comments: by its URL, or the links of most entries."""
    if _COMMENTS_URL.search(checked.url):
        return True
    links = [f"{entry.link} {entry.id}" for entry in checked.feed.entries]
    return 2 * sum(bool(_COMMENT_LINK.search(link)) for link in links) > len(links)


def _has_same_entries(one: Feed, other: Feed) -> bool:
    links, others = (
        {entry.link or entry.id or entry.title for entry in feed.entries} for feed in (one, other)
    )
    fewer = min(len(links), len(others))
    return fewer > 0 and len(links & others) >= SAME_SHARE * fewer


def _announces(attributes: dict[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    return ("alternate" in relations and kind in TYPES) or "feed" in relations


def _attributes(written: str) -> dict[str, str]:
    return {key.lower(): _value(value) for key, value in _ATTRIBUTE.findall(written)}


def _value(written: str) -> str:
    return html.unescape(written.strip("\"'") if written[:1] in "\"'" else written)


def _remedy(url: str, problem: FetchProblem) -> str:
    if not problem.detail.startswith("refused: "):
        return ""
    host = urlsplit(url).hostname or ""
    return f'; to allow it, put allow_private_hosts = ["{host}"] at the top of the file of feeds'
