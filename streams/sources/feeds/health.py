"""Compute the health of a feed, relative to its usual rate, and its discovery latency."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from streams.records import FeedHealth, FeedState

SILENT_AFTER: Final = 12.0
"""Number of articles that are missing, at its usual rate, when a feed counts as silent. If articles
arrive at random, missing twelve has a probability of e to the -12, 1 in 160,000; nights and
weekends are within it."""

LEAST_SILENCE: Final = timedelta(days=1)

BROKEN_AFTER: Final = 3
"""Consecutive failures from which a feed counts as broken: one or two are a server's restart. They
are at least one interval of the feed apart, so three are not premature."""

UNHEALTHY: Final = frozenset((FeedHealth.SILENT, FeedHealth.BROKEN, FeedHealth.RETIRED))
"""States that an operator should look at."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from publication to discovery of the last new articles; None without any."""

    p50: float | None
    p95: float | None


def health(state: FeedState, *, now: datetime) -> FeedHealth:
    """Return the health of a feed.

    Examples:
        >>> from datetime import UTC
        >>> state = FeedState(id="a", url="https://news.test/rss")
        >>> health(state, now=datetime(2026, 3, 2, tzinfo=UTC)).value
        'new'
    """
    if state.retired:
        return FeedHealth.RETIRED
    if state.failures >= BROKEN_AFTER:
        return FeedHealth.BROKEN
    if state.last_success is None:
        return FeedHealth.NEW
    if state.last_new is not None and state.usual_rate_per_day > 0:
        silence = max(LEAST_SILENCE, timedelta(days=SILENT_AFTER / state.usual_rate_per_day))
        if now - state.last_new > silence:
            return FeedHealth.SILENT
    return FeedHealth.OK


def with_health(state: FeedState, *, now: datetime) -> FeedState:
    """Return a state with the current health of its feed, and since when.

    Idempotent: an unchanged health keeps its time.

    Args:
        state: State after a poll.
        now: Current time.
    """
    current = health(state, now=now)
    if current is state.health and state.health_since is not None:
        return state
    since = {
        FeedHealth.SILENT: state.last_new,
        FeedHealth.BROKEN: state.last_success,
        FeedHealth.RETIRED: state.last_success,
    }.get(current)
    return msgspec.structs.replace(state, health=current, health_since=since or now)


def latency(state: FeedState) -> Latency:
    """Return the median and the 95th percentile of a feed's discovery latency.

    Examples:
        >>> latency(FeedState(id="a", url="", latencies=(1.0, 2.0, 9.0)))
        Latency(p50=2.0, p95=9.0)
    """
    ordered = sorted(state.latencies)
    if not ordered:
        return Latency(None, None)
    last = len(ordered) - 1
    return Latency(ordered[round(last * 0.5)], ordered[round(last * 0.95)])
