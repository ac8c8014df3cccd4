import math
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.config.feeds import PollBounds
from streams.fetch.failure import Failure
from streams.records import FeedState, decode, encode
from streams.sources.feeds.schedule import (
    FULL_EVERY,
    JITTER,
    MAX_BACKOFF,
    PollResult,
    after_poll,
    due_time,
    is_clock_ahead,
    look_back_is_due,
    may_be_conditional,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NEW = FeedState(id="a", url="https://news.test/rss")
BOUNDS = PollBounds()
MINUTE = timedelta(minutes=1)

chances = st.floats(min_value=0, max_value=1, exclude_max=True)
waits = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9))
results = st.builds(
    PollResult,
    failure=st.none() | st.sampled_from(Failure),
    unchanged=st.booleans(),
    etag=st.sampled_from(["", '"1"', '"2"']),
    body_hash=st.sampled_from(["", "aa", "bb"]),
    floor=waits,
    retry_after=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=7)),
    n_new=st.integers(0, 2000),
    overlaps=st.booleans(),
    latencies=st.lists(st.floats(0, 1e7), max_size=5).map(tuple),
)
bounds_ = st.tuples(
    st.timedeltas(min_value=MINUTE, max_value=timedelta(hours=1)),
    st.timedeltas(min_value=timedelta(hours=1), max_value=timedelta(days=2)),
).map(lambda pair: PollBounds(least=pair[0], most=pair[1]))


def polled(
    *results_: PollResult, state: FeedState = NEW, every: timedelta = timedelta(hours=1)
) -> FeedState:
    """Return the state after results, an hour apart, the last one now."""
    for number, result in enumerate(results_, 1 - len(results_)):
        state = after_poll(state, result, now=NOW + number * every, bounds=BOUNDS, chance=0)
    return state


def wait(state: FeedState) -> timedelta:
    """Return the time from NOW to the next poll."""
    assert state.next_poll is not None
    return state.next_poll - NOW


@given(st.lists(results, min_size=1, max_size=8), bounds_, chances)
def test_after_poll_respects_bounds(
    results_: list[PollResult], bounds: PollBounds, chance: float
) -> None:
    state, now = NEW, NOW
    for result in results_:
        state = after_poll(state, result, now=now, bounds=bounds, chance=chance)
        assert state.next_poll is not None
        pause = state.next_poll - now

        assert pause >= bounds.least
        assert pause >= result.retry_after
        assert result.failure or pause >= min(result.floor, bounds.most)
        most = bounds.most if result.failure is None else MAX_BACKOFF[result.failure]
        assert pause <= max(max(most, bounds.least) * (1 + JITTER) + MINUTE, result.retry_after)
        assert decode(encode(state), FeedState) == state
        now = state.next_poll


@given(results, chances)
def test_after_poll_is_deterministic(result: PollResult, chance: float) -> None:
    first = after_poll(NEW, result, now=NOW, bounds=BOUNDS, chance=chance)

    assert first == after_poll(NEW, result, now=NOW, bounds=BOUNDS, chance=chance)


@given(results, chances, chances)
def test_after_poll_wait_grows_with_chance(result: PollResult, one: float, other: float) -> None:
    less, more = (
        wait(after_poll(NEW, result, now=NOW, bounds=BOUNDS, chance=chance))
        for chance in sorted((one, other))
    )

    assert less <= more


def test_busy_feeds_are_polled_more_often_than_quiet_ones() -> None:
    quiet = polled(PollResult(), *[PollResult(n_new=0)] * 30)
    some = polled(PollResult(), *[PollResult(n_new=1)] * 30)
    busy = polled(PollResult(), *[PollResult(n_new=10)] * 30)

    assert wait(quiet) == BOUNDS.most
    assert wait(busy) == BOUNDS.least
    assert BOUNDS.least < wait(some) < BOUNDS.most


def test_first_poll_estimates_rate_from_ages() -> None:
    hourly = PollResult(n_new=24, latencies=tuple(3600.0 * hour for hour in range(1, 25)))

    state = polled(hourly)

    assert state.rate_per_day == pytest.approx(24)
    assert wait(state) == 2 * BOUNDS.least


def test_interval_at_most_doubles() -> None:
    busy = polled(PollResult(), *[PollResult(n_new=10)] * 30)

    later = after_poll(busy, PollResult(), now=NOW + timedelta(days=9), bounds=BOUNDS, chance=0)

    assert later.interval_seconds == 2 * busy.interval_seconds


def test_result_without_overlap_is_gap() -> None:
    state = polled(PollResult(n_new=3), PollResult(n_new=20, overlaps=False))

    assert (state.n_gaps, wait(state)) == (1, BOUNDS.least)


