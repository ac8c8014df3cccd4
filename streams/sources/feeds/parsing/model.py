"""What a feed says, whatever its format: the values that every parser here gives."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

from msgspec import Struct


class FeedError(ValueError):
    """Bytes are no feed; says why, in words that go on a feed's state."""


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a feed, its values as given.

    A struct, which is made in a quarter of a dataclass's time: a poll makes dozens.

    Attributes:
        id: What the feed calls it (guid, id); empty if nothing.
        link: Absolute URL of its page; empty if none.
        title: May hold markup, see ``markup``.
        summary: Teaser, text or HTML; empty if none.
        content: The article or its beginning, text or HTML; empty if none.
        authors: Names, each once.
        published: Time of publication as written; empty if none.
        updated: Time of the last change as written; empty if none.
        time: ``published``, else ``updated``, strictly read; None if neither is a time.
        markup: Whether title and texts are HTML by declaration or habit (RSS).
    """

    id: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    time: datetime | None = None
    markup: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A feed as it was read.

    Attributes:
        format: ``rss``, ``rdf``, ``atom``, ``json``, ``news-sitemap`` or, read
            by feedparser, ``other``.
        title: Its name; empty if it has none.
        link: Its site; empty if not given.
        language: As written; empty if not given.
        entries: In the feed's order, no more than were asked for.
        n_left_out: Entries beyond that.
        least_interval: How long it asks to be left alone (ttl, sy:updatePeriod).
        hub: WebSub hub; empty if none.
        self_url: What it calls its own URL; empty if nothing.
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


def absolute_url(link: str, base: str) -> str:
    """Complete a link by where it stands; what cannot be completed stays as it is.

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
