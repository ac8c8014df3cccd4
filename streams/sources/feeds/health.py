"""How a feed is, for people: its state in, a few words and figures out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from schemas import FeedState

SILENT_AFTER: Final = 12.0
"""Articles that a silent feed should have had at its usual rate: if they came at random, none of
twelve coming has a chance of e to the -12, 1 in 160,000; nights and weekends are within it."""

LEAST_SILENCE: Final = timedelta(days=1)

FAILING_AFTER: Final = 3
"""Failures in a row from which a feed counts as failing: one or two are a server's restart."""


class Health(StrEnum):
    """How a feed is."""

    NEW = "new"
    """Not polled yet."""
    OK = "ok"
    """Answers, and has news at its usual rhythm."""
    FAILING = "failing"
    """Failed three times in a row or more."""
    SILENT = "silent"
    """Answers, but has had no news for much longer than usual."""
    RETIRED = "retired"
    """The server said that it is gone; it is not polled any more."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from publication to discovery of the last new articles; None where there are none."""

    p50: float | None
    p95: float | None


def health(state: FeedState, *, now: datetime) -> Health:
    """Say how a feed is.

    Examples:
        >>> from datetime import UTC
        >>> state = FeedState(id="a", url="https://news.test/rss")
        >>> health(state, now=datetime(2026, 3, 2, tzinfo=UTC)).value
        'new'
    """
    if state.retired:
        return Health.RETIRED
    if state.last_poll is None:
        return Health.NEW
    if state.failures >= FAILING_AFTER:
        return Health.FAILING
    if state.last_new is not None and state.usual_rate_per_day > 0:
        silence = max(LEAST_SILENCE, timedelta(days=SILENT_AFTER / state.usual_rate_per_day))
        if now - state.last_new > silence:
            return Health.SILENT
    return Health.OK


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
