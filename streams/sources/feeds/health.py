"""How a feed is, by its own rhythm: its state in, health and figures out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from streams.records import FeedHealth, FeedState

SILENT_AFTER: Final = 12.0
"""Articles that a silent feed should have had at its usual rate: if they came at random, none of
twelve coming has a chance of e to the -12, 1 in 160,000; nights and weekends are within it."""

LEAST_SILENCE: Final = timedelta(days=1)

BROKEN_AFTER: Final = 3
"""Failures in a row from which a feed counts as broken: one or two are a server's restart. They
come at the feed's own rhythm or slower, so this is no haste."""

TROUBLES: Final = frozenset((FeedHealth.SILENT, FeedHealth.BROKEN, FeedHealth.RETIRED))
"""What somebody should look at."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from publication to discovery of the last new articles; None where there are none."""

    p50: float | None
    p95: float | None


def health(state: FeedState, *, now: datetime) -> FeedHealth:
    """Say how a feed is.

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
    """Write into a state how its feed is, and since when.

    Idempotent: what has not changed keeps its time.

    Args:
        state: After a poll.
        now: When.
    """
    found = health(state, now=now)
    if found is state.health and state.health_since is not None:
        return state
    since = {
        FeedHealth.SILENT: state.last_new,
        FeedHealth.BROKEN: state.last_success,
        FeedHealth.RETIRED: state.last_success,
    }.get(found)
    return msgspec.structs.replace(state, health=found, health_since=since or now)


def latency(state: FeedState) -> Latency:
    """Give the median and the 95th percentile of a feed's discovery latency.

    Examples:
        >>> latency(FeedState(id="a", url="", latencies=(1.0, 2.0, 9.0)))
        Latency(p50=2.0, p95=9.0)
    """
    ordered = sorted(state.latencies)
    if not ordered:
        return Latency(None, None)
    last = len(ordered) - 1
    return Latency(ordered[round(last * 0.5)], ordered[round(last * 0.95)])
