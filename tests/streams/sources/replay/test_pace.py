from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.sources.replay.pace import ReplaySpeed

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TIMES = st.lists(st.none() | st.integers(0, 86_400).map(lambda s: START + timedelta(seconds=s)))


def dues(times: list[datetime | None], factor: float) -> list[timedelta]:
    pace = ReplaySpeed(factor=factor)
    due = []
    for time in times:
        pace = pace.after(time)
        due.append(pace.due)
    return due


def test_after_scales_gaps_of_known_times() -> None:
    times = [None, START, START + timedelta(minutes=10), None, START, START + timedelta(minutes=20)]

    assert [due.total_seconds() for due in dues(times, 10)] == [0, 0, 60, 60, 60, 120]


@given(TIMES, st.sampled_from([0.5, 1.0, 2.0, 1000.0]))
def test_after_is_monotonic_and_scales_span(times: list[datetime | None], factor: float) -> None:
    due = dues(times, factor)

    known = [time for time in times if time is not None]
    span = max(known, default=START) - (known[0] if known else START)
    assert due == sorted(due)
    assert abs((due[-1] if due else timedelta(0)) - span / factor) < timedelta(milliseconds=1)
