"""One request to one place: who is asked for what in, a bounded answer or a problem out."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import aiohttp
from yarl import URL

from streams.fetch.body import BodyError, bounded_body
from streams.fetch.cache_headers import retry_after
from streams.fetch.failure import failure_of_status
from streams.fetch.politeness import HostLimiter
from streams.fetch.response import Fetched, FetchProblem, lower_case_headers
from streams.records.topics import MIB

REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
OVERLOADED: Final = frozenset((429, 503))
NOT_MODIFIED: Final = 304


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


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, the same at each hop.

    Attributes:
        method: ``GET`` or ``POST``.
        headers: Beside the usual ones.
        max_bytes: Largest body of the answer.
        form: Names and values to send; None: nothing.
    """

    method: str
    headers: Mapping[str, str]
    max_bytes: int
    form: Mapping[str, str] | None = None


async def request_once(
    session: aiohttp.ClientSession, hosts: HostLimiter, limits: Limits, place: URL, ask: Request
) -> Fetched | FetchProblem:
    """Ask one place when it is its turn, follow no redirect, and learn how quick it is.

    Raises:
        BodyError: If the body is too large or cannot be unpacked.
        TimeoutError: If it takes too long.
        aiohttp.ClientError: If there is no connection, or no sound answer.
    """
    host = place.host or ""
    async with hosts.turn(host):
        start = time.monotonic()
        wait, overloaded = timedelta(0), False
        try:
            async with (
                asyncio.timeout(limits.total.total_seconds()),
                session.request(
                    ask.method, place, headers=ask.headers, data=ask.form, allow_redirects=False
                ) as response,
            ):
                headers = lower_case_headers(response)
                wait = retry_after(headers, now=datetime.now(UTC))
                overloaded = response.status in OVERLOADED
                return await _answer(place, response, headers, wait, ask.max_bytes)
        finally:
            # Others of the host wait as well, but for no longer than a feed's own schedule.
            hosts.answered(
                host,
                time.monotonic() - start,
                overloaded=overloaded,
                retry_after=min(wait, timedelta(minutes=5)) if overloaded else timedelta(0),
            )


async def _answer(
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
