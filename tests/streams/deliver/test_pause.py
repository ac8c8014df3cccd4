"""When a queue is resumed whose receiver was gone."""

from datetime import datetime, timedelta

import pytest

from streams.deliver.deliverer import is_pause_over
from tests.support.deliver import NOON

MINUTE, YEAR = timedelta(minutes=1), timedelta(days=365)


@pytest.mark.parametrize(
    ("since", "saved", "is_over"),
    [
        pytest.param(NOON - MINUTE, None, False, id="not saved"),
        pytest.param(NOON - MINUTE, NOON - 2 * MINUTE, False, id="saved before"),
        pytest.param(NOON - 2 * MINUTE, NOON - MINUTE, True, id="saved since"),
        pytest.param(NOON + YEAR, NOON - MINUTE, True, id="clock was ahead"),
    ],
)
def test_pause_is_over_when_search_is_saved(
    since: datetime, saved: datetime | None, *, is_over: bool
) -> None:
    assert is_pause_over(since, saved, now=NOON) is is_over
