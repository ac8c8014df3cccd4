from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.event_time import publication_time, raw_event_time
from tests.support.builders import FETCHED, raw_article


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("20220118", datetime(2022, 1, 18, tzinfo=UTC)),
        ("2022-01-18", datetime(2022, 1, 18, tzinfo=UTC)),
        ("2022/01/18", datetime(2022, 1, 18, tzinfo=UTC)),
        ("2022-01-18T10:00:00Z", datetime(2022, 1, 18, 10, tzinfo=UTC)),
        ("2022-01-18 10:00:00+02:00", datetime(2022, 1, 18, 8, tzinfo=UTC)),
        ("Tue, 18 Jan 2022 10:00:00 -0500", datetime(2022, 1, 18, 15, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("2022-02-30", None),
        ("20221301", None),
    ],
)
def test_publication_time_reads_machine_formats(text: str, time: datetime | None) -> None:
    assert publication_time(text) == time


@given(st.text(max_size=40) | st.text("0123456789-:+TZ ,GMTJan", max_size=30))
def test_publication_time_accepts_any_text(text: str) -> None:
    time = publication_time(text)

    assert time is None or time.tzinfo is UTC


@pytest.mark.parametrize(
    ("published", "time"),
    [
        ("2026-03-01T00:00:00Z", datetime(2026, 3, 1, tzinfo=UTC)),
        ("", FETCHED),
        ("2099-01-01", FETCHED),
    ],
    ids=["known", "unknown", "future"],
)
def test_raw_event_time_is_not_after_fetch(published: str, time: datetime) -> None:
    assert raw_event_time(raw_article(published=published)) == time
