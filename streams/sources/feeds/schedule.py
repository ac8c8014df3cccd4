"""When to poll a feed again: its state and an answer in, its next state out."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from streams.config.feeds import PollBounds
from streams.fetch.failure import WEIGHTS, Failure
from streams.records import FeedState
from streams.sources.feeds.health import with_health

WANTED_NEW: Final = 0.5
"""New entries that a poll should bring: one poll in two or three is in vain, and an article waits
half an interval. Swept .25, .5 and 1 in the simulation of tests/streams/sources/feeds (2026-11):
half the wait costs twice the requests, whatever the value."""

RATE_DAYS: Final = 0.5
"""Memory of the rate that decides, days: follows the working day of a newsroom."""

USUAL_RATE_DAYS: Final = 14.0
"""Memory of the usual rate, days: two weeks, so that weekends do not look like silence."""

GROWTH: Final = 2.0
"""An interval grows by this factor at most from poll to poll: a quiet night is no reason to sleep
through the morning."""

JITTER: Final = 0.1
"""Share by which chance lengthens a wait, so that feeds of one host do not keep in step."""

FULL_EVERY: Final = timedelta(days=1)
"""How long validators alone are believed; then the body is asked for and compared."""

MAX_BACKOFF: Final = {
    Failure.TEMPORARY: timedelta(hours=6),
    Failure.SOFT: timedelta(days=1),
    Failure.HARD: timedelta(days=3),
    Failure.GONE: timedelta(days=3),
}
"""Longest wait after failures: no feed dies, since many come back (Media Cloud: "a surprising
number of feeds come back from what looks like death")."""

N_LATENCIES: Final = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class PollResult:
    """What a poll gave, as far as the schedule is concerned.

    Attributes:
        failure: How it failed; None if it brought a feed or said that nothing changed.
        error: Why, for people.
        unchanged: Whether the server said so (304); then there is no body.
        conditional: Whether validators were sent.
        url: Where the feed is now, after permanent redirects; empty: where it was.
        etag: Validator; empty if none.
        last_modified: Validator; empty if none.
        body_hash: Of the body; empty if there is none.
        floor: How long server and feed ask for: freshness, ttl, update period.
        retry_after: How long the server insists on.
        n_new: Entries never seen before.
        overlaps: Whether it shared an entry with what is known, or is the first.
        latencies: Of the new entries, seconds from publication to now.
        known: Entries known now; None: as before.
        title: Of the feed; empty: as before.
        hub: WebSub hub; empty if none.
        topic: What the hub calls the feed; empty without a hub.
    """

    failure: Failure | None = None
    error: str = ""
    unchanged: bool = False
    conditional: bool = False
    url: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    floor: timedelta = timedelta(0)
    retry_after: timedelta = timedelta(0)
    n_new: int = 0
    overlaps: bool = True
    latencies: tuple[float, ...] = ()
    known: bytes | None = None
    title: str = ""
    hub: str = ""
    topic: str = ""


def may_be_conditional(state: FeedState, *, now: datetime) -> bool:
    """Tell whether validators may be sent: they are believed for a day, unless they lied."""
    if state.validators_lie or not (state.etag or state.last_modified) or state.last_full is None:
        return False
    return state.failures == 0 and now - state.last_full < FULL_EVERY


def after_poll(
    state: FeedState, answer: PollResult, *, now: datetime, bounds: PollBounds, chance: float
) -> FeedState:
    """Give the state of a feed after a poll, with the time of its next one.

    Never polls again before the server's Retry-After, the floors that bounds
    allow, or the least interval; never later than the longest interval or
    backoff, a tenth of it for chance included, but for Retry-After.

    Args:
        state: Before the poll.
        answer: What it gave.
        now: When.
        bounds: Of this feed.
        chance: From 0 up to 1, anew for each poll.

    References:
        Miniflux (entries a week), Media Cloud (share of known entries) and
        news-crawl (changed or not) decide by one number as well. Rate:
        exponentially weighted mean (Holt, 1957).
    """
    after = _after_failure if answer.failure is not None else _after_success
    return with_health(after(state, answer, now=now, bounds=bounds, chance=chance), now=now)


def _after_success(
    state: FeedState, answer: PollResult, *, now: datetime, bounds: PollBounds, chance: float
) -> FeedState:
    # The first answer holds what was published before anyone looked: no discovery.
    latencies = answer.latencies if state.last_success else ()
    state = _with_rates(state, answer, now)
    interval = _interval(state, answer, bounds)
    floor = max(min(answer.floor, bounds.most), answer.retry_after)
    wait = max(interval * (1 + JITTER * chance), floor)
    full = not answer.unchanged
    return msgspec.structs.replace(
        state,
        url=answer.url or state.url,
        etag=answer.etag if full else (answer.etag or state.etag),
        last_modified=answer.last_modified if full else state.last_modified,
        body_hash=answer.body_hash if full else state.body_hash,
        last_full=now if full else state.last_full,
        validators_lie=state.validators_lie or _lied(state, answer),
        last_poll=now,
        last_success=now,
        last_new=now if answer.n_new else state.last_new,
        interval_seconds=interval.total_seconds(),
        next_poll=now + wait,
        failures=0,
        failure_score=0,
        last_error="",
        retired=False,
        known=state.known if answer.known is None else answer.known,
        n_gaps=state.n_gaps + (not answer.overlaps),
        n_articles=state.n_articles + answer.n_new,
        latencies=(*state.latencies, *latencies)[-N_LATENCIES:],
        title=answer.title or state.title,
        hub=answer.hub or state.hub,
    )


def _after_failure(
    state: FeedState, answer: PollResult, *, now: datetime, bounds: PollBounds, chance: float
) -> FeedState:
    failure = answer.failure or Failure.TEMPORARY
    score = state.failure_score + WEIGHTS[failure]
    base = max(timedelta(seconds=state.interval_seconds), bounds.least)
    # Two to the twentieth is beyond any bound; more would overflow.
    backoff = min(base * 2 ** min(score, 20), max(MAX_BACKOFF[failure], bounds.least))
    wait = max(backoff * (1 + JITTER * chance), answer.retry_after)
    return msgspec.structs.replace(
        state,
        last_poll=now,
        next_poll=now + wait,
        failures=state.failures + 1,
        failure_score=score,
        last_error=answer.error[:2000],
        retired=failure is Failure.GONE,
    )


def _lied(state: FeedState, answer: PollResult) -> bool:
    """Whether a body changed under a validator that says it did not."""
    if answer.unchanged or not state.body_hash or answer.body_hash == state.body_hash:
        return False
    if state.etag or answer.etag:
        return state.etag == answer.etag
    return bool(state.last_modified) and state.last_modified == answer.last_modified


def _with_rates(state: FeedState, answer: PollResult, now: datetime) -> FeedState:
    since = state.last_success
    if since is None:
        rate = _first_rate(answer.latencies)
        return msgspec.structs.replace(state, rate_per_day=rate, usual_rate_per_day=rate)
    days = max((now - since).total_seconds(), 1.0) / 86400
    return msgspec.structs.replace(
        state,
        rate_per_day=_weighted(state.rate_per_day, answer.n_new, days, RATE_DAYS),
        usual_rate_per_day=_weighted(state.usual_rate_per_day, answer.n_new, days, USUAL_RATE_DAYS),
    )


def _weighted(rate: float, n_new: int, days: float, memory_days: float) -> float:
    kept = math.exp(-days / memory_days)
    return rate * kept + n_new / days * (1 - kept)


def _first_rate(ages: tuple[float, ...]) -> float:
    """Guess the rate from the ages, in seconds, of the entries in the first answer."""
    week = sorted(age for age in ages if age <= 7 * 86400)
    return len(week) / max(week[-1] / 86400, 1 / 24) if week else 0.0


def _interval(state: FeedState, answer: PollResult, bounds: PollBounds) -> timedelta:
    if not answer.overlaps:
        return bounds.least
    wanted = bounds.most.total_seconds()
    if state.rate_per_day > 0:
        wanted = min(wanted, WANTED_NEW / state.rate_per_day * 86400)
    # A feed that nobody knows yet is waited for as if it had been polled at the least interval.
    before = state.interval_seconds or bounds.least.total_seconds()
    wanted = min(wanted, before * GROWTH)
    return timedelta(seconds=max(bounds.least.total_seconds(), wanted))
