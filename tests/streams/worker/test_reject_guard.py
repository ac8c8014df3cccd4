"""A stage stops when too large a share of the latest records is rejected, and not before."""

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.worker.reject_guard import RECENT, RejectGuard


def guard(*verdicts: tuple[bool, int], limit: float = 0.5) -> RejectGuard:
    """Return a guard that has counted each verdict this number of times."""
    found = RejectGuard(limit)
    for rejected, times in verdicts:
        for _ in range(times):
            found.note(rejected=rejected)
    return found


def test_guard_tolerates_a_burst_at_first() -> None:
    assert not guard((True, RECENT - 1)).tripped


def test_guard_trips_only_above_its_limit() -> None:
    assert [guard((False, RECENT - n), (True, n)).tripped for n in (500, 501)] == [False, True]


def test_guard_forgets_old_records() -> None:
    found = guard((True, RECENT), (False, RECENT // 2))

    assert (found.share, found.tripped) == (0.5, False)


@settings(max_examples=10)
@given(st.lists(st.booleans(), min_size=RECENT, max_size=RECENT + 50))
def test_share_is_of_the_latest_records(verdicts: list[bool]) -> None:
    found = guard(*((verdict, 1) for verdict in verdicts))

    assert found.share == sum(verdicts[-RECENT:]) / RECENT
