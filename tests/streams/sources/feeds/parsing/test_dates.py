from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.feeds.parsing.dates import entry_time

READ = [
    ("2026-03-02T09:30:00Z", "2026-03-02T09:30:00"),
    ("2026-03-02T09:30:00.123+01:00", "2026-03-02T08:30:00"),
    ("2026-03-02 09:30:00", "2026-03-02T09:30:00"),
    ("2026-03-02T09:30+0530", "2026-03-02T04:00:00"),
    ("2026-03-02T24:00:00Z", "2026-03-03T00:00:00"),
    ("2026-03", "2026-03-01T00:00:00"),
    ("20260302", "2026-03-02T00:00:00"),
    ("Mon, 02 Mar 2026 09:30:00 GMT", "2026-03-02T09:30:00"),
    ("Mon, 2 Mar 26 09:30 EST", "2026-03-02T14:30:00"),
    ("Mon, 02 Mar 2026 09:30:60 +0200", "2026-03-02T07:30:59"),
    ("mer, 16 nov 2022 00:38:15 +0100", "2022-11-15T23:38:15"),
    ("Sat, Dec 16 2023 02:02:33 PM", "2023-12-16T14:02:33"),
    ("Sun Jan  4 16:29:06 PST 2004", "2004-01-05T00:29:06"),
    ("02 Mar 2026", "2026-03-02T00:00:00"),
    ("lun., 02 février 2026 09:30:00 MEZ", "2026-02-02T08:30:00"),
    ("Mo, 2 März 2026 09:30 AEST", "2026-03-01T23:30:00"),
    ("Mon, 02 Mar 2026 25:00:00 GMT", "2026-03-02T00:00:00"),
    ("Mon Mar 02 09:30:00 EST 2026", "2026-03-02T14:30:00"),
    ("Mon, 02 Mar 2026 09:30:00 XYZ", "2026-03-02T09:30:00"),
]

UNREAD = [
    "", "yesterday", "2026-02-30", "2026-13-01", "12:30", "2",
    "Mon, 02 Foo 2026 09:30:00 GMT", "2026-13", "0000", "03/04/2026",
    "0000-00-00T00:00:00Z", "١٢٣٤-٠١-٠١x",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ)
def test_entry_time_reads_formats_of_feeds(text: str, expected: str) -> None:
    assert entry_time(text) == datetime.fromisoformat(expected + "+00:00")


@pytest.mark.parametrize("text", UNREAD)
def test_entry_time_guesses_nothing(text: str) -> None:
    assert entry_time(text) is None


@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2199, 12, 30)))  # noqa: DTZ001
def test_entry_time_reads_what_isoformat_writes(when: datetime) -> None:
    when = when.replace(microsecond=0, tzinfo=UTC)

    assert entry_time(when.isoformat()) == when


@given(st.text(max_size=60))
def test_entry_time_accepts_any_text(text: str) -> None:
    when = entry_time(text)

    assert when is None or when.utcoffset() == timedelta(0)
