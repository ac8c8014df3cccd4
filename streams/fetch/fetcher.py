"""The one way to the web: a URL in, a checked and bounded answer or a graded problem out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.metadata import version
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from streams.fetch.address import CheckedResolver, check_literal_address
from streams.fetch.body import BodyError
from streams.fetch.failure import Failure
from streams.fetch.politeness import HostLimiter
from streams.fetch.request import NOT_MODIFIED, REDIRECTS, Limits, Request, request_once
from streams.fetch.response import Fetched, FetchProblem, RefusedError, classify_error

__all__ = [
    "NOT_MODIFIED",
    "FetchProblem",
    "Fetched",
    "Fetcher",
    "Limits",
    "fetcher",
    "user_agent",
]

PERMANENT: Final = frozenset((301, 308))
KEEP_METHOD: Final = frozenset((307, 308))
"""Redirects after which a form is sent again (RFC 9110, section 15.4.8 and 15.4.9)."""

MAX_URL: Final = 2048
"""Longest URL that is asked for (Media Cloud's MAX_URL); records hold 8,192."""

MAX_SAID: Final = 64 * 1024
"""What is read of the answer to a form."""

PROBLEMS: Final = (
    RefusedError,
    BodyError,
    TimeoutError,
    aiohttp.ClientError,
    OSError,
    ValueError,
)
"""What a server can do to us."""

MayFollow = Callable[[str], Awaitable[bool]]
"""Tells whether a URL may be asked for: `fetch_robots.Robots.allows`."""


def user_agent(contact: str) -> str:
    """Name us honestly, with whom to turn to.

    Examples:
        >>> user_agent("https://example.org/bot").split(" ")[1]
        '(+https://example.org/bot)'
    """
    clean = " ".join(contact.split())
    return f"news-streams/{version('news-streams')}" + (f" (+{clean})" if clean else "")


class Fetcher:
    """Fetches URLs, keeping to limits, addresses and turns; made by `fetcher`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        hosts: HostLimiter,
        limits: Limits,
        allowed: frozenset[str],
    ) -> None:
        """Fetch through a session whose connector resolves by a `CheckedResolver`."""
        self._session = session
        self._hosts = hosts
        self._limits = limits
        self._allowed = allowed

    @property
    def hosts(self) -> HostLimiter:
        """The turns of each host."""
        return self._hosts

    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        may_follow: MayFollow | None = None,
    ) -> Fetched | FetchProblem:
        """Get a URL. Never raises for what a server does.

        Args:
            url: Absolute, ``http`` or ``https``.
            headers: Such as validators; sent to every hop.
            max_bytes: Smaller or larger bound of the body than the limits have.
            may_follow: Asked before each redirect is followed; None: all are.
        """
        ask = Request("GET", headers or {}, max_bytes or self._limits.max_bytes)
        try:
            return await self._follow(url, ask, REDIRECTS, may_follow)
        except PROBLEMS as error:
            return classify_error(error)

    async def post(self, url: str, form: Mapping[str, str]) -> Fetched | FetchProblem:
        """Send a form, also to where 307 and 308 lead. Never raises for what a server does.

        Args:
            url: Absolute, ``http`` or ``https``.
            form: Names and values.
        """
        ask = Request("POST", {}, MAX_SAID, form)
        try:
            return await self._follow(url, ask, KEEP_METHOD, None)
        except PROBLEMS as error:
            return classify_error(error)

    async def _follow(
        self, url: str, ask: Request, redirects: frozenset[int], may_follow: MayFollow | None
    ) -> Fetched | FetchProblem:
        permanent = True
        for hop in range(self._limits.max_redirects + 1):
            place = self._checked(url)
            if hop and may_follow is not None and not await may_follow(str(place)):
                raise RefusedError(Failure.HARD, f"robots.txt does not allow {str(place)[:200]}")
            answer = await request_once(self._session, self._hosts, self._limits, place, ask)
            if isinstance(answer, FetchProblem):
                return answer
            if answer.status not in redirects:
                return replace(answer, moved_to=answer.url) if permanent and hop else answer
            location = answer.headers.get("location", "")
            if not location:
                raise RefusedError(Failure.HARD, f"{answer.status} that leads nowhere")
            following = place.join(URL(location))
            # What was safe is not remembered as something that is not.
            downgraded = place.scheme == "https" and following.scheme != "https"
            permanent = permanent and answer.status in PERMANENT and not downgraded
            url = str(following)
        raise RefusedError(Failure.SOFT, f"more than {self._limits.max_redirects} redirects")

    def _checked(self, url: str) -> URL:
        if len(url) > MAX_URL:
            raise RefusedError(Failure.HARD, f"a URL of {len(url)} characters")
        place = URL(url)
        if place.scheme not in {"http", "https"} or not place.host:
            raise RefusedError(Failure.HARD, f"neither http nor https: {url[:80]}")
        check_literal_address(place.host, self._allowed)
        return place.with_user(None).with_fragment(None)


@asynccontextmanager
async def fetcher(
    *,
    contact: str = "",
    allowed: frozenset[str] = frozenset(),
    limits: Limits | None = None,
    hosts: HostLimiter | None = None,
    resolver: AbstractResolver | None = None,
    connections: int = 100,
) -> AsyncIterator[Fetcher]:
    """Open a fetcher, and close its connections in the end.

    Args:
        contact: URL or mail address for operators of servers; goes into the User-Agent.
        allowed: Hosts that may lead to private addresses.
        limits: What one request may cost; None: the usual.
        hosts: Turns; None: two at a time, a second apart.
        resolver: Who resolves names, before they are checked; None: the system.
        connections: At the same time, over all hosts.
    """
    limits = limits or Limits()
    connector = aiohttp.TCPConnector(
        limit=connections,
        resolver=CheckedResolver(allowed, inner=resolver),
        ttl_dns_cache=60,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={
            "User-Agent": user_agent(contact),
            # Nothing that we could not unpack within a bound.
            "Accept-Encoding": "gzip, deflate",
        },
        timeout=aiohttp.ClientTimeout(
            total=limits.total.total_seconds(), sock_read=limits.idle.total_seconds()
        ),
        trust_env=False,
    ) as session:
        yield Fetcher(session, hosts=hosts or HostLimiter(), limits=limits, allowed=allowed)
