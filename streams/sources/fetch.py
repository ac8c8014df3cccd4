"""The one way to the web: a URL in, a checked and bounded answer or a graded problem out."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from schemas.topics import MIB
from streams.sources.feeds.failure import Failure, failure_of_status
from streams.sources.feeds.freshness import retry_after
from streams.sources.fetch_address import CheckedResolver, RefusedAddressError, checked_literal
from streams.sources.fetch_body import BodyError, bounded_body
from streams.sources.fetch_pace import Hosts

REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
PERMANENT: Final = frozenset((301, 308))
OVERLOADED: Final = frozenset((429, 503))
NOT_MODIFIED: Final = 304
MAX_URL: Final = 2048
"""Longest URL that is asked for (Media Cloud's MAX_URL); records hold 8,192."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one request may cost.

    Attributes:
        max_bytes: Largest body, unpacked.
        total: From the connection to the last byte received, for each hop.
        idle: Between two reads.
        max_redirects: Hops; miniflux and browsers follow 10 to 20, feeds need 5.
    """

    max_bytes: int = 8 * MIB
    total: timedelta = timedelta(seconds=30)
    idle: timedelta = timedelta(seconds=10)
    max_redirects: int = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """An answer.

    Attributes:
        url: That gave it, after redirects.
        moved_to: The same where every redirect was permanent (301, 308); else empty.
        status: 200 to 299, or 304.
        headers: Names in lower case; of repeated ones the first.
        body: Unpacked; empty with 304.
    """

    url: str
    moved_to: str = ""
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def content_type(self) -> str:
        """The MIME type without parameters, in lower case; empty if not given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """As declared; empty if it was not."""
        for parameter in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'")
        return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchProblem:
    """Why there is no answer.

    Attributes:
        failure: How bad it is.
        detail: For people, and for the feed's state.
        status: HTTP status, 0 where there was none.
        retry_after: How long the server wants to be left alone.
    """

    failure: Failure
    detail: str
    status: int = 0
    retry_after: timedelta = timedelta(0)


class _Refused(Exception):  # noqa: N818  # never leaves this module
    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(detail)
        self.problem = FetchProblem(failure=failure, detail=detail)


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
        hosts: Hosts,
        limits: Limits,
        allowed: frozenset[str],
    ) -> None:
        """Fetch through a session whose connector resolves by a `CheckedResolver`."""
        self._session = session
        self._hosts = hosts
        self._limits = limits
        self._allowed = allowed

    @property
    def hosts(self) -> Hosts:
        """The turns of each host."""
        return self._hosts

    async def fetch(
        self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int | None = None
    ) -> Fetched | FetchProblem:
        """Get a URL. Never raises for what a server does.

        Args:
            url: Absolute, ``http`` or ``https``.
            headers: Such as validators; sent to every hop.
            max_bytes: Smaller or larger bound of the body than the limits have.
        """
        try:
            return await self._follow(url, headers or {}, max_bytes or self._limits.max_bytes)
        except _Refused as refused:
            return refused.problem
        except BodyError as error:
            return FetchProblem(failure=Failure.SOFT, detail=str(error))
        except TimeoutError:
            return FetchProblem(failure=Failure.TEMPORARY, detail="no answer in time")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _problem(error)

    async def _follow(
        self, url: str, headers: Mapping[str, str], max_bytes: int
    ) -> Fetched | FetchProblem:
        permanent = True
        for hop in range(self._limits.max_redirects + 1):
            place = self._checked(url)
            answer = await self._once(place, headers, max_bytes)
            if isinstance(answer, FetchProblem):
                return answer
            if answer.status not in REDIRECTS:
                return _moved(answer) if permanent and hop else answer
            location = answer.headers.get("location", "")
            if not location:
                raise _Refused(Failure.HARD, f"{answer.status} that leads nowhere")
            following = place.join(URL(location))
            # What was safe is not remembered as something that is not.
            downgraded = place.scheme == "https" and following.scheme != "https"
            permanent = permanent and answer.status in PERMANENT and not downgraded
            url = str(following)
        raise _Refused(Failure.SOFT, f"more than {self._limits.max_redirects} redirects")

    def _checked(self, url: str) -> URL:
        if len(url) > MAX_URL:
            raise _Refused(Failure.HARD, f"a URL of {len(url)} characters")
        place = URL(url)
        if place.scheme not in {"http", "https"} or not place.host:
            raise _Refused(Failure.HARD, f"neither http nor https: {url[:80]}")
        checked_literal(place.host, self._allowed)
        return place.with_user(None).with_fragment(None)

    async def _once(
        self, place: URL, headers: Mapping[str, str], max_bytes: int
    ) -> Fetched | FetchProblem:
        host = place.host or ""
        async with self._hosts.turn(host):
            start = time.monotonic()
            wait, overloaded = timedelta(0), False
            try:
                async with (
                    asyncio.timeout(self._limits.total.total_seconds()),
                    self._session.get(place, headers=headers, allow_redirects=False) as response,
                ):
                    given = {
                        name.lower(): value
                        for name, value in reversed(list(response.headers.items()))
                    }
                    wait = retry_after(given, now=datetime.now(UTC))
                    overloaded = response.status in OVERLOADED
                    return await self._answer(place, response, given, wait, max_bytes)
            finally:
                # Others of the host wait as well, but for no longer than a feed's own schedule.
                self._hosts.answered(
                    host,
                    time.monotonic() - start,
                    overloaded=overloaded,
                    retry_after=min(wait, timedelta(minutes=5)) if overloaded else timedelta(0),
                )

    async def _answer(
        self,
        place: URL,
        response: aiohttp.ClientResponse,
        headers: dict[str, str],
        wait: timedelta,
        max_bytes: int,
    ) -> Fetched | FetchProblem:
        status = response.status
        if status in REDIRECTS or status == NOT_MODIFIED:
            return Fetched(url=str(place), status=status, headers=headers)
        if not 200 <= status < 300:  # noqa: PLR2004  # RFC 9110, section 15.3
            return FetchProblem(
                failure=failure_of_status(status),
                detail=f"HTTP {status} {response.reason or ''}".strip()[:200],
                status=status,
                retry_after=wait,
            )
        said = headers.get("content-length", "")
        if said.isascii() and said.isdigit() and int(said[:20]) > max_bytes:
            raise BodyError(f"{said[:20]} bytes, more than {max_bytes}")
        body = await bounded_body(
            response.content.iter_any(),
            encoding=headers.get("content-encoding", ""),
            max_bytes=max_bytes,
        )
        return Fetched(url=str(place), status=status, headers=headers, body=body)


