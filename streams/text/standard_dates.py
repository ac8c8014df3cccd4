"""Parse the two spellings of standards, which nearly all feeds and pages have, in little time."""

import re
from datetime import datetime, timedelta, timezone
from typing import Final

from streams.text.time_zones import zone_of_minutes

_ISO: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
_MAIL: Final = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ?)?(\d\d?) "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) "
    r"(\d\d):(\d\d)(?::([0-5]\d))? (?:GMT|UTC|([+-])(\d\d)([0-5]\d))",
    re.ASCII,
)
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}


def standard_time(text: str) -> datetime | None:
    """Return a time of day with a zone, if its spelling is that of a standard.

    Everything else is left to `streams.text.dates.parse_date`, which reads these spellings as well,
    in four times the time, and with the same result unless a month's English name means another one
    in the language of the feed: "Mar" is November in Finnish.

    Args:
        text: Any text.

    Returns:
        The time; None for another spelling, an impossible time, or an offset that is not in use.

    References:
        RFC 3339 (ISO 8601) with ``T``; RFC 5322, section 3.3, with seconds or without.

    Examples:
        >>> standard_time("2026-03-02T08:30:00+01:00").isoformat()
        '2026-03-02T08:30:00+01:00'
        >>> standard_time("Mon, 02 Mar 2026 08:30:00 GMT").isoformat()
        '2026-03-02T08:30:00+00:00'
        >>> standard_time("2 March 2026") is standard_time("2026-02-30T00:00:00Z") is None
        True
    """
    try:
        if _ISO.fullmatch(text):
            return _with_zone_in_use(datetime.fromisoformat(text))
        match = _MAIL.fullmatch(text)
        if match is None:
            return None
        day, month, year, hour, minute, second, sign, hours, minutes = match.groups("0")
        offset = int(hours) * 60 + int(minutes)
        zone = timezone(timedelta(minutes=-offset if sign == "-" else offset))
        time = datetime(
            int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=zone
        )
        return _with_zone_in_use(time)
    except ValueError:
        return None


def _with_zone_in_use(time: datetime) -> datetime | None:
    offset = time.utcoffset() or timedelta(0)
    return None if zone_of_minutes(int(offset.total_seconds()) // 60) is None else time
