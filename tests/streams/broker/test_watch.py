from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.broker.watch import FIRST_PAUSE, LONGEST_PAUSE, pause_before


@given(st.integers(min_value=0, max_value=10**9))
def test_pauses_grow_and_stay_bounded(attempt: int) -> None:
    assert FIRST_PAUSE <= pause_before(attempt) <= pause_before(attempt + 1) <= LONGEST_PAUSE


def test_the_first_restart_is_quick() -> None:
    assert pause_before(0) <= timedelta(seconds=1)
