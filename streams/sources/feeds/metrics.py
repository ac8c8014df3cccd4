"""Prometheus metrics of a process that polls feeds."""

from collections import Counter as Counts
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams.kafka.unreadable_gauge import add_unreadable_gauge
from streams.records import FeedHealth, PushPhase
from streams.runtime.clock import Clock
from streams.sources.feeds.health import with_health
from streams.sources.feeds.polling.stats import PUSH_RESULTS, PollRecord, PollStats
from streams.sources.feeds.schedule import PollResult
from streams.sources.feeds.websub.subscription import current_phase

LATENCY_BUCKETS: Final = (60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400)
"""Seconds, from the shortest wait that can be configured to a feed that was silent for a day."""

POLL_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Seconds, from a nearby server to a first poll that fetches hundreds of pages."""


class FeedMetrics:
    """The metrics of one process, in a registry of their own.

    Args:
        stats: Statistics of the run, read whenever the gauges are.
        clock: Returns the time for the health of feeds.
    """

    def __init__(self, stats: PollStats, clock: Clock) -> None:
        self.registry = CollectorRegistry()
        add_unreadable_gauge(self.registry)
        self._stats = stats
        self._clock = clock
        feeds = Gauge(
            "news_feeds",
            "Feeds that this process polls, by health: new, ok, silent, broken, retired",
            ["health"],
            registry=self.registry,
        )
        for health in FeedHealth:
            feeds.labels(health=health.value).set_function(partial(self._n_with_health, health))
        Gauge(
            "news_feeds_due", "Feeds that are due and wait for a poll", registry=self.registry
        ).set_function(lambda: stats.n_due(clock.now()))
        self._polls = Counter(
            "news_feed_polls",
            "Polls, by result: news, nothing_new, unchanged, failed",
            ["result"],
            registry=self.registry,
        )
        sent = Gauge(
            "news_feed_articles",
            "Entries of feeds since the start, by result: sent, refused",
            ["result"],
            registry=self.registry,
        )
        sent.labels(result="sent").set_function(lambda: stats.n_sent)
        sent.labels(result="refused").set_function(lambda: stats.n_refused)
        pushes = Gauge(
            "news_feed_pushes",
            "Pushes from hubs since the start, by result: " + ", ".join(PUSH_RESULTS),
            ["result"],
            registry=self.registry,
        )
        for result in PUSH_RESULTS:
            pushes.labels(result=result).set_function(partial(stats.pushes.__getitem__, result))
        subscriptions = Gauge(
            "news_feed_subscriptions",
            "WebSub subscriptions, by phase: asked, active, denied, failed",
            ["phase"],
            registry=self.registry,
        )
        for phase in PushPhase:
            subscriptions.labels(phase=phase.value).set_function(partial(self._n_in_phase, phase))
        self._latency = Histogram(
            "news_feed_discovery_latency_seconds",
            "Time from an article's publication to its discovery",
            registry=self.registry,
            buckets=LATENCY_BUCKETS,
        )
        self._duration = Histogram(
            "news_feed_poll_duration_seconds",
            "Duration of a poll, including the pages it fetched",
            registry=self.registry,
            buckets=POLL_BUCKETS,
        )

    def observe(self, poll: PollRecord) -> None:
        """Count a poll; for a push, only the discovery latencies."""
        if not poll.pushed:
            self._polls.labels(result=result_label(poll.result)).inc()
            self._duration.observe(poll.seconds)
        for seconds in discovery_latencies(poll):
            self._latency.observe(seconds)

    def _n_with_health(self, health: FeedHealth) -> int:
        return self._counts(self._clock.now())[health]

    def _n_in_phase(self, phase: PushPhase) -> int:
        now = self._clock.now()
        pushes = [state.push for state in self._stats.states.values() if state.push]
        return sum(current_phase(push, now=now) is phase for push in pushes)

    def _counts(self, now: datetime) -> Counts[FeedHealth]:
        states = self._stats.states.values()
        return Counts(with_health(state, now=now).health for state in states)


def result_label(result: PollResult) -> str:
    """Return the label of a poll's result in metrics and messages.

    Examples:
        >>> result_label(PollResult(unchanged=True)), result_label(PollResult(n_new=2))
        ('unchanged', 'news')
    """
    if result.failure is not None:
        return "failed"
    if result.unchanged:
        return "unchanged"
    return "news" if result.n_new else "nothing_new"


def discovery_latencies(poll: PollRecord) -> Iterable[float]:
    """Return the discovery latencies of a poll in seconds; a feed's first poll has none."""
    return poll.result.latencies if poll.before.last_success else ()
