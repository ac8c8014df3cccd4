"""Dates of feed entries, strictly: a time that the text states, or none."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

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

ZONES: Final = {
    "": 0, "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60,
    "met": 60, "cest": 120, "mest": 120, "eet": 120, "eest": 180, "msk": 180, "jst": 540,
    "kst": 540, "est": -300, "edt": -240, "et": -300, "cst": -360, "cdt": -300, "ct": -360,
    "mst": -420, "mdt": -360, "mt": -420, "pst": -480, "pdt": -420, "pt": -480, "at": -240,
    "ast": -240, "adt": -180, "akst": -540, "akdt": -480, "hst": -600,
}  # fmt: skip
"""Minutes east of Greenwich by name, in lower case.

References: RFC 5322, section 4.3 (obsolete zones of the United States, where ``IST`` and other
ambiguous names are no zones); feedparser's ``timezone_names`` for ET, CT, MT, PT; European names
by their common use. No name at all means UTC, as feedparser has it.
"""


def entry_time(given: str) -> datetime | None:
    """Read the date of an entry.

    Args:
        given: As written: ISO 8601 and W3C-DTF, RFC 822 and its successors
            with two-digit years and named zones, C's asctime; anything else.

    Returns:
        In UTC, to the second; UTC is assumed where no zone is named. None where
        the text is no time, or one that no calendar has (February 30).

    References:
        W3C note-datetime; RFC 822, 2822 and 5322, section 3.3; RSS 2.0
        (pubDate). Unlike dateutil nothing is guessed: a missing year is none.

    Examples:
        >>> entry_time("Thu, 01 Jan 04 19:48:21 EST").isoformat()
        '2004-01-02T00:48:21+00:00'
        >>> entry_time("2015-10-15T11:20:00.00100").isoformat()
        '2015-10-15T11:20:00+00:00'
        >>> entry_time("2026-02-30") is entry_time("yesterday") is None
        True
    """
    text = " ".join(given.split())
    if not text:
        return None
    try:
        if text[:4].isdigit() and (match := _ISO.fullmatch(text)):
            year, month, day, hour, minute, second, zone = match.groups()
            return _time(year, int(month or 1), day or "1", (hour, minute, second), zone)
        if match := _MAIL.fullmatch(text):
            day, name, year, hour, minute, second, zone = match.groups()
            return _time(_full_year(year), _month(name), day, (hour, minute, second), zone)
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
    if hour == 24 and minute == second == 0:  # noqa: PLR2004  # ISO 8601: the day's end
        return datetime(int(year), month, int(day), tzinfo=UTC) + timedelta(days=1) - _offset(zone)
    # A leap second is the last that Python knows.
    time = datetime(int(year), month, int(day), hour, minute, min(second, 59), tzinfo=UTC)
    offset = _offset(zone)
    return time - offset if offset else time


@lru_cache(maxsize=256)
def _offset(zone: str | None) -> timedelta:
    name = (zone or "").lower()
    if name in ZONES:
        return timedelta(minutes=ZONES[name])
    digits = name.removeprefix("gmt").removeprefix("utc").replace(":", "")
    if digits[:1] not in {"+", "-"}:
        raise ValueError(f"no zone: {zone}")
    minutes = int(digits[1:3]) * 60 + int(digits[3:5] or 0)
    if minutes >= 24 * 60:
        raise ValueError(f"no zone: {zone}")
    return timedelta(minutes=-minutes if digits[0] == "-" else minutes)


def _full_year(year: str) -> str:
    """Complete two digits as RFC 5322, section 4.3, has it."""
    if len(year) > 2:  # noqa: PLR2004
        return year
    return f"{'20' if int(year) < 50 else '19'}{year}"  # noqa: PLR2004


def _month(name: str) -> int:
    month = _MONTHS.get(name[:3].lower())
    if month is None:
        raise ValueError(f"no month: {name}")
    return month
