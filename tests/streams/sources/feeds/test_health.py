from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas import FeedState
from streams.sources.feeds.health import Health, Latency, health, latency

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)

CASES: list[tuple[dict[str, Any], Health]] = [
    ({}, Health.NEW),
    ({"last_poll": NOW}, Health.OK),
    ({"last_poll": NOW, "failures": 2}, Health.OK),
    ({"last_poll": NOW, "failures": 3}, Health.FAILING),
    ({"last_poll": NOW, "failures": 3, "retired": True}, Health.RETIRED),
    ({"last_poll": NOW, "last_new": NOW - 2 * DAY, "usual_rate_per_day": 20}, Health.SILENT),
    ({"last_poll": NOW, "last_new": NOW - 2 * DAY, "usual_rate_per_day": 2}, Health.OK),
    ({"last_poll": NOW, "last_new": NOW - DAY / 2, "usual_rate_per_day": 500}, Health.OK),
]


@pytest.mark.parametrize(("fields", "expected"), CASES)
def test_health_tells_how_a_feed_is(fields: dict[str, Any], expected: Health) -> None:
    state = FeedState(id="a", url="https://news.test/rss", **fields)

    assert health(state, now=NOW) is expected


def test_latency_of_a_feed_without_news_is_unknown() -> None:
    assert latency(FeedState(id="a", url="")) == Latency(None, None)
