"""How the process is: for load balancers, the supervisor and Prometheus."""

from collections.abc import Callable
from typing import Any

from litestar import Response, get
from litestar.datastructures import State
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from streams.serve.metrics import ServeMetrics

HealthFacts = Callable[[], dict[str, Any]]
"""What a part of the process says of itself; its ``ready`` counts."""


@get("/health", summary="How the server is", tags=["status"])
async def show_health(state: State) -> Response[dict[str, Any]]:
    """Say how the server is: 200 when it works, 503 while Kafka cannot be reached.

    Needs no token.
    """
    said: dict[str, Any] = {}
    for facts in state.facts:
        said |= facts()
    ready = all(value for name, value in said.items() if name.endswith("ready"))
    return Response({"ready": ready, **said}, status_code=200 if ready else 503)


@get("/metrics", summary="Figures for Prometheus", tags=["status"], media_type="text/plain")
async def show_metrics(state: State) -> Response[bytes]:
    """Give the figures of this process in the format of Prometheus.

    Needs no token, and names no token, search or article.
    """
    metrics: ServeMetrics = state.metrics
    return Response(
        generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )
