"""A push waits for its share a moment, in slices, and is then asked to come again."""

import pytest
from litestar.plugins.problem_details import ProblemDetailsException

from streams.errors import BrokerError
from streams.records import RawArticle
from streams.serve.push.admission import PATIENCE_SECONDS, SLICE_RECORDS, Admission
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


async def test_unknown_lag_limits_no_push() -> None:
    async def fails() -> int:
        raise BrokerError("Kafka does not answer")

    assert await Admission(fails)._measured() == 0
