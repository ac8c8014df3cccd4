"""Send one HTTP request, without redirects, and read a bounded response."""

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
TOO_MANY_REQUESTS: Final = 429
OVERLOADED: Final = frozenset((TOO_MANY_REQUESTS, 503))
NOT_MODIFIED: Final = 304


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Limits of one fetch.

    Attributes:
        max_bytes: Largest body, decompressed.
        total: Time from the connection to the last byte, for each redirect.
        idle: Time between two reads.
        max_redirects: Number of redirects; miniflux and browsers follow 10 to 20, feeds need 5.
    """

    max_bytes: int = 8 * MIB
    total: timedelta = timedelta(seconds=30)
    idle: timedelta = timedelta(seconds=10)
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class Request:
    """A request, the same for each redirect.

    Attributes:
        method: ``GET`` or ``POST``.
        headers: Headers in addition to those of the session.
        max_bytes: Largest body of the response.
        form: Names and values to send, if any.
        keeps_start: Whether a larger body is cut at the limit, instead of refused.
    """

    method: str
    headers: Mapping[str, str]
    max_bytes: int
    form: Mapping[str, str] | None = None
    keeps_start: bool = False


async def request_once(
    session: aiohttp.ClientSession, hosts: HostLimiter, limits: Limits, url: URL, request: Request
) -> Fetched | FetchProblem:
    """Send a request when the host's limits allow it, and record the response time.

    Redirects are returned, not followed.

    Raises:
        BodyError: If the body is too large or cannot be decompressed.
        TimeoutError: If the request takes too long.
        aiohttp.ClientError: If there is no connection, or no valid response.
    """
    host = url.host or ""
    async with hosts.turn(host):
        start = time.monotonic()
        wait, status = timedelta(0), 0
        try:
            async with (
                asyncio.timeout(limits.total.total_seconds()),
                session.request(
                    request.method,
                    url,
                    headers=request.headers,
                    data=request.form,
                    allow_redirects=False,
                ) as response,
            ):
                headers = lower_case_headers(response)
                wait = retry_after(headers, now=datetime.now(UTC))
                status = response.status
                return await _read_response(url, response, headers, wait, request)
        finally:
            # Other requests to the host wait as well, but at most the shortest wait of a feed.
            overloaded = status in OVERLOADED
            hosts.record_response(
                host,
                time.monotonic() - start,
                overloaded=overloaded,
                too_many=status == TOO_MANY_REQUESTS,
                retry_after=min(wait, timedelta(minutes=5)) if overloaded else timedelta(0),
            )


async def _read_response(
    url: URL,
    response: aiohttp.ClientResponse,
    headers: dict[str, str],
    wait: timedelta,
    request: Request,
) -> Fetched | FetchProblem:
    status = response.status
    if status in REDIRECTS or status == NOT_MODIFIED:
        return Fetched(url=str(url), status=status, headers=headers)
    if not 200 <= status < 300:  # noqa: PLR2004  # RFC 9110, section 15.3
        return FetchProblem(
            failure=failure_of_status(status),
            detail=f"HTTP {status} {response.reason or ''}".strip()[:200],
            status=status,
            retry_after=wait,
        )
    max_bytes = request.max_bytes
    length = "" if request.keeps_start else headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > max_bytes:
        raise BodyError(f"{length[:20]} bytes, more than {max_bytes}")
    body, is_cut = await bounded_body(
        response.content.iter_any(),
        encoding=headers.get("content-encoding", ""),
        max_bytes=max_bytes,
        keeps_start=request.keeps_start,
    )
    return Fetched(url=str(url), status=status, headers=headers, body=body, is_cut=is_cut)
