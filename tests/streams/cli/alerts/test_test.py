"""The summary of `streams alerts test`."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.policy import HOUR
from streams.cli.alerts.test import busiest_hour

START = datetime(2026, 3, 1, tzinfo=UTC)


@given(st.lists(st.integers(0, 600), min_size=1, max_size=30).map(sorted))
def test_busiest_hour_has_most_times(minutes: list[int]) -> None:
    times = [START + timedelta(minutes=minute) for minute in minutes]

    most, start = busiest_hour(times)

    fullest = [sum(at <= time < at + HOUR for time in times) for at in times]
    assert most == max(fullest)
    assert most == sum(start <= time < start + HOUR for time in times)