def test_success_resets_failures() -> None:
    sound = polled(PollResult(n_new=3), PollResult(n_new=1))
    temporary, hard = (
        polled(*[PollResult(failure=failure, error="x")] * 4, state=sound, every=timedelta(0))
        for failure in (Failure.TEMPORARY, Failure.HARD)
    )

    back = after_poll(hard, PollResult(), now=NOW, bounds=BOUNDS, chance=0)

    assert wait(sound) < wait(temporary) < wait(hard)
    assert (hard.failures, hard.last_error, hard.retired) == (4, "x", False)
    assert (back.failures, back.failure_score, back.last_error) == (0, 0, "")
    assert wait(back) <= BOUNDS.most


def test_gone_feed_retires_until_success() -> None:
    gone = polled(PollResult(n_new=1), PollResult(failure=Failure.GONE, error="410"))

    assert gone.retired
    assert not after_poll(gone, PollResult(), now=NOW, bounds=BOUNDS, chance=0).retired


def test_failure_keeps_state() -> None:
    sound = polled(PollResult(etag='"1"', body_hash="aa", known=b"x" * 12, title="News"))

    failed = polled(PollResult(failure=Failure.SOFT), state=sound)

    kept = ("etag", "body_hash", "known", "title", "rate_per_day", "url")
    assert [getattr(failed, name) for name in kept] == [getattr(sound, name) for name in kept]


DAY = timedelta(days=1)
MOVED = PollResult(url="https://new.test/rss")
STAYED = PollResult()


@pytest.mark.parametrize(
    ("answers", "url"),
    [
        ([MOVED], "https://news.test/rss"),
        ([MOVED, MOVED, MOVED], "https://news.test/rss"),
        ([MOVED] * 4, "https://new.test/rss"),
        ([MOVED] * 4 + [STAYED], "https://new.test/rss"),
        ([MOVED, PollResult(failure=Failure.SOFT), MOVED, MOVED], "https://new.test/rss"),
        ([MOVED, MOVED, STAYED, MOVED, MOVED], "https://news.test/rss"),
        ([MOVED, MOVED, PollResult(url="https://parked.test/"), MOVED], "https://news.test/rss"),
        ([MOVED, MOVED, PollResult(unchanged=True), MOVED], "https://news.test/rss"),
        ([MOVED, MOVED, PollResult(asked=False), MOVED], "https://new.test/rss"),
        ([PollResult(failure=Failure.HARD, url="https://x.test/")] * 9, "https://news.test/rss"),
    ],
)
def test_permanent_redirect_is_believed_after_days(answers: list[PollResult], url: str) -> None:
    assert polled(*answers, every=DAY).url == url


def test_address_in_file_is_tried_every_week() -> None:
    given = "https://news.test/rss"
    moved = polled(*[MOVED] * 4, state=FeedState(id="a", url=given, given_url=given), every=DAY)
    tried = polled(PollResult(looked_back=True), state=moved)
    failing = polled(*[PollResult(failure=Failure.HARD)] * 3, state=tried)

    due = [
        look_back_is_due(state, now=NOW + wait)
        for state, wait in ((moved, DAY), (moved, 7 * DAY), (tried, DAY), (failing, DAY))
    ]
    assert due == [False, True, False, True]
    assert not look_back_is_due(NEW, now=NOW)


def test_feed_returns_to_address_in_file() -> None:
    state = FeedState(id="a", url="https://new.test/rss", given_url="https://news.test/rss")

    returned = polled(PollResult(looked_back=True, returned=True), state=state)

    assert returned.url == "https://news.test/rss"
    assert not look_back_is_due(returned, now=NOW + 9 * DAY)


YEAR = timedelta(days=365)


@pytest.mark.parametrize(
    ("last_poll", "next_poll", "failures", "longest"),
    [
        pytest.param(NOW + YEAR, NOW + YEAR + MINUTE, 0, MINUTE, id="clock was ahead"),
        pytest.param(NOW - MINUTE, NOW + YEAR, 0, BOUNDS.most, id="only the next poll is far"),
        pytest.param(None, NOW + YEAR, 0, BOUNDS.most, id="never polled"),
        pytest.param(NOW - YEAR, NOW + YEAR, 5, timedelta(days=3), id="failing"),
    ],
)
def test_clock_ahead_does_not_hold_up_a_feed(
    last_poll: datetime | None, next_poll: datetime, failures: int, longest: timedelta
) -> None:
    state = msgspec.structs.replace(
        NEW, last_poll=last_poll, next_poll=next_poll, failures=failures
    )

    assert NOW <= due_time(state, now=NOW, bounds=BOUNDS) <= NOW + longest


@given(results, chances)
def test_due_time_of_right_clock_is_next_poll(result: PollResult, chance: float) -> None:
    state = after_poll(NEW, result, now=NOW, bounds=BOUNDS, chance=chance)

    assert due_time(state, now=NOW, bounds=BOUNDS) == state.next_poll
    assert not is_clock_ahead(state, now=NOW)


