"""Prometheus metrics of the HTTP process; no label names a token, a search or an article."""

from time import perf_counter

from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams.kafka.unreadable_gauge import add_unreadable_gauge

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""From a response out of memory to the longest wait for the broker."""


class ServeMetrics:
    """Metrics of the HTTP process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        add_unreadable_gauge(self.registry)
        self.requests = Counter(
            "news_http_requests",
            "Responses by path, method and status",
            ["path", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "news_http_request_seconds",
            "Time from the head of a request to the head of its response",
            ["path", "method"],
            registry=self.registry,
            buckets=SECONDS,
        )
        self.articles = Counter(
            "news_push_articles",
            "Pushed articles: accepted, repeated, refused",
            ["outcome"],
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "news_push_in_flight_bytes",
            "Bytes of pushed articles that the broker has not acknowledged",
            registry=self.registry,
        )
        self.streams = Gauge(
            "news_alert_streams",
            "Clients connected to the alert stream",
            registry=self.registry,
        )


class CountRequests(ASGIMiddleware):
    """Counts every response, and the time to its head.

    Args:
        metrics: Metrics of the process.
    """

    def __init__(self, metrics: ServeMetrics) -> None:
        self._metrics = metrics

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass a request on, and count its response."""
        # The template, not the path: each id of a search would create a time series.
        labels = (str(scope.get("path_template")), str(scope.get("method")))
        started = perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.seconds.labels(*labels).observe(perf_counter() - started)
                self._metrics.requests.labels(*labels, str(message["status"])).inc()
            await send(message)

        await next_app(scope, receive, count)
