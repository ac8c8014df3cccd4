"""Periods of time in queries."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.route.query.period import EARLIEST, LATEST, parse_period


def utc(*parts: int) -> datetime:
    """Return a time in UTC."""
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("1987", utc(1987, 1, 1), utc(1988, 1, 1)),
        ("2026-12", utc(2026, 12, 1), utc(2027, 1, 1)),
        ("2028-02-29", utc(2028, 2, 29), utc(2028, 3, 1)),
        ("2026-03-01T08:30", utc(2026, 3, 1, 8, 30), utc(2026, 3, 1, 8, 31)),
        ("2026-03..2026-04-02", utc(2026, 3, 1), utc(2026, 4, 3)),
        ("2026..", utc(2026, 1, 1), LATEST),
        ("..2026", EARLIEST, utc(2027, 1, 1)),
        ("2026..2026", utc(2026, 1, 1), utc(2027, 1, 1)),
    ],
)
def test_parse_period_returns_bounds(text: str, start: datetime, end: datetime) -> None:
    assert parse_period(text) == (start, end)


@pytest.mark.parametrize("text", ["", "..", "26", "2026-3", "2026-13", "0000", "2026/03", "٢٠٢٦"])
def test_parse_period_refuses_invalid_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|calendar"):
        parse_period(text)


@given(st.dates(max_value=datetime(9998, 1, 1).date()))  # noqa: DTZ001  # a day has no zone
def test_period_of_day_is_within_month_and_year(day) -> None:
    (year, month, own) = (parse_period(day.isoformat()[:length]) for length in (4, 7, 10))

    assert year[0] <= month[0] <= own[0] < own[1] <= month[1] <= year[1]
