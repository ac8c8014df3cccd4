"""The metric of the messages that a process has set aside; in every process that has metrics."""

from prometheus_client import CollectorRegistry, Gauge

from streams.kafka.decoding import UNREADABLE


def add_unreadable_gauge(registry: CollectorRegistry) -> None:
    """Add the metric to a registry."""
    Gauge(
        "news_unreadable_records",
        "Messages on Kafka that are no records, left out by this process; its log names them",
        registry=registry,
    ).set_function(lambda: UNREADABLE.total)
