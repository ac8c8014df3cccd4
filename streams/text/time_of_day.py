"""Find the time of day in a text."""

import re
from dataclasses import dataclass
from typing import Final

from streams.text.time_words import half_day_after, half_day_before

NOON: Final = 12
"""The hour that ``12 pm`` means."""

NIGHT_ENDS: Final = 6
"""The hour at which "night" ends in most languages (CLDR's day period rules)."""

LAST_HOUR: Final = 24
"""ISO 8601: 24:00 is the end of a day."""

_COLON = re.compile(
    r"(?<![\d.:])(?P<hour>[01]?\d|2[0-4])\s?:\s?(?P<minute>[0-5]\d)(?!\d)"
    r"(?:\s?[:.]\s?(?P<second>[0-5]\d|60)(?!\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
)
_LETTER = re.compile(
    r"(?<![\d.:])(?P<hour>[01]?\d|2[0-4])\s?"
    r"(?:h\s?(?P<minute>[0-5]\d)?(?:min)?(?!\w)|(?:[時时点點시]|นาฬิกา|ໂມງ)\s?(?:(?P<minute2>[0-5]?\d)\s?(?:[分분]|นาที|ນາທີ)?)?"
    r"(?:\s?(?P<second>[0-5]?\d)[秒초])?)",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"^\s?(?P<hour>[01]\d|2[0-4])(?P<minute>[0-5]\d)(?P<second>[0-5]\d|60)?(?!\d)"
    r"(?:[.,](?P<fraction>\d{1,9}))?"
)
_POINT = re.compile(
    r"(?<![\d.:])(?P<hour>[01]?\d|2[0-4])\.(?P<minute>[0-5]\d)(?:\.(?P<second>[0-5]\d))?(?![\d]|\.\d)"
)
_HOUR = re.compile(r"(?<![\d.:,])(?P<hour>1?\d|2[0-4])(?![\d:.,]\d|\d)")
_O_CLOCK = re.compile(r"\s?(?:uhr|o['’]clock|час(?:а|ов)?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of day in a text.

    Attributes:
        hour: 0 to 24, with the part of the day taken into account.
        minute: 0 to 59.
        second: 0 to 60; None if not written.
        microsecond: 0 to 999,999.
        start: Where the digits start.
        end: Where the digits, or the part of the day behind them, end.
    """

    hour: int
    minute: int
    second: int | None
    microsecond: int
    start: int
    end: int


def find_time_of_day(text: str, language: str = "", *, compact: bool = False) -> TimeOfDay | None:
    """Return the first time of day in a text; None if there is none.

    Args:
        text: Text in which the digits of the date are blank.
        language: Language of the text as a tag; empty if unknown.
        compact: Whether the text may begin with ``hhmm`` or ``hhmmss``.

    Examples:
        >>> find_time_of_day("at 10:05 p.m. PT").hour, find_time_of_day("오후 3시 5분").minute
        (22, 5)
        >>> find_time_of_day("10 pm").hour, find_time_of_day("10 people")
        (22, None)
    """
    match = _COMPACT.match(text) if compact else None
    match = match or _COLON.search(text) or _LETTER.search(text) or _POINT.search(text)
    if match is not None:
        return _time_of_day(match, text, language)
    for match in _HOUR.finditer(text):
        after, _ = half_day_after(text[match.end() :], language)
        if after or half_day_before(text[: match.start()], language):
            return _time_of_day(match, text, language)
        if _O_CLOCK.match(text, match.end()):
            return _time_of_day(match, text, language)
    return None


def _time_of_day(match: re.Match[str], text: str, language: str) -> TimeOfDay:
    parts = match.groupdict()
    half, length = half_day_after(text[match.end() :], language)
    half = half or half_day_before(text[: match.start()], language)
    second = parts.get("second")
    return TimeOfDay(
        hour=_full_hour(int(parts["hour"]), half),
        minute=int(parts.get("minute") or parts.get("minute2") or 0),
        second=int(second) if second else None,
        microsecond=int((parts.get("fraction") or "0")[:6].ljust(6, "0")),
        start=match.start(),
        end=match.end() + length,
    )


def _full_hour(hour: int, half: str) -> int:
    """Return the hour of 24 that an hour means in a part of the day."""
    if hour > NOON or not half:
        return hour
    if half == "midnight":
        return hour % NOON
    if half == "noon":
        return hour if hour >= NIGHT_ENDS else hour + NOON
    if half == "night":
        return hour % NOON + (NOON if NIGHT_ENDS <= hour < NOON else 0)
    return hour % NOON + (NOON if half == "pm" else 0)
