"""Points in time as people type them: ``2026-03-01``, ``2026-03-01T08:00``, ``7d``, ``2h``."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from streams.errors import UsageError

UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
"""What may follow the number of a relative time."""

_RELATIVE = re.compile(r"(\d{1,6})([smhdw])")


def point_in_time(text: str, *, option: str) -> datetime | timedelta:
    """Read a time that a user gave.

    Args:
        text: ISO 8601, UTC where it names no zone; or a number and s, m, h, d
            or w: so long before the newest record.
        option: Where it was given, for the message.

    Raises:
        UsageError: If it is neither.

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
            f"{option} {text}: not a time; try 2026-03-01, 2026-03-01T08:00Z, or 7d and 2h for so "
            "long before the newest record"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def resolved(point: datetime | timedelta | None, newest: datetime | None) -> datetime | None:
    """Make a relative time absolute; without a newest record there is no bound.

    Examples:
        >>> resolved(timedelta(days=1), datetime(2026, 3, 2, tzinfo=UTC))
        datetime.datetime(2026, 3, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if isinstance(point, timedelta):
        return None if newest is None else newest - point
    return point
