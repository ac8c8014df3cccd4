"""Health and metrics of the process: for load balancers, the supervisor and Prometheus."""

from collections.abc import Callable
from typing import Any

from litestar import Response, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from streams.serve.metrics import ServeMetrics

HealthFacts = Callable[[], dict[str, Any]]
"""Values of a component for ``/health``; those whose name ends with ``ready`` count."""


@get(
    "/health",
    summary="Server health",
    tags=["status"],
    responses={503: ResponseSpec(dict[str, Any], description="Kafka is unavailable.")},
)
async def show_health(state: State) -> Response[dict[str, Any]]:
    """Show the health of the server: 200 when it works, 503 while Kafka is unavailable.

    Needs no token.
    """
    values: dict[str, Any] = {}
    for facts in state.facts:
        values |= facts()
    ready = all(value for name, value in values.items() if name.endswith("ready"))
    return Response({"ready": ready, **values}, status_code=200 if ready else 503)


@get("/metrics", summary="Prometheus metrics", tags=["status"], media_type="text/plain")
async def show_metrics(state: State) -> Response[bytes]:
    """Show the metrics of this process in the format of Prometheus.

    Needs no token; labels contain no token, search or article.
    """
    metrics: ServeMetrics = state.metrics
    return Response(
        generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )
