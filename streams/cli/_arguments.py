"""Options and arguments that several commands share: JSON, paths and times."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from streams.errors import UsageError

JsonObject = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
JsonLines = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
JsonSummary = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]
HttpPort = Annotated[
    int, typer.Option(min=0, max=65535, help="Port of /health and /metrics (0: any free port).")
]

UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
"""Units of relative times."""

_RELATIVE = re.compile(r"(\d{1,6})([smhdw])")

Paths = TypeVar("Paths", Path, Path | None, list[Path] | None)


def readable_file(paths: Paths) -> Paths:
    """Return the paths unchanged if each of them is a readable file.

    Raises:
        UsageError: If one is not.

    Examples:
        >>> readable_file(Path("nowhere.jsonl"))
        Traceback (most recent call last):
        streams.errors.UsageError: nowhere.jsonl: no such file
    """
    for path in paths if isinstance(paths, list) else [paths] if paths else []:
        _require_readable(path, "file")
        if path.is_dir():
            raise UsageError(f"{path}: expected a file, not a folder")
    return paths


def readable_folder(path: Path) -> Path:
    """Return the path unchanged if it is a readable folder.

    Raises:
        UsageError: If it is not.
    """
    _require_readable(path, "folder")
    if not path.is_dir():
        raise UsageError(f"{path}: expected a folder, not a file")
    return path


def _require_readable(path: Path, kind: str) -> None:
    try:
        exists = path.exists()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    if not exists:
        raise UsageError(f"{path}: no such {kind}")
    if not os.access(path, os.R_OK):
        raise UsageError(f"{path}: permission denied; allow reading with `chmod u+r`")


def point_in_time(text: str, *, option: str) -> datetime | timedelta:
    """Parse a time.

    Args:
        text: ISO 8601, UTC by default; or a number with s, m, h, d or w, which
            counts back from the newest record.
        option: Name of the option, for the error message.

    Raises:
        UsageError: If the text is neither.

    Examples:
        >>> point_in_time("2026-03-01", option="--from")
        datetime.datetime(2026, 3, 1, 0, 0, tzinfo=datetime.timezone.utc)
        >>> point_in_time("7d", option="--from")
        datetime.timedelta(days=7)
    """
    relative = _RELATIVE.fullmatch(text.strip())
    if relative:
        return timedelta(**{UNITS[relative[2]]: int(relative[1])})
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{option} {text}: expected a time such as 2026-03-01 or 2026-03-01T08:00Z, or an age "
            "such as 2h or 7d"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def absolute_time(point: datetime | timedelta | None, newest: datetime | None) -> datetime | None:
    """Return a relative time as an absolute one; None without a newest record.

    Examples:
        >>> absolute_time(timedelta(days=1), datetime(2026, 3, 2, tzinfo=UTC))
        datetime.datetime(2026, 3, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if isinstance(point, timedelta):
        return None if newest is None else newest - point
    return point


def since_time(text: str) -> datetime | None:
    """Parse the value of ``--since``; an age counts back from now, an empty text means no limit.

    Raises:
        UsageError: If the text is no time.
    """
    if not text:
        return None
    point = point_in_time(text, option="--since")
    return datetime.now(UTC) - point if isinstance(point, timedelta) else point
