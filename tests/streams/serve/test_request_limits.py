"""Requests in progress by address, ambiguous lengths, HEAD, and what ends with a request."""

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from litestar import Request, get, post
from litestar.response import Stream

from streams.serve.component import Component, assemble_app
from streams.serve.request_limits import RequestLimits, client_network, network_of
from streams.serve.shares import call_at_end
from streams.settings import Settings
from tests.support.serving import client, serving
from tests.support.waiting import eventually


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder of their own."""
    return Settings(data=tmp_path)


@post("/echo")
async def echo(request: Request[Any, Any, Any]) -> str:
    """Return the body."""
    return (await request.body()).decode()


@get("/endless")
async def endless() -> Stream:
    """Stream without end."""

    async def ticks() -> AsyncIterator[bytes]:
        while True:
            yield b"tick"
            await asyncio.sleep(0.01)

    return Stream(ticks())


async def answer_to(url: str, sent: bytes) -> bytes:
    """Send bytes, and return all that is received until the connection is closed."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(sent)
    received = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return received


LENGTHS = {
    "usual": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "order": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "case": b"TRANSFER-ENCODING: Chunked\r\nCONTENT-LENGTH: 0\r\n",
}


@pytest.mark.parametrize("name", LENGTHS)
async def test_two_lengths_are_refused_and_end_the_connection(
    settings: Settings, name: str
) -> None:
    app = assemble_app(settings, components=[Component(handlers=[echo])])
    body = b"0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    async with serving(app) as url:
        for path in (b"/echo", b"/nowhere"):
            head = b"POST " + path + b" HTTP/1.1\r\nHost: x\r\n" + LENGTHS[name] + b"\r\n"

            received = await answer_to(url, head + body)

            assert received.startswith(b"HTTP/1.1 400")
            assert received.count(b"HTTP/1.1") == 1
            assert b"application/problem+json" in received


async def test_head_is_answered_as_get(settings: Settings) -> None:
    app = assemble_app(settings, components=[Component(handlers=[endless, echo])])
    async with serving(app) as url, client(url) as session:
        shown = await session.get("/health")
        head = await session.head("/health")

        assert (head.status, head.headers["Content-Type"]) == (200, shown.headers["Content-Type"])
        assert head.headers["Content-Length"] == shown.headers["Content-Length"]
        assert await head.read() == b""
        assert (await asyncio.wait_for(session.head("/endless"), 10)).status == 200
        assert (await session.head("/echo")).status == 405
        assert (await session.head("/nowhere")).status == 404


async def asked(app: RequestLimits, path: str = "/", host: str = "192.0.2.1") -> int:
    """Return the status of a request."""
    statuses: list[int] = []

    async def send(message: Any) -> None:
        statuses.append(message.get("status", 0))

    async def receive() -> Any:
        raise AssertionError("nothing to receive")

    scope: Any = {"type": "http", "method": "GET", "path": path, "headers": [], "client": (host, 1)}
    await app(scope, receive, send)
    return statuses[0]


async def test_address_has_its_share_and_health_is_answered() -> None:
    release = asyncio.Event()

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        if scope["path"] == "/wait":
            await release.wait()
        await send({"type": "http.response.start", "status": 200})

    limits = RequestLimits(app, max_requests=3, max_of_address=2)  # type: ignore[arg-type]
    waiting = [asyncio.ensure_future(asked(limits, "/wait")) for _ in range(2)]
    await asyncio.sleep(0)

    assert await asked(limits) == 503
    assert await asked(limits, "/health") == 200
    assert await asked(limits, host="192.0.2.2") == 200
    release.set()
    assert await asyncio.gather(*waiting) == [200, 200]
    assert await asked(limits) == 200


async def test_end_is_called_when_client_leaves(settings: Settings) -> None:
    ended: list[str] = []

    @get("/followed")
    async def followed(request: Request[Any, Any, Any]) -> Stream:
        call_at_end(request, lambda: ended.append("stream"))
        return await endless.fn()  # type: ignore[no-any-return]

    @get("/failed")
    async def failed(request: Request[Any, Any, Any]) -> str:
        call_at_end(request, lambda: ended.append("failure"))
        raise OSError("gone")

    app = assemble_app(settings, components=[Component(handlers=[followed, failed])])
    async with serving(app) as url, client(url) as session:
        assert (await session.get("/failed")).status == 500
        answer = await session.get("/followed")
        assert ended == ["failure"]
        answer.close()

        await eventually(lambda: ended == ["failure", "stream"])


def test_client_network_believes_trusted_proxies_only() -> None:
    headers = [(b"x-forwarded-for", b"203.0.113.5, 198.51.100.1")]
    trusted = (ip_network("10.0.0.0/8"),)

    assert client_network(("10.0.0.1", 1), headers, trusted) == "198.51.100.1"
    assert client_network(("192.0.2.1", 1), headers, trusted) == "192.0.2.1"
    assert client_network(("10.0.0.1", 1), [], trusted) == "10.0.0.1"
    assert client_network(None, headers, trusted) == ""


def test_addresses_of_one_ipv6_network_are_one() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff%eth0") != network_of("::1")
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
