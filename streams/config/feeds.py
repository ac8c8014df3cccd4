"""``feeds.toml``: its text in, the feeds to poll out; and OPML, as other readers write it."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

import listparser
import msgspec

from streams.config.toml_tables import TomlFile
from streams.errors import UsageError

FeedName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
WebUrl = Annotated[str, msgspec.Meta(pattern=r"^https?://\S+$", max_length=2048)]
Minutes = Annotated[float, msgspec.Meta(ge=1, le=10_080)]
FeedValue = str | float | bool
"""Value of a field of a feed."""

HEAD: Final = """# The feeds that `streams sources run` polls; `streams feeds add URL` adds one.
# Whom operators of servers turn to: a page or an address; goes into the User-Agent.
contact = ""
"""
"""What a new file begins with."""


class TextFrom(StrEnum):
    """Where the text of a feed's articles is taken from."""

    AUTO = "auto"
    """The feed where it seems to hold it whole, else the page."""
    FEED = "feed"
    """The feed; no page is ever fetched."""
    PAGE = "page"
    """The page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PollBounds:
    """The shortest and the longest wait that a feed's reader allows.

    Attributes:
        least: Between two polls that succeed.
        most: The same; what a server asks for beyond is cut to it, but for Retry-After.
    """

    least: timedelta = timedelta(minutes=5)
    most: timedelta = timedelta(hours=4)


REMEDIES: Final = {
    "url": "give an address that begins with http:// or https://",
    "id": "give small letters, digits, points, _ and -, at most 100",
    "min_minutes": "give a number from 1 to 10080",
    "max_minutes": "give a number from 1 to 10080",
    "text": "give one of " + ", ".join(TextFrom),
    "paused": "give true or false",
    "contact": "give a text",
    "allow_private_hosts": 'give a list of hosts, such as ["intranet.test"]',
    "feed": "write [[feed]] above each feed",
}
"""What a field of the file takes."""


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One feed of the file.

    Attributes:
        url: Where it is; a permanent redirect is followed, and the file left as it is.
        id: Its name for ever, also as the source of its articles; made from the URL if not given.
        min_minutes: Shortest wait between two polls.
        max_minutes: Longest wait between two polls that succeed.
        text: Where the articles' text is taken from.
        paused: Whether the feed is not polled, and pushes of its hub are refused.
    """

    url: WebUrl
    id: FeedName | None = None
    min_minutes: Minutes = 5
    max_minutes: Minutes = 240
    text: TextFrom = TextFrom.AUTO
    paused: bool = False

    @property
    def name(self) -> str:
        """Its id."""
        return self.id or feed_name(self.url)

    @property
    def bounds(self) -> PollBounds:
        """The waits between its polls."""
        least = timedelta(minutes=self.min_minutes)
        return PollBounds(least=least, most=max(least, timedelta(minutes=self.max_minutes)))


class FeedFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file.

    Attributes:
        contact: For the User-Agent.
        allow_private_hosts: Hosts that may lead to private addresses.
        feed: Its feeds.
    """

    contact: str = ""
    allow_private_hosts: tuple[str, ...] = ()
    feed: tuple[FeedEntry, ...] = ()


def parse_feeds(text: str, *, file: str) -> FeedFile:
    r"""Read the file.

    Args:
        text: Its content.
        file: Its name, for messages.

    Raises:
        UsageError: If it is not TOML, a value cannot be used, or two feeds have one id.

    Examples:
        >>> parse_feeds('[[feed]]\nurl = "https://news.test/rss"', file="x").feed[0].name
        'news.test-rss'
    """
    toml = TomlFile(text, file)
    feeds: dict[str, FeedEntry] = {}
    for table, line in toml.blocks("feed", remedy=REMEDIES["feed"]):
        feed = toml.convert(table, FeedEntry, remedies=REMEDIES, start=line)
        if feed.name in feeds:
            remedy = f"two feeds are called {feed.name!r}; give one another id"
            raise toml.problem(remedy, key="id" if feed.id else "url", start=line)
        feeds[feed.name] = feed
    top = toml.convert(toml.tables | {"feed": []}, FeedFile, remedies=REMEDIES)
    return msgspec.structs.replace(top, feed=tuple(feeds.values()))


def feed_name(url: str) -> str:
    """Make an id of a URL: its host and path, in letters that a file, a URL and Kafka bear.

    Examples:
        >>> feed_name("https://www.news.test/World/rss.xml?edition=uk")
        'news.test-world-rss.xml-edition-uk'
    """
    parts = urlsplit(url.lower())
    spelled = f"{(parts.hostname or '').removeprefix('www.')}{parts.path}?{parts.query}"
    return re.sub(r"[^a-z0-9.]+", "-", spelled).strip("-.")[:100].rstrip("-.") or "feed"


def append_feeds(
    text: str, urls: Iterable[str], *, values: Mapping[str, str] | None = None
) -> tuple[str, int]:
    """Add feeds to the text of a file, everything else left as it stands.

    Args:
        text: Of the file; empty: a new one.
        urls: Those that are in it already are left out.
        values: Other fields of each new feed, as TOML spells them.

    Returns:
        The text, and how many were added.
    """
    known = parse_feeds(text, file="feeds.toml").feed if text else ()
    there = {feed.url for feed in known}
    names = {feed.name for feed in known}
    blocks: list[str] = []
    for url in urls:
        if url in there:
            continue
        there.add(url)
        name = feed_name(url)
        block = f"\n[[feed]]\nurl = {toml_value(url)}\n"
        if "id" not in (values or {}):
            if name in names:
                name = _free(name, names)
                block += f'id = "{name}"\n'
            names.add(name)
        block += "".join(f"{key} = {value}\n" for key, value in (values or {}).items())
        blocks.append(block)
    return (text or HEAD).rstrip("\n") + "\n" + "".join(blocks), len(blocks)


def _free(name: str, taken: Collection[str]) -> str:
    number = 2
    while f"{name[:96]}-{number}" in taken:
        number += 1
    return f"{name[:96]}-{number}"


def toml_value(value: FeedValue) -> str:
    """Return the value of a field as TOML spells it; a text has no control characters.

    Examples:
        >>> [toml_value(value) for value in ("a", 10.0, 7.5, True)]
        ['"a"', '10', '7.5', 'true']
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{value:.10g}"


def urls_in_opml(text: str) -> list[str]:
    """List the feeds in OPML or another subscription list, each once, in its order.

    Raises:
        UsageError: If there is none.

    References:
        OPML 2.0 (opml.org), type ``rss`` with ``xmlUrl``; listparser reads RDF
        and iGoogle lists as well.

    Examples:
        >>> urls_in_opml('<opml><body><outline xmlUrl="https://news.test/rss"/></body></opml>')
        ['https://news.test/rss']
    """
    if "<!ENTITY" in text.upper():
        raise UsageError("the list declares entities, which no honest one needs")
    found = listparser.parse(text)
    urls = dict.fromkeys(feed.url.strip() for feed in found.feeds)
    usable = [url for url in urls if re.fullmatch(r"https?://\S{1,2000}", url)]
    if not usable:
        raise UsageError("no feed in it: is it OPML?")
    return usable


def opml_text(feeds: Iterable[tuple[str, str]]) -> str:
    """Write titles and URLs as OPML 2.0.

    Examples:
        >>> print(opml_text([("News", "https://news.test/rss?a=1&b=2")]).splitlines()[4].strip())
        <outline type='rss' text="News" xmlUrl="https://news.test/rss?a=1&amp;b=2"/>
    """
    outlines = "".join(
        f"    <outline type='rss' text={quoteattr(title)} xmlUrl={quoteattr(url)}/>\n"
        for title, url in feeds
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        f"  <head><title>News Streams</title></head>\n  <body>\n{outlines}  </body>\n</opml>\n"
    )
