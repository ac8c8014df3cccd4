"""Parse the dates of feed entries strictly, without guessing missing parts."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from streams.text.dates import full_year, month_number
from streams.text.time_zones import utc_offset

_ISO = re.compile(
    r"(\d{4})-?(\d{2})?-?(\d{2})?"
    r"(?:[T ]\s*(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*"
    r"(Z|[A-Za-z]{3,4}|[+-]\d{2}:?\d{0,2})?)?"
)
_MAIL = re.compile(
    r"(?:[^\W\d]{2,12}\.?,?\s+)?(\d{1,2})[\s-]+([^\W\d]{3,12})\.?[\s-]+(\d{4}|\d{2})"
    r"(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*([A-Za-z]{1,5}|(?:GMT|UTC)?[+-]\d{2}:?\d{2})?"
)
_ASCTIME = re.compile(
    r"(?:[^\W\d]{3,9},?\s+)?([^\W\d]{3,9})\s+(\d{1,2}),?\s+(?:(\d{4})\s+)?"
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(AM|PM)?(?:\s+(?!\d)([A-Za-z]{1,5}|[+-]\d{4}))?(?:\s+(\d{4}))?"
)

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}


def entry_time(text: str) -> datetime | None:
    """Parse the date of an entry.

    Args:
        text: A date in ISO 8601 and W3C-DTF, in RFC 822 and its successors with two-digit years
            and named zones, or in C's asctime; or any other text.

    Returns:
        The time in UTC, to the second; UTC is assumed if no zone is named. None if the text is
        not a time, or not a valid one (February 30).

    References:
        W3C note-datetime; RFC 822, 2822 and 5322, section 3.3; RSS 2.0
        (pubDate). Unlike dateutil, a missing year is not guessed: the result is None.

    Examples:
        >>> entry_time("Thu, 01 Jan 04 19:48:21 EST").isoformat()
        '2004-01-02T00:48:21+00:00'
        >>> entry_time("2015-10-15T11:20:00.00100").isoformat()
        '2015-10-15T11:20:00+00:00'
        >>> entry_time("2026-02-30") is entry_time("yesterday") is None
        True
    """
    text = " ".join(text.split())
    if not text:
        return None
    try:
        if text[:4].isdigit() and (match := _ISO.fullmatch(text)):
            year, month, day, hour, minute, second, zone = match.groups()
            return _time(year, int(month or 1), day or "1", (hour, minute, second), zone)
        if match := _MAIL.fullmatch(text):
            day, name, year, hour, minute, second, zone = match.groups()
            return _time(str(full_year(int(year))), _month(name), day, (hour, minute, second), zone)
        if match := _ASCTIME.fullmatch(text):
            name, day, early, hour, minute, second, half, zone, late = match.groups()
            hour = str(int(hour) % 12 + 12 * (half == "PM")) if half else hour
            return _time(early or late or "", _month(name), day, (hour, minute, second), zone)
    except (ValueError, OverflowError):
        pass
    return None


def _time(
    year: str, month: int, day: str, clock: tuple[str | None, ...], zone: str | None
) -> datetime:
    hours, minutes, seconds = clock
    hour, minute, second = int(hours or 0), int(minutes or 0), int(seconds or 0)
    offset = utc_offset(zone or "")
    if hour == 24 and minute == second == 0:  # noqa: PLR2004  # ISO 8601: the day's end
        hour, offset = 0, offset - timedelta(days=1)
    # Python has no second 60: a leap second becomes second 59.
    time = datetime(int(year), month, int(day), hour, minute, min(second, 59), tzinfo=UTC)
    return time - offset if offset else time


def _month(name: str) -> int:
    """Return the number of a month: by the first letters in English, or by its full name."""
    month = _MONTHS.get(name[:3].lower()) or month_number(name)
    if month is None:
        raise ValueError(f"not a month: {name}")
    return month
