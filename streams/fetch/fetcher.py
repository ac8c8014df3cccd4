"""Fetch URLs from the public web within limits; failures are returned, not raised.

The only HTTP client for feeds, hubs and pages.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.metadata import version
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from streams.fetch.address import check_literal_address, checked_connector, is_allowed
from streams.fetch.body import BodyError
from streams.fetch.credentials import Credentials
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
"""Redirects that repeat a POST with its form (RFC 9110, section 15.4.8 and 15.4.9)."""

MAX_URL: Final = 2048
"""Longest URL that is requested, in characters (Media Cloud's MAX_URL); records allow 8,192."""

MAX_FORM_RESPONSE: Final = 64 * 1024
"""Longest response to a form, in bytes."""

PROBLEMS: Final = (
    RefusedError,
    BodyError,
    TimeoutError,
    aiohttp.ClientError,
    OSError,
    ValueError,
)
"""Exceptions of a request that are returned as a `FetchProblem`."""

MayFollow = Callable[[str], Awaitable[bool]]
"""Returns whether a URL may be requested, as `streams.fetch.robots.Robots.allows` does."""


def user_agent(contact: str) -> str:
    """Return the User-Agent header, with the operator's contact.

    Examples:
        >>> user_agent("https://example.org/bot").split(" ")[1]
        '(+https://example.org/bot)'
    """
    clean = " ".join(contact.split())
    return f"news-streams/{version('news-streams')}" + (f" (+{clean})" if clean else "")


class Fetcher:
    """Fetches URLs within the limits of size, addresses and hosts; create it with `fetcher`.

    Args:
        session: Session that connects to public addresses only (`checked_connector`).
        private: Session that connects to any address: for the requests to allowed hosts. Apart,
            because connections and resolved names are reused within a session.
        hosts: Limits of concurrency and rate for each host.
        limits: Limits of one request.
        allowed: Hosts that may have private addresses; see `streams.fetch.address.is_allowed`.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        private: aiohttp.ClientSession,
        *,
        hosts: HostLimiter,
        limits: Limits,
        allowed: frozenset[str],
    ) -> None:
        self._session = session
        self._private = private
        self._hosts = hosts
        self._limits = limits
        self._allowed = allowed

    @property
    def hosts(self) -> HostLimiter:
        """The limits of concurrency and rate for each host."""
        return self._hosts

    @property
    def allowed(self) -> frozenset[str]:
        """The hosts that may have private addresses."""
        return self._allowed

    def allowing(self, hosts: Collection[str]) -> "Fetcher":
        """Return a fetcher that also reaches these hosts, with the same connections and limits.

        Args:
            hosts: Hosts that may have private addresses; see `streams.fetch.address.is_allowed`.
        """
        if self._allowed.issuperset(hosts):
            return self
        return Fetcher(
            self._session,
            self._private,
            hosts=self._hosts,
            limits=self._limits,
            allowed=self._allowed.union(hosts),
        )

    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        may_follow: MayFollow | None = None,
        credentials: Credentials | None = None,
        keeps_start: bool = False,
    ) -> Fetched | FetchProblem:
        """Fetch a URL with GET. Failures of the server or network are returned, not raised.

        Args:
            url: Absolute ``http`` or ``https`` URL.
            headers: Request headers, such as validators; sent with every redirect.
            max_bytes: Largest body. Defaults to that of the limits.
            may_follow: Called before each redirect. Defaults to following all of them.
            credentials: Header with a secret; sent to its origin only, also after a redirect.
            keeps_start: Whether a larger body is cut at the limit, instead of refused.
        """
        max_bytes = max_bytes or self._limits.max_bytes
        request = Request("GET", headers or {}, max_bytes, keeps_start=keeps_start)
        try:
            return await self._follow(url, request, REDIRECTS, may_follow, credentials)
        except PROBLEMS as error:
            return classify_error(error)

    async def post(self, url: str, form: Mapping[str, str]) -> Fetched | FetchProblem:
        """Send a form with POST; 307 and 308 are followed.

        Failures of the server or network are returned, not raised.

        Args:
            url: Absolute ``http`` or ``https`` URL.
            form: Names and values of the form.
        """
        request = Request("POST", {}, MAX_FORM_RESPONSE, form)
        try:
            return await self._follow(url, request, KEEP_METHOD, None)
        except PROBLEMS as error:
            return classify_error(error)

    async def _follow(
        self,
        url: str,
        request: Request,
        redirects: frozenset[int],
        may_follow: MayFollow | None,
        credentials: Credentials | None = None,
    ) -> Fetched | FetchProblem:
        permanent = True
        for hop in range(self._limits.max_redirects + 1):
            current = self._checked(url)
            if hop and may_follow is not None and not await may_follow(str(current)):
                raise RefusedError(Failure.HARD, f"robots.txt does not allow {str(current)[:200]}")
            headers = {**request.headers, **(credentials.headers(current) if credentials else {})}
            response = await request_once(
                self._session_for(current),
                self._hosts,
                self._limits,
                current,
                replace(request, headers=headers),
            )
            if isinstance(response, FetchProblem):
                return response
            if response.status not in redirects:
                if not hop:
                    return response
                moved_to = response.url if permanent else ""
                return replace(response, moved_to=moved_to, redirected=True)
            location = response.headers.get("location", "")
            if not location:
                raise RefusedError(Failure.HARD, f"{response.status} without a Location header")
            target = current.join(URL(location))
            # An https URL is never replaced permanently by an http one.
            downgraded = current.scheme == "https" and target.scheme != "https"
            permanent = permanent and response.status in PERMANENT and not downgraded
            url = str(target)
        raise RefusedError(Failure.SOFT, f"more than {self._limits.max_redirects} redirects")

    def _checked(self, url: str) -> URL:
        if len(url) > MAX_URL:
            raise RefusedError(Failure.HARD, f"a URL of {len(url)} characters")
        parsed = URL(url)
        if parsed.scheme not in {"http", "https"} or not parsed.host:
            raise RefusedError(Failure.HARD, f"neither http nor https: {url[:80]}")
        check_literal_address(parsed.host, self._allowed, port=parsed.port)
        return parsed.with_user(None).with_fragment(None)

    def _session_for(self, url: URL) -> aiohttp.ClientSession:
        allowed = is_allowed(url.host or "", url.port, self._allowed)
        return self._private if allowed else self._session


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
    """Open a fetcher; its connections are closed on exit.

    Args:
        contact: URL or mail address for operators of servers, part of the User-Agent.
        allowed: Hosts that may have private addresses; see `streams.fetch.address.is_allowed`.
        limits: Limits of one request. Defaults to those of `Limits`.
        hosts: Limits for each host. Defaults to two requests at a time, one second apart.
        resolver: Resolves names before they are checked. Defaults to the system's resolver.
        connections: Largest number of open connections to all hosts.
    """
    limits = limits or Limits()
    checked = checked_connector(resolver=resolver, limit=connections, ttl_dns_cache=60)
    unchecked = aiohttp.TCPConnector(resolver=resolver, limit=connections, ttl_dns_cache=60)
    async with (
        _session(checked, contact, limits) as session,
        _session(unchecked, contact, limits) as private,
    ):
        yield Fetcher(
            session, private, hosts=hosts or HostLimiter(), limits=limits, allowed=allowed
        )


def _session(
    connector: aiohttp.TCPConnector, contact: str, limits: Limits
) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={
            "User-Agent": user_agent(contact),
            # Only encodings that can be decompressed within a limit.
            "Accept-Encoding": "gzip, deflate",
        },
        timeout=aiohttp.ClientTimeout(
            total=limits.total.total_seconds(), sock_read=limits.idle.total_seconds()
        ),
        trust_env=False,
    )
