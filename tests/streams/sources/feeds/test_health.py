from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from streams.records import FeedHealth, FeedState
from streams.sources.feeds.health import Latency, health, latency, with_health

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)

CASES: list[tuple[dict[str, Any], FeedHealth]] = [
    ({}, FeedHealth.NEW),
    ({"last_success": NOW}, FeedHealth.OK),
    ({"last_success": NOW, "failures": 2}, FeedHealth.OK),
    ({"last_poll": NOW, "failures": 2}, FeedHealth.NEW),
    ({"last_success": NOW, "failures": 3}, FeedHealth.BROKEN),
    ({"last_success": NOW, "failures": 3, "retired": True}, FeedHealth.RETIRED),
    ({"last_success": NOW, "last_new": NOW - 2 * DAY, "usual_rate_per_day": 20}, FeedHealth.SILENT),
    ({"last_success": NOW, "last_new": NOW - 2 * DAY, "usual_rate_per_day": 2}, FeedHealth.OK),
    ({"last_success": NOW, "last_new": NOW - DAY / 2, "usual_rate_per_day": 500}, FeedHealth.OK),
]


@pytest.mark.parametrize(("fields", "expected"), CASES)
def test_health_of_state(fields: dict[str, Any], expected: FeedHealth) -> None:
    state = FeedState(id="a", url="https://news.test/rss", **fields)

    assert health(state, now=NOW) is expected


def test_latency_without_articles_is_none() -> None:
    assert latency(FeedState(id="a", url="")) == Latency(None, None)


SILENT = {"last_new": NOW - 3 * DAY, "usual_rate_per_day": 20.0}
SINCE: list[tuple[dict[str, Any], FeedHealth, datetime]] = [
    (SILENT, FeedHealth.SILENT, NOW - 3 * DAY),
    ({"failures": 3}, FeedHealth.BROKEN, NOW - DAY),
    ({"retired": True, "last_success": None}, FeedHealth.RETIRED, NOW),
    ({}, FeedHealth.OK, NOW),
]


@pytest.mark.parametrize(("fields", "expected", "since"), SINCE)
def test_with_health_sets_and_keeps_since(
    fields: dict[str, Any], expected: FeedHealth, since: datetime
) -> None:
    polled = FeedState(id="a", url="", last_poll=NOW, last_success=NOW - DAY, health_since=NOW)

    state = with_health(msgspec.structs.replace(polled, **fields), now=NOW)
    later = with_health(state, now=NOW + timedelta(hours=1))

    assert (state.health, state.health_since) == (expected, since)
    assert (later.health, later.health_since) == (expected, since)


def test_with_health_of_recovered_feed_is_since_now() -> None:
    broken = FeedState(id="a", url="", last_success=NOW, health=FeedHealth.BROKEN, health_since=NOW)

    back = with_health(broken, now=NOW + DAY)

    assert (back.health, back.health_since) == (FeedHealth.OK, NOW + DAY)
