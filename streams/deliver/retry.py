"""How long to wait before a message is sent again, and when to give it up."""

from datetime import datetime, timedelta
from typing import Final

from streams.deliver.channels.result import SendResult, SendStatus
from streams.deliver.ledger.delivery import DeliveryState

FIRST: Final = timedelta(milliseconds=250)
"""Maximum of the first wait: a brief failure is over by then, and later messages wait as long."""

LONGEST: Final = timedelta(minutes=1)
"""Maximum of any wait: later messages wait, too, and a receiver that has recovered may still refuse
one in three. With 5 min one queue of 100 took 6 min more after an outage of one.
"""

DEADLINE: Final = timedelta(hours=24)
"""Time after its first attempt at which a message is given up: a night's outage and the morning
after.
"""


def retry_delay(attempt: int, chance: float, *, failing: timedelta) -> timedelta:
    """Return the wait before the next attempt.

    Never longer than the message has been failing, so that after an outage of a minute the queue
    waits another minute at most: small random waits make the number of attempts grow faster than
    the time (measured 2026-11-22: 13 attempts and 316 s for an outage of 60 s without this bound).

    Args:
        attempt: Number of attempts so far, from 1.
        chance: A uniform random number from 0 to below 1.
        failing: Time since the first attempt.

    References:
        "Full jitter" of Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015:
        a random share of the doubled wait serves many clients with the fewest calls.

    Examples:
        >>> long = timedelta(hours=1)
        >>> [retry_delay(n, 0.5, failing=long).total_seconds() for n in (1, 2, 3, 99)]
        [0.125, 0.25, 0.5, 30.0]
        >>> retry_delay(99, 0.5, failing=timedelta(seconds=10)).total_seconds()
        5.0
    """
    doublings: int = 2 ** min(attempt - 1, 20)
    return min(FIRST * doublings, max(failing, FIRST), LONGEST) * chance


def retry_time(next_try: datetime | None, *, now: datetime) -> datetime:
    """Return when a failed message is tried again: never later than the longest possible wait.

    A later time was written by a clock that was ahead.

    Args:
        next_try: The time in the ledger; None for at once.
        now: Current time.

    Examples:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> retry_time(noon.replace(year=2027), now=noon).isoformat()
        '2026-03-02T12:00:00+00:00'
    """
    return now if next_try is None or next_try > now + DEADLINE else max(next_try, now)


def outcome_of_attempt(
    result: SendResult, attempts: int, first_try: datetime, *, chance: float, now: datetime
) -> tuple[DeliveryState, datetime | None]:
    """Return the state of a message after an attempt, and when to try again.

    Args:
        result: Result of the attempt.
        attempts: Number of attempts so far, from 1.
        first_try: Time of the first attempt.
        chance: A uniform random number from 0 to below 1.
        now: Current time.

    Returns:
        The state, and the time of the next attempt: after the computed wait, or the one that the
        receiver asked for if that is longer; never after the deadline.

    Examples:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> busy = SendResult(verdict=SendStatus.RETRY, wait=timedelta(minutes=5))
        >>> state, at = outcome_of_attempt(busy, 1, noon, chance=0.5, now=noon)
        >>> state.value, f"{at:%H:%M}"
        ('failed', '12:05')
    """
    match result.verdict:
        case SendStatus.ACCEPTED:
            return DeliveryState.SENT, None
        case SendStatus.REFUSED | SendStatus.GONE:
            return DeliveryState.GIVEN_UP, None
        case SendStatus.RETRY:
            first_try = min(first_try, now)  # of a clock that was ahead
            wait = retry_delay(attempts, chance, failing=now - first_try)
            at = now + max(wait, result.wait)
            within = DEADLINE if result.within is None else min(result.within, DEADLINE)
            in_time = at <= first_try + within
            return (DeliveryState.FAILED, at) if in_time else (DeliveryState.GIVEN_UP, None)
