"""Where hubs reach us: HTTP requests in, what the subscriber answers out."""

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
"""Largest push: as large as a feed may be (`fetch_request.Limits`)."""

READ_WITHIN: Final = timedelta(seconds=30)
"""How long a hub may take to send one."""

COME_AGAIN: Final = {"Retry-After": "60"}

SAFE: Final = {"X-Content-Type-Options": "nosniff"}
"""WebSub, section 8.2: what is echoed must be taken for no page."""


@asynccontextmanager
async def serve_callbacks(
    subscriber: Subscriber | None, feeds: FeedStates, settings: Settings
) -> AsyncIterator[int | None]:
    """Answer hubs while the body runs.

    Args:
        subscriber: Who answers; None: nobody listens.
        feeds: Who takes what comes of it.
        settings: Where: ``http_host`` and ``websub_port``.

    Yields:
        The port.

    Raises:
        SettingsError: If nothing can listen there.
    """
    if subscriber is None:
        yield None
        return
    subscriber.feeds = feeds
    app = web.Application(client_max_size=MAX_BYTES)
    # What stands before is the path of the public URL, if the proxy leaves it there.
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
        log.info("hubs may push", url=settings.websub_url, port=port)
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
            log.warning("subscription not kept", feed=feed, error=str(error))
            return web.Response(status=503, headers=COME_AGAIN)
        return web.Response(
            status=reply.status,
            body=reply.body.encode(),
            content_type="application/octet-stream",
            headers=SAFE,
        )

    async def distribute(self, request: web.Request) -> web.Response:
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            return web.Response(status=415)
        try:
            async with asyncio.timeout(READ_WITHIN.total_seconds()):
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
        return web.Response(status=status, headers=COME_AGAIN if status == 503 else None)  # noqa: PLR2004