def _moved(answer: Fetched) -> Fetched:
    return Fetched(
        url=answer.url,
        moved_to=answer.url,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
    )


def _problem(error: Exception) -> FetchProblem:
    """Grade what went wrong on the way."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, RefusedAddressError):
            return FetchProblem(failure=Failure.HARD, detail=f"refused: {cause}")
        cause = getattr(cause, "os_error", None) or cause.__cause__
    match error:
        case aiohttp.ClientConnectorDNSError():
            failure, detail = Failure.HARD, "no such host"
        case aiohttp.ClientSSLError():
            failure, detail = Failure.SOFT, f"TLS: {error}"
        case aiohttp.InvalidURL() | ValueError():
            failure, detail = Failure.HARD, f"no URL that can be asked for: {error}"
        case aiohttp.ClientPayloadError() | aiohttp.ClientResponseError():
            failure, detail = Failure.SOFT, f"a broken answer: {error}"
        case _:
            failure, detail = Failure.TEMPORARY, str(error) or type(error).__name__
    return FetchProblem(failure=failure, detail=detail[:500])


@asynccontextmanager
async def fetcher(
    *,
    contact: str = "",
    allowed: frozenset[str] = frozenset(),
    limits: Limits | None = None,
    hosts: Hosts | None = None,
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
        yield Fetcher(session, hosts=hosts or Hosts(), limits=limits, allowed=allowed)
