"""What a process that polls feeds tells Prometheus."""

from collections import Counter as Counts
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams.records import FeedHealth, PushPhase
from streams.runtime.clock import Clock
from streams.sources.feeds.health import with_health
from streams.sources.feeds.polling.stats import PUSH_RESULTS, PollRecord, PollStats
from streams.sources.feeds.schedule import PollResult
from streams.sources.feeds.websub.subscription import phase_now

LATENCY_BUCKETS: Final = (60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400)
"""Seconds: from the shortest wait that can be asked for to a feed that was silent for a day."""

POLL_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Seconds: from a server next door to a first poll that fetches hundreds of pages."""


class FeedMetrics:
    """The counters and gauges of one process, in a registry of their own."""

    def __init__(self, course: PollStats, clock: Clock) -> None:
        """Create the metrics of a run.

        Args:
            course: Of the run; read whenever the gauges are.
            clock: For how feeds are now.
        """
        self.registry = CollectorRegistry()
        self._course = course
        self._clock = clock
        feeds = Gauge(
            "news_feeds",
            "Feeds that this process polls, by how they are: new, ok, silent, broken, retired",
            ["health"],
            registry=self.registry,
        )
        for each in FeedHealth:
            feeds.labels(health=each.value).set_function(partial(self._n_with, each))
        Gauge(
            "news_feeds_due", "Feeds whose time has come and which wait", registry=self.registry
        ).set_function(lambda: course.n_due(clock.now()))
        self._polls = Counter(
            "news_feed_polls",
            "Polls, by what they gave: news, nothing_new, unchanged, failed",
            ["result"],
            registry=self.registry,
        )
        sent = Gauge(
            "news_feed_articles",
            "Entries of feeds since the start, by what became of them: sent, refused",
            ["result"],
            registry=self.registry,
        )
        sent.labels(result="sent").set_function(lambda: course.n_sent)
        sent.labels(result="refused").set_function(lambda: course.n_refused)
        pushes = Gauge(
            "news_feed_pushes",
            "Pushes of hubs since the start, by what became of them: " + ", ".join(PUSH_RESULTS),
            ["result"],
            registry=self.registry,
        )
        for result in PUSH_RESULTS:
            pushes.labels(result=result).set_function(partial(course.pushes.__getitem__, result))
        subscriptions = Gauge(
            "news_feed_subscriptions",
            "Subscriptions at hubs, by where they stand: asked, active, denied, failed",
            ["phase"],
            registry=self.registry,
        )
        for phase in PushPhase:
            subscriptions.labels(phase=phase.value).set_function(partial(self._n_at, phase))
        self._latency = Histogram(
            "news_feed_discovery_latency_seconds",
            "Time from an article's publication to its discovery",
            registry=self.registry,
            buckets=LATENCY_BUCKETS,
        )
        self._duration = Histogram(
            "news_feed_poll_duration_seconds",
            "Time that a poll took, with the pages it fetched",
            registry=self.registry,
            buckets=POLL_BUCKETS,
        )

    def observe(self, poll: PollRecord) -> None:
        """Count a poll; of a push only what it discovered."""
        if not poll.pushed:
            self._polls.labels(result=result_of(poll.answer)).inc()
            self._duration.observe(poll.seconds)
        for seconds in discoveries(poll):
            self._latency.observe(seconds)

    def _n_with(self, wanted: FeedHealth) -> int:
        return self._counts(self._clock.now())[wanted]

    def _n_at(self, phase: PushPhase) -> int:
        now = self._clock.now()
        pushes = [state.push for state in self._course.states.values() if state.push]
        return sum(phase_now(push, now=now) is phase for push in pushes)

    def _counts(self, now: datetime) -> Counts[FeedHealth]:
        states = self._course.states.values()
        return Counts(with_health(state, now=now).health for state in states)


def result_of(answer: PollResult) -> str:
    """Say in a word what a poll gave.

    Examples:
        >>> result_of(PollResult(unchanged=True)), result_of(PollResult(n_new=2))
        ('unchanged', 'news')
    """
    if answer.failure is not None:
        return "failed"
    if answer.unchanged:
        return "unchanged"
    return "news" if answer.n_new else "nothing_new"


def discoveries(poll: PollRecord) -> Iterable[float]:
    """Give the discovery latencies of a poll; a first one discovers nothing."""
    return poll.answer.latencies if poll.before.last_success else ()
