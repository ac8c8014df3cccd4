"""Parse periods of time: a year, month, day or minute, or two of them joined by dots."""

import re
from datetime import UTC, datetime, timedelta

EARLIEST = datetime.min.replace(tzinfo=UTC)
"""Start of a period without a beginning."""

LATEST = datetime.max.replace(tzinfo=UTC)
"""End of a period without an end."""

_POINT = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[tT](\d\d):(\d\d)[zZ]?)?)?)?", re.ASCII)
_LAST_MONTH = 12


def parse_period(text: str) -> tuple[datetime, datetime]:
    """Parse a period, in UTC.

    Args:
        text: A year, month, day or minute; or two of them joined by ``..``, of which one may be
            missing. The period includes the whole of the second one.

    Returns:
        The start of the period, and its end, which is not part of it.

    Raises:
        ValueError: If the text is not a period, or the period ends before it begins.

    Examples:
        >>> [time.isoformat() for time in parse_period("2026-03")]
        ['2026-03-01T00:00:00+00:00', '2026-04-01T00:00:00+00:00']
        >>> parse_period("2026-03-01..2026-03-07")[1].isoformat()
        '2026-03-08T00:00:00+00:00'
        >>> parse_period("..1987")[0] == EARLIEST
        True
    """
    first, dots, last = text.partition("..")
    if not (first or last):
        raise ValueError(_expected(text))
    start = _point(first, text)[0] if first else EARLIEST
    end = _point(last if dots else first, text)[1] if last or not dots else LATEST
    if start >= end:
        raise ValueError(f"the period `{text}` ends before it begins")
    return start, end


def _point(spelled: str, text: str) -> tuple[datetime, datetime]:
    match = _POINT.fullmatch(spelled)
    if match is None:
        raise ValueError(_expected(text))
    year, month, day, hour, minute = (
        None if part is None else int(part) for part in match.groups()
    )
    try:
        start = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, tzinfo=UTC)
        if minute is not None:
            return start, start + timedelta(minutes=1)
        if day is not None:
            return start, start + timedelta(days=1)
        if month is not None:
            return start, (start + timedelta(days=31)).replace(day=1)
        return start, start.replace(year=start.year + 1)
    except (ValueError, OverflowError):
        raise ValueError(f"no day `{spelled}` in the calendar") from None


def _expected(text: str) -> str:
    return f"no time `{text}`; expected `2026-03-01`, `2026-03`, `2026-03-01..2026-03-07` or such"
