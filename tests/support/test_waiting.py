from datetime import timedelta
from itertools import count

import pytest

from tests.support.waiting import eventually

SHORT = timedelta(milliseconds=60)


async def test_eventually_returns_the_value_of_the_condition() -> None:
    counter = count()

    assert await eventually(lambda: max(0, next(counter) - 1)) == 1


async def test_eventually_awaits_an_async_condition() -> None:
    async def condition() -> str:
        return "yes"

    assert await eventually(condition) == "yes"


async def test_eventually_reports_the_last_value() -> None:
    with pytest.raises(AssertionError, match=r"not within 0.06 s; seen last: \[\]"):
        await eventually(list, within=SHORT)


async def test_eventually_reports_the_last_failed_assertion() -> None:
    def condition() -> bool:
        raise AssertionError("b is missing")

    with pytest.raises(AssertionError, match="seen last: b is missing"):
        await eventually(condition, within=SHORT)


async def test_eventually_raises_other_errors() -> None:
    with pytest.raises(ZeroDivisionError):
        await eventually(lambda: 1 / 0)