def test_state_of_future_is_not_trusted() -> None:
    state = msgspec.structs.replace(
        NEW,
        etag="1",
        last_full=NOW + YEAR,
        last_poll=NOW + YEAR,
        looked_back=NOW + YEAR,
        given_url="https://news.test/old",
    )

    assert not may_be_conditional(state, now=NOW)
    assert look_back_is_due(state, now=NOW)
    assert is_clock_ahead(state, now=NOW)


def test_validators_are_sent_for_a_day() -> None:
    state = polled(PollResult(etag='"1"', body_hash="aa"))

    assert may_be_conditional(state, now=NOW)
    assert not may_be_conditional(state, now=NOW + FULL_EVERY)
    assert not may_be_conditional(NEW, now=NOW)


@pytest.mark.parametrize(
    ("before", "after", "lies"),
    [
        (PollResult(etag='"1"', body_hash="aa"), PollResult(etag='"1"', body_hash="bb"), True),
        (PollResult(etag='"1"', body_hash="aa"), PollResult(etag='"2"', body_hash="bb"), False),
        (PollResult(etag='"1"', body_hash="aa"), PollResult(etag='"1"', body_hash="aa"), False),
        (
            PollResult(last_modified="x", body_hash="a"),
            PollResult(last_modified="x", body_hash="b"),
            True,
        ),
        (PollResult(body_hash="aa"), PollResult(body_hash="bb"), False),
        (PollResult(etag='"1"', body_hash="aa"), PollResult(unchanged=True), False),
    ],
)
def test_validator_with_changed_body_is_wrong(
    before: PollResult, after: PollResult, *, lies: bool
) -> None:
    state = polled(before, after)

    assert state.validators_lie is lies
    assert not (lies and may_be_conditional(state, now=NOW))


def test_unchanged_result_keeps_validators_and_hash() -> None:
    full = polled(
        PollResult(etag='"1"', last_modified="m", body_hash="aa", hub="https://hub.test/")
    )

    again = after_poll(full, PollResult(unchanged=True), now=NOW, bounds=BOUNDS, chance=0)

    kept = ("etag", "last_modified", "body_hash", "last_full", "hub")
    assert [getattr(again, name) for name in kept] == [getattr(full, name) for name in kept]


def test_first_poll_adds_no_latencies() -> None:
    state = polled(
        PollResult(n_new=2, latencies=(9e5, 1e6)), PollResult(n_new=1, latencies=(60.0,))
    )

    assert state.latencies == (60.0,)


def published(random: Random, per_day: float, days: int) -> list[datetime]:
    """Return random times of articles, three times as many by day as by night."""
    times, now = [], NOW
    while now < NOW + timedelta(days=days):
        hour = now.hour + now.minute / 60
        share = 1 + 0.5 * math.cos((hour - 14) / 24 * 2 * math.pi)
        now += timedelta(days=random.expovariate(per_day * share))
        times.append(now)
    return times


def week_of(random: Random, per_day: float, window: int) -> tuple[int, int, list[float]]:
    """Poll a feed of ``window`` entries for a week; return requests, missed articles, latencies."""
    times = published(random, per_day, 7)
    state, now, seen, requests = NEW, NOW, 0, 0
    missed, latencies = 0, []
    while now < NOW + timedelta(days=7):
        requests += 1
        out = sum(time <= now for time in times)
        first = max(seen, out - window)
        missed += first - seen
        ages = tuple((now - time).total_seconds() for time in times[first:out])
        latencies += ages
        overlaps = seen in (0, first)
        result = PollResult(n_new=out - first, latencies=ages, overlaps=overlaps)
        state = after_poll(state, result, now=now, bounds=BOUNDS, chance=random.random())
        seen = out
        assert state.next_poll is not None
        now = state.next_poll
    return requests, missed, latencies


@pytest.mark.parametrize("per_day", [0.5, 3, 20, 60, 200])
def test_simulated_week_misses_nothing(per_day: float) -> None:
    random = Random(7)  # noqa: S311  # no secret

    runs = [week_of(random, per_day, window=20) for _ in range(4)]

    requests = sum(run[0] for run in runs) / 4
    waits_ = sorted(latency for run in runs for latency in run[2])
    assert [run[1] for run in runs] == [0, 0, 0, 0]
    assert 7 * 6 * 0.8 <= requests <= 7 * 24 * 12
    # The best possible latency is half an interval, which follows the rate.
    expected = min(BOUNDS.most.total_seconds(), max(300, 43_200 / per_day)) / 2
    assert median(waits_) < 2.5 * expected


def test_old_states_are_decoded() -> None:
    old = msgspec.json.decode(b'{"id": "a", "url": "https://news.test/rss"}', type=FeedState)

    assert old == NEW
