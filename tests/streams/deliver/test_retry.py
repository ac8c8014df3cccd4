"""Waits between attempts, and the deadline."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.deliver.channels.result import ACCEPTED, SendResult, SendStatus
from streams.deliver.ledger.delivery import DeliveryState
from streams.deliver.retry import (
    DEADLINE,
    FIRST,
    LONGEST,
    outcome_of_attempt,
    retry_delay,
    retry_time,
)
from tests.support.deliver import NOON

TROUBLE = SendResult(verdict=SendStatus.RETRY)


FAILING = st.timedeltas(timedelta(0), 2 * DEADLINE)


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True), FAILING)
def test_wait_grows_and_is_bounded_by_outage_time(
    attempt: int, chance: float, failing: timedelta
) -> None:
    wait = retry_delay(attempt, chance, failing=failing)

    assert timedelta(0) <= wait <= retry_delay(attempt + 1, chance, failing=failing)
    assert wait <= min(max(failing, FIRST), LONGEST)


@given(st.lists(st.floats(0, 1, exclude_max=True), max_size=100), FAILING)
def test_retry_comes_within_twice_the_outage(chances: list[float], away: timedelta) -> None:
    asked = timedelta(0)
    for attempt, chance in enumerate(chances, 1):
        asked += retry_delay(attempt, chance, failing=asked)
        if asked >= away:
            break

    assert asked <= max(2 * away, FIRST)


@given(st.integers(1, 500), st.floats(0, 1, exclude_max=True), st.timedeltas(timedelta(0)))
def test_retry_is_never_after_deadline(attempts: int, chance: float, gone: timedelta) -> None:
    gone = min(gone, 2 * DEADLINE)

    state, at = outcome_of_attempt(TROUBLE, attempts, NOON, chance=chance, now=NOON + gone)

    assert (state is DeliveryState.FAILED) == (at is not None and at <= NOON + DEADLINE)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (ACCEPTED, DeliveryState.SENT),
        (SendResult(verdict=SendStatus.REFUSED), DeliveryState.GIVEN_UP),
        (SendResult(verdict=SendStatus.GONE), DeliveryState.GIVEN_UP),
    ],
)
def test_other_verdicts_are_final(answer: SendResult, state: DeliveryState) -> None:
    assert outcome_of_attempt(answer, 1, NOON, chance=0.5, now=NOON) == (state, None)


def test_requested_wait_is_respected() -> None:
    answer = SendResult(verdict=SendStatus.RETRY, wait=timedelta(minutes=7))

    assert outcome_of_attempt(answer, 1, NOON, chance=0.9, now=NOON) == (
        DeliveryState.FAILED,
        NOON + timedelta(minutes=7),
    )


def test_first_attempt_in_future_is_retried_soon() -> None:
    year = timedelta(days=365)

    state, at = outcome_of_attempt(TROUBLE, 3, NOON + year, chance=0.5, now=NOON)

    assert state is DeliveryState.FAILED
    assert at is not None
    assert at <= NOON + LONGEST


@pytest.mark.parametrize(
    ("ahead", "wait"),
    [
        (timedelta(days=365), timedelta(0)),
        (timedelta(hours=3), timedelta(hours=3)),
        (-LONGEST, timedelta(0)),
    ],
    ids=["clock was ahead", "receiver asked for it", "due"],
)
def test_retry_time_is_within_deadline(ahead: timedelta, wait: timedelta) -> None:
    assert retry_time(NOON + ahead, now=NOON) == NOON + wait
