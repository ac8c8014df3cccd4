"""A push waits for its share a moment, in slices, and is then asked to come again."""

import asyncio

import pytest
from litestar.plugins.problem_details import ProblemDetailsException

from streams.errors import BrokerError
from streams.records import RawArticle
from streams.serve.push.admission import (
    PATIENCE_IN_ALL_SECONDS,
    PATIENCE_SECONDS,
    SLICE_RECORDS,
    Admission,
)
from streams.serve.push.backlog import FairBacklog
from tests.support.builders import raw_article


class Clock:
    """A clock that a sleep moves on; ``each`` is called with each sleep."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.each = [lambda: None]

    def now(self) -> float:
        """Return the time."""
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        """Move the time on."""
        self.seconds += seconds
        self.each[0]()


async def no_lag() -> int:
    """Return that nothing waits."""
    return 0


def articles(n: int) -> list[RawArticle]:
    """Return articles of one source."""
    return [raw_article(url=f"https://news.test/{number}") for number in range(n)]


async def sent(admission: Admission, sender: str, n: int) -> list[int]:
    """Return the sizes of the slices of a push."""
    return [len(part) async for part in admission.slices(sender, articles(n))]


async def test_push_is_sent_in_slices() -> None:
    assert await sent(Admission(no_lag), "me", 2 * SLICE_RECORDS + 1) == [64, 64, 1]


async def test_push_above_its_share_is_refused_after_a_while() -> None:
    clock = Clock()
    backlog = FairBacklog(limit=100)
    admission = Admission(no_lag, backlog=backlog, now=clock.now, sleep=clock.sleep)

    with pytest.raises(ProblemDetailsException) as refused:
        await sent(admission, "flood", 1000)

    assert (refused.value.status_code, refused.value.headers) == (429, {"Retry-After": "1"})
    assert PATIENCE_SECONDS <= clock.seconds < PATIENCE_SECONDS + 0.1
    assert await sent(admission, "quiet", 1) == [1]


async def test_waiting_push_goes_on_when_records_are_done() -> None:
    clock = Clock()
    backlog = FairBacklog(limit=100)
    clock.each = [lambda: backlog.observe(0)]
    admission = Admission(no_lag, backlog=backlog, now=clock.now, sleep=clock.sleep)

    assert sum(await sent(admission, "flood", 1000)) == 1000


async def test_waiting_push_is_measured_at_once_and_measuring_ends() -> None:
    closed: list[bool] = []

    async def close() -> None:
        closed.append(True)

    admission = Admission(no_lag, close=close, backlog=FairBacklog(limit=100))
    async with admission.running():
        n_sent = sum(await asyncio.wait_for(sent(admission, "importer", 1000), 5))

    assert (n_sent, closed) == (1000, [True])


async def test_push_that_waits_for_each_slice_ends_some_time() -> None:
    clock = Clock()
    backlog = FairBacklog(limit=100)
    clock.each = [lambda: backlog.observe(0) if clock.seconds % 2 < 0.05 else None]
    admission = Admission(no_lag, backlog=backlog, now=clock.now, sleep=clock.sleep)

    with pytest.raises(ProblemDetailsException):
        await sent(admission, "flood", 10_000)

    assert clock.seconds < PATIENCE_IN_ALL_SECONDS + 0.1


async def test_unknown_lag_limits_no_push() -> None:
    async def fails() -> int:
        raise BrokerError("Kafka does not answer")

    assert await Admission(fails)._measured() == 0
