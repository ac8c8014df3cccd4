"""Parse ``feeds.toml``, and add feeds to its text."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec

from streams.config.toml_tables import TomlFile

FeedName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
WebUrl = Annotated[str, msgspec.Meta(pattern=r"^https?://\S+$", max_length=2048)]
Minutes = Annotated[float, msgspec.Meta(ge=1, le=10_080)]
UserName = Annotated[str, msgspec.Meta(pattern=r"^[^:\x00-\x1f\x7f]{1,200}$")]
HeaderName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?!(?i:host|connection|content-.*|transfer-encoding|accept-encoding|te|trailer"
        r"|upgrade)$)[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"
    ),
]
SecretPlace = Annotated[str, msgspec.Meta(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*)$")]
SpokenFor = Annotated[str, msgspec.Meta(pattern=r"^(\*|[^\s/:*]{1,253})$")]
PrivateHost = Annotated[
    str, msgspec.Meta(pattern=r"^([^\s/\[\]]{1,253}|\[[0-9A-Fa-f:.]+\](:\d+)?)$")
]
FeedValue = str | float | bool
"""Value of a field of a feed."""

HEAD: Final = """# The feeds that `streams sources run` polls; `streams feeds add URL` adds one.
# Whom operators of servers turn to: a page or an address; goes into the User-Agent.
contact = ""
"""
"""The first lines of a new file."""


class TextFrom(StrEnum):
    """The source of an article's text."""

    AUTO = "auto"
    """The feed if it seems to contain the full text, otherwise the page."""
    FEED = "feed"
    """The feed; pages are never fetched."""
    PAGE = "page"
    """The page of the article."""


class Login(StrEnum):
    """How a feed asks for a login. The secret is sent to the origin of its URL only."""

    BASIC = "basic"
    """User name and password (RFC 7617)."""
    HEADER = "header"
    """A header of its own, such as ``X-Api-Key`` or ``Authorization``."""
    COOKIE = "cookie"
    """A Cookie header."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PollBounds:
    """The shortest and the longest wait between two polls of a feed that succeed.

    Attributes:
        least: Shortest wait.
        most: Longest wait. Longer waits that a server asks for are cut to it, except
            Retry-After.
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
    "login": "give one of " + ", ".join(Login),
    "login_user": "give a user name without a colon",
    "login_header": "give the name of a header, such as X-Api-Key",
    "secret": "give env:NAME or file:PATH, where the secret is; not the secret itself",
    "contact": "give a text",
    "allow_private_hosts": 'give a list of hosts, such as ["intranet.test:8080"]',
    "speaks_for": 'give a list of domains, such as ["news.test"], or ["*"] for all',
    "feed": "write [[feed]] above each feed",
}
"""The remedy that an error message names for each field of the file."""


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One feed of the file.

    Attributes:
        url: Address of the feed. A permanent redirect is followed without changing the file.
        id: Permanent name of the feed, also the source of its articles. Made from the URL by
            default.
        min_minutes: Shortest wait between two polls.
        max_minutes: Longest wait between two polls that succeed.
        text: Source of the articles' text.
        paused: Whether the feed is not polled, and pushes of its hub are refused.
        login: Kind of login; None if the feed is public.
        login_user: User name of `Login.BASIC`.
        login_header: Name of the header of `Login.HEADER`.
        secret: Place of password, value of the header, or cookies: ``env:NAME`` or ``file:PATH``.
        speaks_for: Domains of other sites whose articles the feed's own words may be, or ``*`` for
            all. A feed speaks for the site that it is on.
        allow_private_hosts: Private hosts that this feed, its pages and its hub may be on,
            ``HOST:PORT``; ``HOST`` for the ports 80 and 443, and that of the feed if it is there.
    """

    url: WebUrl
    id: FeedName | None = None
    min_minutes: Minutes = 5
    max_minutes: Minutes = 240
    text: TextFrom = TextFrom.AUTO
    paused: bool = False
    login: Login | None = None
    login_user: UserName | None = None
    login_header: HeaderName | None = None
    secret: SecretPlace | None = None
    speaks_for: tuple[SpokenFor, ...] = ()
    allow_private_hosts: tuple[PrivateHost, ...] = ()

    @property
    def name(self) -> str:
        """The id, given or made from the URL."""
        return self.id or feed_name(self.url)

    @property
    def bounds(self) -> PollBounds:
        """The shortest and the longest wait between polls."""
        least = timedelta(minutes=self.min_minutes)
        return PollBounds(least=least, most=max(least, timedelta(minutes=self.max_minutes)))


class FeedFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of feeds.toml.

    Attributes:
        contact: Page or mail address in the User-Agent.
        allow_private_hosts: Hosts that may have private addresses: for the feeds that are on them,
            as if each of these feeds named them itself.
        feed: The feeds.
    """

    contact: str = ""
    allow_private_hosts: tuple[str, ...] = ()
    feed: tuple[FeedEntry, ...] = ()

    def private_hosts_of(self, feed: FeedEntry) -> frozenset[str]:
        """Return the private hosts, each with a port, that a feed may lead to.

        Its own, and those of the file if the feed is on one of them: a public feed reaches no
        private host, and one on a private host only what its operator named.
        """
        return frozenset(
            place for host in self._named_for(feed) for place in _with_ports(host, feed.url)
        )

    def private_hubs_of(self, feed: FeedEntry) -> frozenset[str]:
        """Return the private hosts that the WebSub hub of a feed may be on.

        The same, but a host without a port at every port: what a hub answers is not read. So may be
        what `streams feeds add` looks at on request.
        """
        bare = {host for host in self._named_for(feed) if not _split_place(host)[1]}
        return self.private_hosts_of(feed) | {_split_place(host)[0] for host in bare}

    def _named_for(self, feed: FeedEntry) -> tuple[str, ...]:
        own = _own_host(feed.url)
        is_listed = any(_split_place(host)[0] == own for host in self.allow_private_hosts)
        return feed.allow_private_hosts + (self.allow_private_hosts if is_listed else ())


