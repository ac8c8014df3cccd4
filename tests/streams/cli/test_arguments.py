from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from streams.cli._arguments import (
    absolute_time,
    point_in_time,
    readable_file,
    readable_folder,
    since_time,
)
from streams.errors import UsageError

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def test_readable_paths_are_returned(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("{}")

    assert readable_file(file) == file
    assert readable_file([file]) == [file]
    assert readable_file(None) is None
    assert readable_folder(tmp_path) == tmp_path


def test_readable_file_refuses_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a file, not a folder"):
        readable_file(tmp_path)


def test_readable_folder_refuses_file(tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    with pytest.raises(UsageError, match="expected a folder, not a file"):
        readable_folder(tmp_path / "a")


@pytest.mark.parametrize("name", ["nowhere", "x" * 300])
def test_readable_file_names_missing_path(name: str) -> None:
    with pytest.raises(UsageError, match=f"^{name}: "):
        readable_file(Path(name))


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
def test_point_in_time_parses_absolute_and_relative_times(
    text: str, point: datetime | timedelta
) -> None:
    assert point_in_time(text, option="--from") == point


@pytest.mark.parametrize("text", ["", "yesterday", "7", "7y", "-7d", "2026-13-01"])
def test_point_in_time_refuses_other_text(text: str) -> None:
    with pytest.raises(UsageError, match=r"--from .*expected a time such as 2026-03-01"):
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
def test_absolute_time_counts_back_from_newest_record(
    point: datetime | timedelta | None, newest: datetime | None, time: datetime | None
) -> None:
    assert absolute_time(point, newest) == time


def test_since_time_counts_back_from_now() -> None:
    before = datetime.now(UTC)

    since = since_time("2h")

    assert since is not None
    assert before <= since + timedelta(hours=2) <= datetime.now(UTC)


def test_since_time_without_text_is_no_limit() -> None:
    assert since_time("") is None
