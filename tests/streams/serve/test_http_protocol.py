"""Limits on clients: endless request heads, and responses that are not read."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from litestar import get
from litestar.response import Stream

from streams.serve.component import Component, assemble_app
from streams.serve.connections import MAX_WAITING_OF_ADDRESS
from streams.serve.http_protocol import BoundedProtocol
from streams.settings import Settings
from tests.support.serving import client, serving
from tests.support.waiting import eventually


class Impatient(BoundedProtocol):
    """A protocol with short time limits."""

    head_seconds = 0.3
    stall_seconds = 0.3


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder of their own."""
    return Settings(data=tmp_path)


async def connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a plain connection."""
    parts = urlsplit(url)
    return await asyncio.open_connection(parts.hostname, parts.port)


@pytest.mark.parametrize("sent", [b"", b"GET /health HTTP/1.1\r\nHost: x\r\n", b"G"])
async def test_endless_head_closes_connection(settings: Settings, sent: bytes) -> None:
    async with serving(assemble_app(settings), protocol=Impatient) as url:
        reader, writer = await connect(url)
        writer.write(sent)

        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


async def test_endless_second_head_closes_connection(settings: Settings) -> None:
    async with serving(assemble_app(settings), protocol=Impatient) as url:
        reader, writer = await connect(url)
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in await reader.readuntil(b"}")
        writer.write(b"GET /health HTTP/1.1\r\nHost:")

        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


async def test_slow_response_keeps_connection(settings: Settings) -> None:
    released = asyncio.Event()

    @get("/slow")
    async def slow() -> str:
        await released.wait()
        return "done"

    app = assemble_app(settings, components=[Component(handlers=[slow])])
    async with serving(app, protocol=Impatient) as url:
        reader, writer = await connect(url)
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        asyncio.get_running_loop().call_later(0.5, released.set)

        assert b"done" in await asyncio.wait_for(reader.readuntil(b"done"), 10)
        writer.close()


async def test_client_that_stops_reading_is_disconnected(settings: Settings) -> None:
    ended = asyncio.Event()

    async def flood() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 65536
                await asyncio.sleep(0)
        finally:
            ended.set()

    @get("/flood")
    async def flooded() -> Stream:
        return Stream(flood())

    app = assemble_app(settings, components=[Component(handlers=[flooded])])
    async with serving(app, protocol=Impatient) as url:
        _, writer = await connect(url)
        writer.write(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")

        await eventually(ended.is_set)
        writer.close()


async def test_flood_of_heads_leaves_health_answered(settings: Settings) -> None:
    async with serving(assemble_app(settings)) as url, client(url) as session:
        flood = []
        for _ in range(3 * MAX_WAITING_OF_ADDRESS):
            flood.append(await connect(url))
            flood[-1][1].write(b"GET /health HTTP/1.1\r\nHost:")

        assert (await session.get("/health")).status == 200

        closed = [reader for reader, _ in flood[:MAX_WAITING_OF_ADDRESS]]
        await eventually(lambda: all(reader.at_eof() or reader.exception() for reader in closed))
        for _, writer in flood:
            writer.close()
