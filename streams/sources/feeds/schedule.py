"""Compute the state of a feed, and the time of its next poll, from the result of a poll."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from streams.config.feeds import PollBounds
from streams.fetch.cache_headers import MAX_RETRY
from streams.fetch.failure import WEIGHTS, Failure
from streams.records import FeedState
from streams.records.feed_state import WaitingPage
from streams.sources.feeds.health import BROKEN_AFTER, with_health

WANTED_NEW: Final = 0.5
"""Number of new entries that a poll should find: one poll in two or three finds none, and an
article waits half an interval. The simulation of tests/streams/sources/feeds with .25, .5 and 1
(2026-11): half the wait costs twice the requests, whatever the value."""

RATE_DAYS: Final = 0.5
"""Time constant, in days, of the rate that sets the interval: follows a newsroom's working day."""

USUAL_RATE_DAYS: Final = 14.0
"""Time constant of the usual rate, in days: two weeks, so that weekends do not look like silence.
"""

GROWTH: Final = 2.0
"""Largest factor by which an interval grows from poll to poll, so that the first articles of the
morning are not missed after a quiet night."""

JITTER: Final = 0.1
"""Largest share by which a wait is lengthened at random, so that polls of one host spread out."""

FULL_EVERY: Final = timedelta(days=1)
"""Time for which validators are trusted; then the body is requested and compared."""

MAX_BACKOFF: Final = {
    Failure.TEMPORARY: timedelta(hours=6),
    Failure.SOFT: timedelta(days=1),
    Failure.HARD: timedelta(days=3),
    Failure.GONE: timedelta(days=3),
}
"""Longest wait after failures: polling never stops, because many feeds recover (Media Cloud: "a
surprising number of feeds come back from what looks like death")."""

MOVE_AFTER: Final = timedelta(days=3)
"""Time for which every answer must redirect permanently to one address before it replaces that of
the feed: a mistake in a server's configuration rarely survives a weekend, and waiting costs one
redirect a poll (fossar/selfoss 1178, open-telemetry/opentelemetry.io 5520)."""

LOOK_BACK_EVERY: Final = timedelta(days=7)
LOOK_BACK_WHEN_BROKEN: Final = timedelta(days=1)
"""Time after which the address in the file is tried again, where a redirect replaced it."""

LONGEST_WAIT: Final = MAX_RETRY * (1 + JITTER)
"""Longest wait from one poll to the next: what a server may ask for by Retry-After."""

CLOCK_SKEW: Final = timedelta(minutes=1)
"""How far the clocks of two machines that poll may differ."""

N_LATENCIES: Final = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class PollResult:
    """The result of a poll, as far as the schedule needs it.

    Attributes:
        failure: Kind of failure; None if the poll returned a feed or "not modified".
        error: Message about the failure.
        unchanged: Whether the server returned "not modified" (304), without a body.
        conditional: Whether validators were sent.
        url: URL to which the feed's URL redirected permanently; empty if it did not.
        asked: Whether the server of the feed answered; false for a push of its hub.
        looked_back: Whether the URL in the file was tried, too.
        returned: Whether the feed is at the URL in the file again.
        etag: Validator; empty if none.
        last_modified: Validator; empty if none.
        body_hash: Hash of the body; empty without a body.
        floor: Wait that server and feed ask for: freshness, ttl, update period.
        retry_after: Wait that the server requires.
        n_new: Number of entries never seen before.
        overlaps: Whether an entry was seen before, or the poll was the first.
        latencies: Seconds from publication to now of the new entries.
        known: Keys and versions of the entries seen; None if unchanged.
        identities: Identities of recent entries; None if unchanged.
        title: Title of the feed; empty if unchanged.
        hub: URL of the WebSub hub; empty if none.
        topic: URL of the feed at the hub; empty without a hub.
        waiting: Entries whose pages are tried again; None if unchanged.
    """

    failure: Failure | None = None
    error: str = ""
    unchanged: bool = False
    conditional: bool = False
    url: str = ""
    asked: bool = True
    looked_back: bool = False
    returned: bool = False
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    floor: timedelta = timedelta(0)
    retry_after: timedelta = timedelta(0)
    n_new: int = 0
    overlaps: bool = True
    latencies: tuple[float, ...] = ()
    known: bytes | None = None
    identities: bytes | None = None
    title: str = ""
    hub: str = ""
    topic: str = ""
    waiting: tuple[WaitingPage, ...] | None = None


