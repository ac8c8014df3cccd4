"""Quiet hours, at any time and in zones whose clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.quiet_hours import is_quiet, quiet_until, time_zone
from streams.records import QuietHours

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "gone/zone"]
)
TIMES = st.times().map(lambda time: f"{time:%H:%M}")
QUIET = st.builds(QuietHours, start=TIMES, end=TIMES, zone=ZONES)
BERLIN_CHANGES = [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
MOMENTS = st.one_of(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis adds the zone
    st.builds(
        lambda day, minutes: day + timedelta(minutes=minutes),
        st.sampled_from(BERLIN_CHANGES),
        st.integers(-1440, 1440),
    ),
)


def berlin(start: str, end: str) -> QuietHours:
    return QuietHours(start=start, end=end, zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("quiet", "moment", "until"),
    [
        (berlin("22:00", "07:00"), "2026-01-10T20:59", "2026-01-10T20:59"),
        (berlin("22:00", "07:00"), "2026-01-10T21:00", "2026-01-11T06:00"),
        (berlin("22:00", "07:00"), "2026-01-11T05:59", "2026-01-11T06:00"),
        (berlin("12:00", "13:30"), "2026-01-10T11:15", "2026-01-10T12:30"),
        (berlin("22:00", "07:00"), "2026-03-28T22:00", "2026-03-29T05:00"),  # a short night
        (berlin("22:00", "07:00"), "2026-10-24T21:00", "2026-10-25T06:00"),  # a long one
        (berlin("22:00", "02:30"), "2026-03-28T22:00", "2026-03-29T01:00"),  # 2:30 left out
        (berlin("22:00", "02:30"), "2026-10-24T22:00", "2026-10-25T00:30"),  # the first 2:30
        (berlin("22:00", "02:30"), "2026-10-25T01:10", "2026-10-25T01:30"),  # the second
        (berlin("03:00", "02:00"), "2026-03-28T22:00", "2026-03-30T00:00"),  # no hour in between
        (berlin("08:00", "08:00"), "2026-01-10T07:00", "2026-01-10T07:00"),
        (None, "2026-01-10T07:00", "2026-01-10T07:00"),
    ],
)
def test_quiet_until_follows_local_time(quiet: QuietHours | None, moment: str, until: str) -> None:
    found = quiet_until(datetime.fromisoformat(moment).replace(tzinfo=UTC), quiet)

    assert found == datetime.fromisoformat(until).replace(tzinfo=UTC)


@given(MOMENTS, QUIET)
def test_quiet_until_is_earliest_time_not_quiet(moment: datetime, quiet: QuietHours) -> None:
    until = quiet_until(moment, quiet)

    minutes = int((until - moment) / timedelta(minutes=1))
    between = [moment + n * timedelta(minutes=1) for n in range(minutes)]
    assert not is_quiet(until, quiet)
    assert all(is_quiet(moment_, quiet) for moment_ in between)
    assert timedelta() <= until - moment <= timedelta(days=2)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "", "Europe", "x" * 300])
def test_time_zone_refuses_unknown_names(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        time_zone(name)
