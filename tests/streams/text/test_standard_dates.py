"""The two spellings of standards are read alike by the fast and the general reader."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.dates import parse_date
from streams.text.standard_dates import standard_time

ZONES = ["Z", "+00:00", "-03:30", "+05:45", "+14:00", "-12:00"]
times = st.datetimes().filter(lambda time: 1900 <= time.year <= 2199)


@given(times, st.sampled_from(ZONES))
def test_iso_time_is_the_one_of_the_general_reader(time: datetime, zone: str) -> None:
    text = f"{time:%Y-%m-%dT%H:%M:%S}{zone}"
    fast = standard_time(text)

    assert fast is not None
    assert parse_date(text.replace("T", " ")) == parse_date(text)


@given(times, st.sampled_from(["GMT", "UTC", "+0530", "-0330"]))
def test_mail_time_is_the_one_of_the_general_reader(time: datetime, zone: str) -> None:
    text = f"{time:%a, %d %b %Y %H:%M:%S} {zone}"
    fast = standard_time(text)

    assert fast is not None
    assert parse_date(text.lower().replace(zone.lower(), zone)) == parse_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T00:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T08:30:60Z",
        "2026-03-02T08:30:00+03:07",
        "2026-03-02 08:30:00",
        "31 Feb 2026 08:30:00 GMT",
        "2 March 2026",
        "",
    ],
)
def test_other_spellings_are_left_to_the_general_reader(text: str) -> None:
    assert standard_time(text) is None


@pytest.mark.parametrize("clock", ["08:30:00", "08:30"])
@pytest.mark.parametrize("language", ["fi", "pl", "hr", ""])
def test_month_of_a_standard_is_english_in_every_language(clock: str, language: str) -> None:
    date = parse_date(f"Mon, 02 Mar 2026 {clock} GMT", language=language)

    assert date is not None
    assert (date.time.isoformat(), date.zoned) == ("2026-03-02T08:30:00+00:00", True)