def _own_host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _split_place(place: str) -> tuple[str, str]:
    """Return host and port of ``HOST``, ``HOST:PORT``, ``[ADDRESS]:PORT`` or ``ADDRESS``.

    Examples:
        >>> [_split_place(place) for place in ("a.test:81", "a.test", "[::1]:81", "::1")]
        [('a.test', '81'), ('a.test', ''), ('::1', '81'), ('::1', '')]
    """
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        return host.lower(), port.removeprefix(":")
    if place.count(":") > 1:
        return place.lower(), ""
    host, _, port = place.partition(":")
    return host.lower(), port


def _with_ports(place: str, url: str) -> list[str]:
    """Return a host with the ports that it means for a feed."""
    host, port = _split_place(place)
    spelled = f"[{host}]" if ":" in host else host
    if port:
        return [f"{spelled}:{port}"]
    parts = urlsplit(url)
    own = parts.port or {"http": 80, "https": 443}.get(parts.scheme.lower(), 80)
    ports = {80, 443} | ({own} if host == _own_host(url) else set())
    return [f"{spelled}:{number}" for number in sorted(ports)]


def parse_feeds(text: str, *, file: str) -> FeedFile:
    r"""Parse the text of feeds.toml.

    Args:
        text: Content of the file.
        file: Name of the file in messages.

    Raises:
        UsageError: If the text is not TOML, a value is invalid, or two feeds have the same id.

    Examples:
        >>> parse_feeds('[[feed]]\nurl = "https://news.test/rss"', file="x").feed[0].name
        'news.test-rss'
    """
    toml = TomlFile(text, file)
    feeds: dict[str, FeedEntry] = {}
    for table, line in toml.blocks("feed", remedy=REMEDIES["feed"]):
        feed = toml.convert(table, FeedEntry, remedies=REMEDIES, start=line)
        if feed.name in feeds:
            remedy = f"two feeds are called {feed.name!r}; give one of them a different id"
            raise toml.problem(remedy, key="id" if feed.id else "url", start=line)
        if problem := login_problem(feed):
            raise toml.problem(problem, key="login" if feed.login else "", start=line)
        feeds[feed.name] = feed
    top = toml.convert(toml.tables | {"feed": []}, FeedFile, remedies=REMEDIES)
    return msgspec.structs.replace(top, feed=tuple(feeds.values()))


def login_problem(feed: FeedEntry) -> str:
    """Return what is missing for the login of a feed, or given without one; empty if nothing.

    Examples:
        >>> login_problem(FeedEntry(url="https://news.test/rss", login=Login.COOKIE))
        'login = "cookie" also needs secret'
    """
    wanted = {
        None: set(),
        Login.BASIC: {"login_user", "secret"},
        Login.HEADER: {"login_header", "secret"},
        Login.COOKIE: {"secret"},
    }[feed.login]
    given = {name for name in ("login_user", "login_header", "secret") if getattr(feed, name)}
    if missing := sorted(wanted - given):
        return f'login = "{feed.login}" also needs {" and ".join(missing)}'
    if more := sorted(given - wanted):
        kind = f'login = "{feed.login}"' if feed.login else "a feed without login"
        return f"{kind} has no {' and '.join(more)}"
    return ""


def has_user_name(url: str) -> bool:
    """Return whether a URL contains a user name, and perhaps a password.

    Examples:
        >>> has_user_name("https://ann:secret@news.test/rss"), has_user_name("https://a.test/@ann")
        (True, False)
    """
    return "@" in urlsplit(url).netloc


def feed_name(url: str) -> str:
    """Return an id made from a URL: host, path and query, in characters valid for Kafka.

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
    """Append feeds to the text of a file and leave the rest unchanged.

    Args:
        text: Content of the file; empty for a new file.
        urls: Addresses to add; those that the file contains already are skipped.
        values: Other fields of each new feed, as TOML spells them.

    Returns:
        The new text, and the number of feeds added.
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
