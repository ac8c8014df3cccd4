"""Prometheus metrics of a deliverer."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams.deliver.ledger.delivery import DeliveryState
from streams.kafka.unreadable_gauge import add_unreadable_gauge

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600, 86400)
"""Seconds: from a receiver on the same machine to one that was down for a day."""


class DeliverMetrics:
    """Metrics of one deliverer, in a registry of their own.

    Channels are labeled by their kind, not by their name: a label has few values.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        add_unreadable_gauge(self.registry)
        self.alerts = Counter(
            "news_alerts_taken",
            "Alerts read from alerts.v1, redelivered ones included",
            registry=self.registry,
        )
        self.attempts = Counter(
            "news_delivery_attempts",
            "Messages sent, by kind of channel and result",
            ["kind", "verdict"],
            registry=self.registry,
        )
        self.ended = Counter(
            "news_deliveries_ended",
            "Alerts whose delivery has ended, by final state",
            ["state"],
            registry=self.registry,
        )
        self.duration = Histogram(
            "news_delivery_seconds",
            "Time from alerts.v1 to the receiver, for each alert that was accepted",
            registry=self.registry,
            buckets=BUCKETS,
        )
        self.open = Gauge(
            "news_deliveries_open",
            "Alerts not delivered yet, in all partitions",
            registry=self.registry,
        )
        self.queues = Gauge(
            "news_delivery_lanes",
            "Delivery queues (saved search and channel) with open deliveries, in this process",
            registry=self.registry,
        )
        self.targets_open = Gauge(
            "news_delivery_targets_resting",
            "Channels not sent to now after repeated failures",
            registry=self.registry,
        )

    def n_sent(self) -> int:
        """Number of alerts that this process has delivered."""
        labels = {"state": DeliveryState.SENT.value}
        return int(self.registry.get_sample_value("news_deliveries_ended_total", labels) or 0)
