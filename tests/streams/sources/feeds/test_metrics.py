from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from streams.config.feeds import PollBounds
from streams.fetch.failure import Failure
from streams.records import FeedState, Push, PushPhase
from streams.runtime.clock import SystemClock
from streams.sources.feeds.metrics import FeedMetrics
from streams.sources.feeds.polling.stats import PollRecord, PollStats
from streams.sources.feeds.schedule import PollResult, after_poll

NOW = datetime.now(UTC)
NEW = FeedState(id="a", url="https://news.test/rss")


def poll(before: FeedState, poll_result: PollResult) -> PollRecord:
    """Return the record of a poll with a result."""
    after = after_poll(before, poll_result, now=NOW, bounds=PollBounds(), chance=0)
    return PollRecord(before=before, after=after, result=poll_result, seconds=0.2)


def value(metrics: FeedMetrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_metrics_count_feeds_by_health() -> None:
    silent = FeedState(
        id="b",
        url="",
        last_success=NOW,
        usual_rate_per_day=50.0,
        last_new=NOW - timedelta(days=3),
    )
    due = FeedState(id="c", url="", last_success=NOW, next_poll=NOW - timedelta(seconds=1))
    stats = PollStats(n_sent=7, n_refused=1, states={"a": NEW, "b": silent, "c": due})

    metrics = FeedMetrics(stats, SystemClock())

    healths = ("new", "ok", "silent", "broken", "retired")
    assert [value(metrics, "news_feeds", health=health) for health in healths] == [1, 1, 1, 0, 0]
    assert value(metrics, "news_feeds_due") == 3
    assert value(metrics, "news_feed_articles", result="sent") == 7
    assert value(metrics, "news_feed_articles", result="refused") == 1


def test_metrics_count_pushes_and_subscriptions() -> None:
    active = Push(hub="", topic="", phase=PushPhase.ACTIVE, expires=NOW + timedelta(hours=1))
    over = Push(hub="", topic="", phase=PushPhase.ACTIVE, expires=NOW - timedelta(hours=1))
    states = {
        name: FeedState(id=name, url="", push=push) for name, push in (("a", active), ("b", over))
    }
    stats = PollStats(states={**states, "c": NEW}, pushes=Counter(received=3, badly_signed=1))

    metrics = FeedMetrics(stats, SystemClock())

    phases = ("asked", "active", "denied", "failed")
    found = [value(metrics, "news_feed_subscriptions", phase=phase) for phase in phases]
    assert found == [0, 1, 0, 1]
    results = ("received", "badly_signed", "unwanted", "too_many")
    assert [value(metrics, "news_feed_pushes", result=result) for result in results] == [3, 1, 0, 0]


@pytest.mark.parametrize(
    ("poll_result", "result"),
    [
        (PollResult(n_new=2), "news"),
        (PollResult(), "nothing_new"),
        (PollResult(unchanged=True), "unchanged"),
        (PollResult(failure=Failure.HARD), "failed"),
    ],
)
def test_metrics_count_polls_by_result(poll_result: PollResult, result: str) -> None:
    metrics = FeedMetrics(PollStats(), SystemClock())

    metrics.observe(poll(NEW, poll_result))

    assert value(metrics, "news_feed_polls_total", result=result) == 1
    assert value(metrics, "news_feed_poll_duration_seconds_count") == 1


def test_metrics_ignore_latencies_of_first_poll() -> None:
    metrics = FeedMetrics(PollStats(), SystemClock())
    first = poll(NEW, PollResult(n_new=2, latencies=(1e6, 2e6)))

    metrics.observe(first)
    metrics.observe(poll(first.after, PollResult(n_new=1, latencies=(90.0,))))

    assert value(metrics, "news_feed_discovery_latency_seconds_count") == 1
    assert value(metrics, "news_feed_discovery_latency_seconds_sum") == 90
