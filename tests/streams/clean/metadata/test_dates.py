"""Publication times."""

from datetime import timedelta

import pytest

from streams.clean.html.page import parse_page
from streams.clean.metadata.dates import (
    is_possible,
    is_same_time,
    publication_candidates,
    url_day_candidates,
)
from streams.text.dates import ParsedDate, parse_date
from tests.support.builders import FETCHED


def _date(text: str) -> ParsedDate:
    date = parse_date(text)
    assert date is not None
    return date


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://news.test/2026/01/18/rain", "2026-01-18"),
        ("https://news.test/rain-2026-1-8.html", "2026-01-08"),
        ("https://news.test/20260118/rain", "2026-01-18"),
        ("https://news.test/rain-20260118123456", ""),
        ("https://news.test/2026/13/40/rain", ""),
        ("https://news.test/rain?d=2026-01-18", ""),
        ("", ""),
    ],
)
def test_url_day_candidates_read_day(url: str, day: str) -> None:
    assert [str(c.value.time.date()) for c in url_day_candidates(url)] == ([day] if day else [])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2026-01-18", "2026-01-18T23:00:00Z", True),
        ("2026-01-18", "2026-01-19", False),
        ("2026-01-18T10:00:00Z", "2026-01-18T11:00:00+01:00", True),
        ("2026-01-18T10:00:00Z", "2026-01-18T12:00:00Z", False),
        ("2026-01-18T10:00:00Z", "2026-01-18T12:00:00", True),
        ("2026-01-18T10:00:00Z", "2026-01-20T12:00:00", False),
    ],
)
def test_is_same_time(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert is_same_time(_date(one), _date(other)) is same


@pytest.mark.parametrize(("hours", "possible"), [(-99, True), (0, True), (23, True), (25, False)])
def test_is_possible_within_day_after_fetch(hours: int, possible: bool) -> None:  # noqa: FBT001
    date = _date((FETCHED + timedelta(hours=hours)).isoformat())

    assert is_possible(date, fetched=FETCHED) is possible


def test_publication_candidates_are_ordered_by_trust() -> None:
    page = parse_page('<meta name="date" content="2026-01-02"><p>x')
    assert page is not None

    candidates = list(
        publication_candidates(
            page, {"datePublished": "2026-01-01"}, url="https://n.test/2026/01/03/x"
        )
    )

    assert [candidate.source for candidate in candidates] == ["json-ld", "meta", "url"]
