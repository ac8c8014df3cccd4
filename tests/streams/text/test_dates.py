"""Parsing of dates."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.dates import parse_date


@given(st.text())
def test_parse_date_accepts_any_text(text: str) -> None:
    date = parse_date(text)

    assert date is None or date.time.tzinfo is not None


@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_parse_date_inverts_isoformat(time: datetime) -> None:
    date = parse_date(time.astimezone(UTC).isoformat())

    assert date is not None
    assert date.time == time.astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "iso", "precision"),
    [
        ("20220118", "2022-01-18T00:00:00+00:00", "day"),
        ("2022-01-18T10:00:00+01:00", "2022-01-18T10:00:00+01:00", "second"),
        ("2022-01-18T10:00:00+0100", "2022-01-18T10:00:00+01:00", "second"),
        ("2022-01-18 10:00", "2022-01-18T10:00:00+00:00", "minute"),
        ("2022-01-18T10:00:00.123Z", "2022-01-18T10:00:00.123000+00:00", "second"),
        ("Tue, 18 Jan 2022 10:00:00 GMT", "2022-01-18T10:00:00+00:00", "second"),
        ("Tue, 18 Jan 2022 10:00:00 -0500", "2022-01-18T10:00:00-05:00", "second"),
        ("January 18, 2022 10:05 PM EST", "2022-01-18T22:05:00-05:00", "minute"),
        ("Jan. 18th, 2022", "2022-01-18T00:00:00+00:00", "day"),
        ("18. Januar 2022, 10:05 Uhr", "2022-01-18T10:05:00+00:00", "minute"),
        ("18 de enero de 2022 a las 10:05", "2022-01-18T10:05:00+00:00", "minute"),
        ("18 janvier 2022 à 10h05", "2022-01-18T10:05:00+00:00", "minute"),
        ("18 января 2022 г. 10:00 MSK", "2022-01-18T10:00:00+03:00", "minute"),
        ("2022年1月18日 10:05", "2022-01-18T10:05:00+00:00", "minute"),
        ("2022년 1월 18일 오후 3:05", "2022-01-18T15:05:00+00:00", "minute"),
        ("١٨ يناير ٢٠٢٢", "2022-01-18T00:00:00+00:00", "day"),
        ("18.01.2022 - 10:05", "2022-01-18T10:05:00+00:00", "minute"),
        ("13/04/2026", "2026-04-13T00:00:00+00:00", "day"),
        ("18.01.98", "1998-01-18T00:00:00+00:00", "day"),
        ("1642500000", "2022-01-18T10:00:00+00:00", "second"),
        ("1642500000123", "2022-01-18T10:00:00.123000+00:00", "second"),
        ("March 2, 2026 10:05 PT", "2026-03-02T10:05:00-08:00", "minute"),
        ("2. März 2026, 10:05 MESZ", "2026-03-02T10:05:00+02:00", "minute"),
        ("12:05 am, 3 March 2020", "2020-03-03T00:05:00+00:00", "minute"),
    ],
)
def test_parse_date_parses(text: str, iso: str, precision: str) -> None:
    date = parse_date(text)

    assert date is not None
    assert (date.time.isoformat(), date.precision) == (iso, precision)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "May", "2022", "12", "03/04/2026", "2022-02-30", "32 May 2022", "1800-01-01",
     "99999999999999", "0000-00-00", "x" * 300, "2022-13-01T10:00:00"],
)  # fmt: skip
def test_parse_date_of_text_without_date_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(("month_first", "month"), [(True, 3), (False, 4)])
def test_parse_date_uses_month_first(month_first: bool, month: int) -> None:  # noqa: FBT001
    date = parse_date("03/04/2026", month_first=month_first)

    assert date is not None
    assert date.time.month == month
