"""The circuit breaker: laws for every history of results."""

from hypothesis import given
from hypothesis import strategies as st

from streams.deliver.circuit_breaker import LIMIT_SECONDS, THRESHOLD, CircuitBreaker


def tripped(now: float = 0.0) -> CircuitBreaker:
    """Return a breaker that has just opened."""
    breaker = CircuitBreaker()
    for _ in range(THRESHOLD):
        breaker.record_failure(now=now)
    return breaker


def test_few_failures_leave_breaker_closed() -> None:
    breaker = CircuitBreaker()
    for _ in range(THRESHOLD - 1):
        breaker.record_failure(now=0.0)

    assert breaker.acquire(now=0.0) == 0.0


def test_success_resets_failure_count() -> None:
    breaker = CircuitBreaker()
    for n in range(3 * THRESHOLD):
        breaker.record_success() if n % 5 == 0 else breaker.record_failure(now=0.0)

    assert not breaker.is_open


def test_open_breaker_allows_one_probe() -> None:
    breaker = tripped()

    assert [breaker.acquire(now=1.0) > 0 for _ in range(3)] == [False, True, True]


def test_seconds_left_takes_no_probe() -> None:
    breaker = tripped()

    assert [
        breaker.seconds_left(now=1.0),
        breaker.seconds_left(now=1.0),
        breaker.acquire(now=1.0),
    ] == [0.0, 0.0, 0.0]


def test_canceled_probe_allows_another() -> None:
    breaker = tripped()
    breaker.acquire(now=1.0)
    breaker.record_cancellation()

    assert breaker.acquire(now=1.0) == 0.0


def test_failed_probe_doubles_open_time_up_to_limit() -> None:
    breaker, now, rests = tripped(), 0.0, []
    for _ in range(9):
        rest = breaker.seconds_left(now=now)
        rests.append(rest)
        now += rest
        breaker.acquire(now=now)
        breaker.record_failure(now=now)

    assert rests == [1.0, 2.0, 4.0, 8.0, 16.0, *[LIMIT_SECONDS] * 4]


@given(st.lists(st.sampled_from(["ok", "fail", "stop", "later"]), max_size=200))
def test_waiting_long_enough_permits_request(history: list[str]) -> None:
    breaker, now = CircuitBreaker(), 0.0
    for what in history:
        now += breaker.seconds_left(now=now)
        breaker.acquire(now=now)
        if what == "ok":
            breaker.record_success()
        elif what == "fail":
            breaker.record_failure(now=now)
        elif what == "stop":
            breaker.record_cancellation()
        else:
            now += 1.0
            breaker.record_cancellation()

    assert 0.0 <= breaker.seconds_left(now=now) <= LIMIT_SECONDS
    assert breaker.acquire(now=now + LIMIT_SECONDS) == 0.0