def may_be_conditional(state: FeedState, *, now: datetime) -> bool:
    """Return whether validators may be sent: they are trusted for a day, unless proven wrong."""
    if state.validators_lie or not (state.etag or state.last_modified) or state.last_full is None:
        return False
    return state.failures == 0 and timedelta(0) <= now - state.last_full < FULL_EVERY


def due_time(state: FeedState, *, now: datetime, bounds: PollBounds | None = None) -> datetime:
    """Return when a feed is polled next; never later than the longest wait from now.

    A state that was written while a clock was ahead says when that clock would have polled. What
    counts is how long the feed was to wait after its last poll.

    Args:
        state: State of the feed.
        now: Current time.
        bounds: Shortest and longest wait of the feed. Defaults to `MAX_BACKOFF`.

    Examples:
        >>> from datetime import UTC
        >>> now = datetime(2026, 3, 2, tzinfo=UTC)
        >>> ahead = now.replace(year=2027)
        >>> state = FeedState(id="a", url="", last_poll=ahead, next_poll=ahead + timedelta(hours=1))
        >>> due_time(state, now=now).isoformat()
        '2026-03-02T01:00:00+00:00'
    """
    if state.next_poll is None or state.next_poll <= now:
        return state.next_poll or now
    if state.last_poll is not None and state.next_poll - state.last_poll <= LONGEST_WAIT:
        return min(state.next_poll, now + (state.next_poll - state.last_poll))
    longest = max(MAX_BACKOFF.values())
    if bounds is not None and not state.failures:
        longest = max(bounds.most, bounds.least)
    return min(state.next_poll, now + longest)


def is_clock_ahead(state: FeedState, *, now: datetime) -> bool:
    """Return whether the last poll is in the future: a clock is, or was, wrong."""
    return state.last_poll is not None and state.last_poll > now + CLOCK_SKEW


def look_back_is_due(state: FeedState, *, now: datetime) -> bool:
    """Return whether the URL in the file is tried, because a redirect replaced it."""
    if not state.given_url or state.url == state.given_url:
        return False
    if state.looked_back is None:
        return True
    every = LOOK_BACK_WHEN_BROKEN if state.failures >= BROKEN_AFTER else LOOK_BACK_EVERY
    return not timedelta(0) <= now - state.looked_back < every


def after_poll(
    state: FeedState, result: PollResult, *, now: datetime, bounds: PollBounds, chance: float
) -> FeedState:
    """Return the state of a feed after a poll, with the time of the next poll.

    The next poll is never earlier than the server's Retry-After, the floor (up to the longest
    wait in ``bounds``) or the shortest wait. It is never later than the longest wait or backoff
    plus a tenth for jitter, except for Retry-After.

    Args:
        state: State before the poll.
        result: Result of the poll.
        now: Time of the poll.
        bounds: Shortest and longest wait of the feed.
        chance: Random number from 0 up to 1, a new one for each poll.

    References:
        Miniflux (entries a week), Media Cloud (share of known entries) and news-crawl (changed
        or not) decide by one number as well. Rate: exponentially weighted mean (Holt, 1957).
    """
    after = _after_failure if result.failure is not None else _after_success
    if result.waiting is not None:
        state = msgspec.structs.replace(state, waiting=result.waiting)
    if result.looked_back:
        state = msgspec.structs.replace(state, looked_back=now)
    return with_health(after(state, result, now=now, bounds=bounds, chance=chance), now=now)


def _with_address(state: FeedState, result: PollResult, now: datetime) -> FeedState:
    """Return the state with the address of the feed, after redirects that were believed."""
    if not result.asked:
        return state
    if result.returned:
        return msgspec.structs.replace(
            state, url=state.given_url, moved_to="", moved_since=None, looked_back=None
        )
    if not result.url or result.url == state.url:
        return msgspec.structs.replace(state, moved_to="", moved_since=None)
    if result.url != state.moved_to or state.moved_since is None:
        return msgspec.structs.replace(state, moved_to=result.url, moved_since=now)
    if now - state.moved_since < MOVE_AFTER:
        return state
    return msgspec.structs.replace(
        state, url=result.url, moved_to="", moved_since=None, looked_back=now
    )


