"""The HTTP server on a free loopback port, as users run it, and a client for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from litestar import Litestar

from streams.config.tokens_file import add_token
from streams.serve.http_protocol import BoundedProtocol
from streams.serve.server import listening_socket, serve
from streams.settings import Settings
from tests.support.waiting import eventually


@asynccontextmanager
async def serving(
    app: Litestar, *, protocol: type[BoundedProtocol] = BoundedProtocol
) -> AsyncIterator[str]:
    """Serve an application with uvicorn while the body runs; yield its URL."""
    listener = listening_socket("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    stop, started = asyncio.Event(), asyncio.Event()
    running = asyncio.ensure_future(
        serve(app, listener, stop, started=started.set, protocol=protocol)
    )
    starting = asyncio.ensure_future(started.wait())
    try:
        await asyncio.wait((running, starting), return_when=asyncio.FIRST_COMPLETED)
        yield url
    finally:
        starting.cancel()
        stop.set()
        await running


def token(settings: Settings, name: str = "me", *scopes: str) -> str:
    """Create a token for a server with these settings; by default for push and alerts."""
    granted = scopes or ("push", "alerts")
    return add_token(settings.tokens_file, name, granted, created=datetime.now(UTC))[0]


@asynccontextmanager
async def client(url: str, secret: str = "") -> AsyncIterator[aiohttp.ClientSession]:
    """Open a client that sends a token with every request."""
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    async with aiohttp.ClientSession(url, headers=headers) as session:
        yield session


async def json_of(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """Return the JSON of a response, whatever its content type."""
    body: dict[str, Any] = await answer.json(content_type=None)
    return body


async def until_ready(session: aiohttp.ClientSession) -> None:
    """Wait until a server is healthy."""

    async def ready() -> bool:
        return bool((await json_of(await session.get("/health")))["ready"])

    await eventually(ready, within=timedelta(seconds=30))
