"""Prometheus metrics of a worker; docs/reference/metrics.md is generated from this file."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams.kafka.unreadable_gauge import add_unreadable_gauge

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Seconds: from a plain wire article (under 1 ms) to a page that is killed at its time limit."""

MEMORY_GAUGES = {
    "news_memory_lookups": "Texts that dedupe looked up since its memory was loaded",
    "news_memory_candidates": "Candidate articles that the index returned for these texts",
    "news_memory_hits": "Texts that were found to be copies",
    "news_memory_forgotten_articles": "Articles that were evicted from the memory since then",
    "news_memory_unreadable_reads": "Remembered articles that were looked up and are invalid",
    "news_memory_age_seconds": "Age of the oldest article in the memory, in event time",
    "news_alerts_withheld": "Alerts that the limit of their owner withheld, since the start",
}
"""Figures of the memory; they start at zero with each assignment, so they are not counters."""


NAMED_SOURCES = 100
"""Sources with a label of their own; all others count as `OTHER_SOURCES`, because whoever can add
records chooses their sources, and each label costs memory here and in Prometheus."""

OTHER_SOURCES = "(other)"


class StageMetrics:
    """The counters and gauges of one worker, in a registry of their own.

    These are for monitoring; conservation of articles is checked on the topics, by origin.

    Args:
        stage: Value of the label ``stage``.
    """

    def __init__(self, stage: str) -> None:
        self.registry = CollectorRegistry()
        add_unreadable_gauge(self.registry)
        labels = {"stage": stage}
        self._records = Counter(
            "news_records",
            "Records that left the stage, by decision and reason",
            ["stage", "decision", "reason"],
            registry=self.registry,
        )
        self._rejected = Counter(
            "news_rejected_records",
            "Records that the stage rejected, by source; (other) after the first 100 sources",
            ["stage", "source"],
            registry=self.registry,
        )
        self.reject_share = Gauge(
            "news_reject_share",
            "Share of rejected records among the latest 1,000; 0 before",
            ["stage"],
            registry=self.registry,
        ).labels(**labels)
        self._sources: set[str] = set()
        self._stage = stage
        self._by_decision: dict[tuple[str, str], Counter] = {}
        self.duration = Histogram(
            "news_stage_duration_seconds",
            "Time from arrival at the worker to the broker's acknowledgement",
            ["stage"],
            registry=self.registry,
            buckets=BUCKETS,
        ).labels(**labels)
        self.in_flight = Gauge(
            "news_in_flight_records",
            "Records read and not yet acknowledged",
            ["stage"],
            registry=self.registry,
        ).labels(**labels)
        self.lag = Gauge(
            "news_lag_records",
            "Records on the topics that this worker has not read yet",
            ["stage"],
            registry=self.registry,
        ).labels(**labels)
        self.unassigned = Gauge(
            "news_unassigned_partitions",
            "Partitions of the stage's topics that no worker reads",
            ["stage"],
            registry=self.registry,
        ).labels(**labels)
        self.remembered = Gauge(
            "news_memory_articles",
            "Articles in the memory of dedupe",
            ["stage"],
            registry=self.registry,
        ).labels(**labels)

        self.memory = {
            name: Gauge(name, text, ["stage"], registry=self.registry).labels(**labels)
            for name, text in MEMORY_GAUGES.items()
        }

    def count(self, decision: str, reason: str) -> None:
        """Count a record that leaves the stage."""
        counter = self._by_decision.get((decision, reason))
        if counter is None:  # a lookup by labels costs ten times as much
            counter = self._records.labels(stage=self._stage, decision=decision, reason=reason)
            self._by_decision[decision, reason] = counter
        counter.inc()

    def count_rejected_source(self, source: str) -> None:
        """Count a rejected record for its source."""
        if source not in self._sources:
            if len(self._sources) >= NAMED_SOURCES:
                source = OTHER_SOURCES
            else:
                self._sources.add(source)
        self._rejected.labels(stage=self._stage, source=source).inc()
