from datetime import UTC, datetime, timedelta

import pytest

from streams.cli.times import point_in_time, resolved
from streams.errors import UsageError

DAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("2026-03-01", DAY),
        ("2026-03-01T02:00+02:00", DAY),
        (" 2026-03-01T00:00Z ", DAY),
        ("90s", timedelta(seconds=90)),
        ("2h", timedelta(hours=2)),
        ("3w", timedelta(weeks=3)),
    ],
)
def test_point_in_time_reads_absolute_and_relative_times(
    text: str, point: datetime | timedelta
) -> None:
    assert point_in_time(text, option="--from") == point


@pytest.mark.parametrize("text", ["", "yesterday", "7", "7y", "-7d", "2026-13-01"])
def test_point_in_time_refuses_anything_else_and_shows_what_would_do(text: str) -> None:
    with pytest.raises(UsageError, match=r"--from .*try 2026-03-01"):
        point_in_time(text, option="--from")


@pytest.mark.parametrize(
    ("point", "newest", "time"),
    [
        (DAY, None, DAY),
        (timedelta(days=1), DAY + timedelta(days=1), DAY),
        (timedelta(days=1), None, None),
        (None, DAY, None),
    ],
)
def test_resolved_counts_back_from_the_newest_record(
    point: datetime | timedelta | None, newest: datetime | None, time: datetime | None
) -> None:
    assert resolved(point, newest) == time
