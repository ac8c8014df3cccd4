"""Serve the HTTP callbacks that hubs call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import structlog
from aiohttp import web

from streams.errors import BrokerError, SettingsError
from streams.records.topics import MIB
from streams.settings import Settings
from streams.sources.feeds.websub.subscriber import FeedStates, Subscriber

log = structlog.get_logger()

MAX_BYTES: Final = 8 * MIB
"""Largest push, the same as for a feed (`streams.fetch.request.Limits`)."""

READ_TIMEOUT: Final = timedelta(seconds=30)
"""Longest time in which a hub may send a push."""

RETRY_LATER: Final = {"Retry-After": "60"}

NO_SNIFFING: Final = {"X-Content-Type-Options": "nosniff"}
"""WebSub, section 8.2: an echoed challenge must not be interpreted as a page."""


@asynccontextmanager
async def serve_callbacks(
    subscriber: Subscriber | None, feeds: FeedStates, settings: Settings
) -> AsyncIterator[int | None]:
    """Serve callbacks until exit.

    Args:
        subscriber: Handles the requests. Without one, nothing is served.
        feeds: Receives pushes and changes of states.
        settings: Settings ``http_host`` and ``websub_port``.

    Yields:
        The port; None without a subscriber.

    Raises:
        SettingsError: If the port cannot be opened.
    """
    if subscriber is None:
        yield None
        return
    subscriber.feeds = feeds
    app = web.Application(client_max_size=MAX_BYTES)
    # The prefix is the path of the public URL, if the proxy does not remove it.
    path = "/{prefix:.*}websub/{feed}/{token}"
    callback = _Callback(subscriber)
    app.router.add_get(path, callback.verify, allow_head=False)
    app.router.add_post(path, callback.distribute)
    runner = web.AppRunner(app, access_log=None, auto_decompress=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.http_host, settings.websub_port)
        try:
            await site.start()
        except OSError as error:
            where = f"{settings.http_host}:{settings.websub_port}"
            raise SettingsError(f"setting NEWS_WEBSUB_PORT: {where}: {error.strerror}") from error
        port = runner.addresses[0][1]
        log.info("websub callback listening", url=settings.websub_url, port=port)
        yield port
    finally:
        await runner.cleanup()


class _Callback:
    def __init__(self, subscriber: Subscriber) -> None:
        self._subscriber = subscriber

    async def verify(self, request: web.Request) -> web.Response:
        feed, token = request.match_info["feed"], request.match_info["token"]
        query = {name: request.query.get(name, "") for name in request.query}
        try:
            reply = await self._subscriber.verify(feed, token, query)
        except BrokerError as error:
            log.warning("subscription not saved", feed=feed, error=str(error))
            return web.Response(status=503, headers=RETRY_LATER)
        return web.Response(
            status=reply.status,
            body=reply.body.encode(),
            content_type="application/octet-stream",
            headers=NO_SNIFFING,
        )

    async def distribute(self, request: web.Request) -> web.Response:
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            return web.Response(status=415)
        try:
            async with asyncio.timeout(READ_TIMEOUT.total_seconds()):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        status = self._subscriber.distribute(
            request.match_info["feed"],
            request.match_info["token"],
            body,
            signature=request.headers.get("X-Hub-Signature", ""),
            content_type=request.headers.get("Content-Type", ""),
        )
        return web.Response(status=status, headers=RETRY_LATER if status == 503 else None)  # noqa: PLR2004
