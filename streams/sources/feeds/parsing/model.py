"""The model of a feed that the parsers of all formats return."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from msgspec import Struct


class FeedError(ValueError):
    """Bytes are not a feed; the message is stored in the feed's state."""


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a feed, with unchanged values.

    A struct, because it is created in a quarter of a dataclass's time: a poll creates dozens.

    Attributes:
        id: Identifier in the feed (guid, id); empty if none.
        link: Absolute URL of the page; empty if none.
        via: Link as given, if it leads to the page through a counter of clicks; else empty.
        title: Title; may contain markup, see ``plain``.
        summary: Teaser, text or HTML; empty if none.
        content: The article or its beginning, text or HTML; empty if none.
        authors: Names, without repetitions.
        published: Time of publication as written, but see `dates.readable_date`; empty if none.
        updated: Time of the last change, likewise; empty if none.
        time: ``published`` or else ``updated``, strictly parsed; None if neither is a time.
        plain: Which of ``title``, ``summary`` and ``content`` are plain text, by declaration; the
            others are HTML, by declaration or by convention (RSS).
        publisher: Name of the publisher, in the feed of an aggregator; empty if none.
    """

    id: str = ""
    link: str = ""
    via: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    time: datetime | None = None
    plain: frozenset[str] = frozenset()
    publisher: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A parsed feed.

    Attributes:
        format: ``rss``, ``rdf``, ``atom``, ``json``, ``news-sitemap``, or ``other`` if parsed
            by feedparser.
        title: Title of the feed; empty if none.
        link: URL of its site; empty if none.
        language: Language as written; empty if none.
        entries: Entries in the feed's order, up to the limit of the parser.
        n_left_out: Number of entries beyond the limit.
        least_interval: Shortest interval that the feed asks for (ttl, sy:updatePeriod).
        hub: URL of the WebSub hub; empty if none.
        self_url: URL that the feed declares as its own; empty if none.
        ends: Whether the document has an end; if not, it was cut off in transfer, and the entry
            that it ended in is left out.
    """

    format: str
    title: str = ""
    link: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()
    n_left_out: int = 0
    least_interval: timedelta | None = None
    hub: str = ""
    self_url: str = ""
    ends: bool = True


def base_url(url: str, *, site: str, own: str = "", declared: str = "") -> str:
    """Return the base of the relative links of a feed.

    It is what the document declares (xml:base), or the URL that it was fetched from. But a feed
    that was fetched from another host than that of its site is a copy or a service's: then it is
    the URL that the feed declares as its own, if that belongs to the site, or else the site.

    Args:
        url: URL that the feed was fetched from.
        site: Link of the feed to its site, as written; empty if none.
        own: URL that the feed declares as its own, as written; empty if none.
        declared: The document's xml:base; empty if none.

    References:
        RFC 3986, section 5.1; XML Base. RSS has no rule; browsers' and readers' practice.

    Examples:
        >>> base_url("https://feeds.test/x", site="https://news.test/")
        'https://news.test/'
        >>> base_url("https://news.test/blog/feed", site="https://www.news.test/")
        'https://news.test/blog/feed'
    """
    if declared:
        return absolute_url(declared, url)
    host = _host(absolute_url(site, url))
    if not host or not url or host == _host(url):
        return url
    own = absolute_url(own, url)
    return own if _host(own) == host else absolute_url(site, url)


def _host(url: str) -> str:
    """Return the host of a web address without ``www.``; empty if there is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    return host if parts.scheme in {"http", "https"} else ""


def absolute_url(link: str, base: str) -> str:
    """Return a link made absolute with a base; a link that cannot be is returned unchanged.

    Examples:
        >>> absolute_url("/a", "https://news.test/feed"), absolute_url("http://[", "https://news.test/")
        ('https://news.test/a', 'http://[')
    """
    link = link.strip()
    if not link or not base or "://" in link[:12]:
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        return link
