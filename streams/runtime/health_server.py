"""Health and metrics of a worker over HTTP; on loopback by default."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST


@asynccontextmanager
async def http_server(
    registry: CollectorRegistry,
    health: Callable[[], dict[str, object]],
    *,
    host: str,
    port: int,
) -> AsyncIterator[int]:
    """Serve ``/health`` and ``/metrics`` while the body runs.

    ``/health`` answers 200 if ``health()["ready"]`` is true and 503 otherwise, for load
    balancers, health checks of containers, and the supervisor.

    Args:
        registry: Metrics for ``/metrics``.
        health: Returns the state of the worker, as JSON.
        host: Address to listen on.
        port: Port to listen on; 0 for a free one.

    Yields:
        The port.
    """

    async def show_health(_request: web.Request) -> web.Response:
        state = health()
        return web.json_response(state, status=200 if state["ready"] else 503)

    async def show_metrics(_request: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    app = web.Application()
    app.router.add_get("/health", show_health)
    app.router.add_get("/metrics", show_metrics)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
