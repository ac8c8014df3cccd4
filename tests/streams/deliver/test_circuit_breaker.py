"""The circuit breaker: laws for every history of answers."""

from hypothesis import given
from hypothesis import strategies as st

from streams.deliver.circuit_breaker import LIMIT_SECONDS, THRESHOLD, CircuitBreaker


def tripped(now: float = 0.0) -> CircuitBreaker:
    """A breaker that has just opened."""
    breaker = CircuitBreaker()
    for _ in range(THRESHOLD):
        breaker.failed(now=now)
    return breaker


def test_a_few_failures_leave_it_closed() -> None:
    breaker = CircuitBreaker()
    for _ in range(THRESHOLD - 1):
        breaker.failed(now=0.0)

    assert breaker.wait(now=0.0) == 0.0


def test_a_success_between_failures_counts_anew() -> None:
    breaker = CircuitBreaker()
    for n in range(3 * THRESHOLD):
        breaker.succeeded() if n % 5 == 0 else breaker.failed(now=0.0)

    assert not breaker.is_open


def test_only_one_may_probe() -> None:
    breaker = tripped()

    assert [breaker.wait(now=1.0) > 0 for _ in range(3)] == [False, True, True]


def test_looking_takes_no_right_to_probe() -> None:
    breaker = tripped()

    assert [breaker.rest(now=1.0), breaker.rest(now=1.0), breaker.wait(now=1.0)] == [0.0, 0.0, 0.0]


def test_a_probe_that_was_stopped_gives_its_right_back() -> None:
    breaker = tripped()
    breaker.wait(now=1.0)
    breaker.left()

    assert breaker.wait(now=1.0) == 0.0


def test_each_probe_that_fails_doubles_the_rest_up_to_the_limit() -> None:
    breaker, now, rests = tripped(), 0.0, []
    for _ in range(9):
        rest = breaker.rest(now=now)
        rests.append(rest)
        now += rest
        breaker.wait(now=now)
        breaker.failed(now=now)

    assert rests == [1.0, 2.0, 4.0, 8.0, 16.0, *[LIMIT_SECONDS] * 4]


@given(st.lists(st.sampled_from(["ok", "fail", "stop", "later"]), max_size=200))
def test_whoever_waits_long_enough_may_ask(history: list[str]) -> None:
    breaker, now = CircuitBreaker(), 0.0
    for what in history:
        now += breaker.rest(now=now)
        breaker.wait(now=now)
        if what == "ok":
            breaker.succeeded()
        elif what == "fail":
            breaker.failed(now=now)
        elif what == "stop":
            breaker.left()
        else:
            now += 1.0
            breaker.left()

    assert 0.0 <= breaker.rest(now=now) <= LIMIT_SECONDS
    assert breaker.wait(now=now + LIMIT_SECONDS) == 0.0
