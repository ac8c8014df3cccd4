"""Health and metrics over HTTP."""

import aiohttp
import pytest

from streams.runtime.health_server import http_server
from streams.worker.metrics import StageMetrics


async def answer(path: str, health: dict[str, object]) -> tuple[int, str, str]:
    """Return status, type and text of an answer of a worker with this health."""
    metrics = StageMetrics("clean")
    metrics.count("dropped", "empty_article")
    async with (
        http_server(metrics.registry, lambda: health, host="127.0.0.1", port=0) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as response,
    ):
        return response.status, response.content_type, await response.text()


@pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
async def test_health_status_depends_on_readiness(ready: bool, status: int) -> None:  # noqa: FBT001  # a table
    assert (await answer("/health", {"ready": ready}))[:2] == (status, "application/json")


async def test_metrics_are_in_prometheus_format() -> None:
    status, content_type, text = await answer("/metrics", {"ready": True})

    assert (status, content_type) == (200, "text/plain")
    assert 'news_records_total{decision="dropped",reason="empty_article",stage="clean"} 1.0' in text