def _after_success(
    state: FeedState, result: PollResult, *, now: datetime, bounds: PollBounds, chance: float
) -> FeedState:
    # The first response contains articles published before the first poll, without a latency.
    latencies = result.latencies if state.last_success else ()
    state = _with_address(_with_rates(state, result, now), result, now)
    interval = _interval(state, result, bounds)
    floor = max(min(result.floor, bounds.most), result.retry_after)
    wait = max(interval * (1 + JITTER * chance), floor)
    full = not result.unchanged
    return msgspec.structs.replace(
        state,
        etag=result.etag if full else (result.etag or state.etag),
        last_modified=result.last_modified if full else state.last_modified,
        body_hash=result.body_hash if full else state.body_hash,
        last_full=now if full else state.last_full,
        validators_lie=state.validators_lie or _has_wrong_validator(state, result),
        last_poll=now,
        last_success=now,
        last_new=now if result.n_new else state.last_new,
        interval_seconds=interval.total_seconds(),
        next_poll=now + wait,
        failures=0,
        failure_score=0,
        last_error="",
        retired=False,
        known=state.known if result.known is None else result.known,
        identities=state.identities if result.identities is None else result.identities,
        n_gaps=state.n_gaps + (not result.overlaps),
        n_articles=state.n_articles + result.n_new,
        latencies=(*state.latencies, *latencies)[-N_LATENCIES:],
        title=result.title or state.title,
        hub=result.hub or state.hub,
    )


def _after_failure(
    state: FeedState, result: PollResult, *, now: datetime, bounds: PollBounds, chance: float
) -> FeedState:
    failure = result.failure or Failure.TEMPORARY
    score = state.failure_score + WEIGHTS[failure]
    base = max(timedelta(seconds=state.interval_seconds), bounds.least)
    # Two to the twentieth exceeds any bound; a larger exponent would overflow.
    backoff = min(base * 2 ** min(score, 20), max(MAX_BACKOFF[failure], bounds.least))
    wait = max(backoff * (1 + JITTER * chance), result.retry_after)
    return msgspec.structs.replace(
        state,
        last_poll=now,
        next_poll=now + wait,
        failures=state.failures + 1,
        failure_score=score,
        last_error=result.error[:2000],
        retired=failure is Failure.GONE,
    )


def _has_wrong_validator(state: FeedState, result: PollResult) -> bool:
    """Return whether the body changed although its validator did not."""
    if result.unchanged or not state.body_hash or result.body_hash == state.body_hash:
        return False
    if state.etag or result.etag:
        return state.etag == result.etag
    return bool(state.last_modified) and state.last_modified == result.last_modified


def _with_rates(state: FeedState, result: PollResult, now: datetime) -> FeedState:
    since = state.last_success
    if since is None:
        rate = _first_rate(result.latencies)
        return msgspec.structs.replace(state, rate_per_day=rate, usual_rate_per_day=rate)
    days = max((now - since).total_seconds(), 1.0) / 86400
    return msgspec.structs.replace(
        state,
        rate_per_day=_weighted(state.rate_per_day, result.n_new, days, RATE_DAYS),
        usual_rate_per_day=_weighted(state.usual_rate_per_day, result.n_new, days, USUAL_RATE_DAYS),
    )


def _weighted(rate: float, n_new: int, days: float, constant_days: float) -> float:
    weight = math.exp(-days / constant_days)
    return rate * weight + n_new / days * (1 - weight)


def _first_rate(ages: tuple[float, ...]) -> float:
    """Return the rate estimated from the ages, in seconds, of the entries of the first poll."""
    week = sorted(age for age in ages if age <= 7 * 86400)
    return len(week) / max(week[-1] / 86400, 1 / 24) if week else 0.0


def _interval(state: FeedState, result: PollResult, bounds: PollBounds) -> timedelta:
    if not result.overlaps:
        return bounds.least
    wanted = bounds.most.total_seconds()
    if state.rate_per_day > 0:
        wanted = min(wanted, WANTED_NEW / state.rate_per_day * 86400)
    # A new feed starts as if it had been polled at the shortest interval.
    before = state.interval_seconds or bounds.least.total_seconds()
    wanted = min(wanted, before * GROWTH)
    return timedelta(seconds=max(bounds.least.total_seconds(), wanted))
