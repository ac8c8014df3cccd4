"""Parse dates as people and programs write them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timezone
from functools import cache
from importlib.resources import files
from typing import Final

from streams.records.clean import TimePrecision
from streams.text.time_zones import ZONES, utc_offset

MAX_CHARACTERS: Final = 200
"""A longer text is not a date, but may contain one."""

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
"""A year outside this range is a counter or a default; inside, every zone conversion works."""

PIVOT: Final = 50
"""Two-digit years from 50 to 99 belong to the twentieth century (RFC 5322, section 4.3)."""

_ISO: Final = re.compile(
    r"(?<!\d)(\d{4})(-|/|\.|)(\d{1,2})\2(\d{1,2})(?!\d*[-/])"
    r"(?:(?:T|t|\s+|,\s*|_|(?=\d{6}(?!\d)))(?P<clock>\d.*))?"
)
_CLOCK: Final = re.compile(
    r"(?<![\d.])(?P<hour>[01]?\d|2[0-3])\s?(?:[:.h時시]\s?|(?=\d{4}(?!\d)))(?P<minute>[0-5]\d)"
    r"(?:[:.]?(?P<second>[0-5]\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?",
    re.IGNORECASE,
)
_HOUR_ONLY: Final = re.compile(r"(?<![\d.])(?P<hour>\d{1,2})\s?(?P<half>[ap])\.?m\b", re.IGNORECASE)
_OFFSET: Final = re.compile(
    r"(?:(?:UTC|GMT)\s?)?(?<![\d-])([+\-−])(\d{1,2}):?(\d{2})?(?!\d)\s*(?:$|[\[(])"
)
_ZONE_NAME: Final = re.compile(r"(?<![^\W\d_])([A-Za-z]{1,4})(?![^\W\d_])")
_CJK: Final = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?")
_NUMERIC: Final = re.compile(r"(?<!\d)(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?!\d)")
_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_UNIX: Final = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A parsed time.

    Attributes:
        time: Aware; UTC if the text has no zone.
        precision: Smallest unit in the text.
        zoned: Whether the text has a zone.
    """

    time: datetime
    precision: TimePrecision
    zoned: bool


def parse_date(text: str, *, month_first: bool | None = None) -> ParsedDate | None:
    """Parse a time in any spelling that occurs in feeds, pages and wires.

    Never raises. An ambiguous date such as ``03/04/2026`` is not parsed unless ``month_first``
    resolves it.

    Args:
        text: A date or time, such as ``2026-01-18T10:00:00+01:00``, ``20260118``, ``Tue, 18
            Jan 2022 10:00 GMT``, ``18. Januar 2022``, ``1642500000``.
        month_first: Whether the writer puts the month before the day; None if unknown.

    Returns:
        The time; None if ``text`` contains no time, or an impossible one.

    References:
        ISO 8601, RFC 5322 section 3.3; names of months from Unicode CLDR
        (`tools/build_months.py`).

    Examples:
        >>> parse_date("20220118").precision.value
        'day'
        >>> parse_date("18 janvier 2022, 10h05").time.isoformat()
        '2022-01-18T10:05:00+00:00'
        >>> parse_date("2022-02-30") is None
        True
    """
    text = text.strip()
    if not text or len(text) > MAX_CHARACTERS:
        return None
    try:
        return (
            _from_unix(text)
            or _from_iso(text)
            or _from_cjk(text)
            or _from_words(text)
            or _from_numbers(text, month_first=month_first)
        )
    except (ValueError, OverflowError):
        return None


def _from_unix(text: str) -> ParsedDate | None:
    if not _UNIX.fullmatch(text):
        return None
    seconds = float(text)
    time = datetime.fromtimestamp(seconds if seconds < 1e11 else seconds / 1000, UTC)  # noqa: PLR2004
    return ParsedDate(time, TimePrecision.SECOND, zoned=True) if _is_plausible(time.year) else None


def _from_iso(text: str) -> ParsedDate | None:
    match = _ISO.search(text)
    if match is None or not _is_plausible(int(match[1])):
        return None
    if not match[2] and not (len(match[3]) == len(match[4]) == 2):  # noqa: PLR2004
        return None
    return _with_clock(int(match[1]), int(match[3]), int(match[4]), match["clock"] or "")


def _from_cjk(text: str) -> ParsedDate | None:
    match = _CJK.search(text)
    if match is None or not _is_plausible(int(match[1])):
        return None
    afternoon = any(word in text for word in ("下午", "午後", "오후"))
    rest = text[match.end() :] + (" pm" if afternoon else "")
    return _with_clock(int(match[1]), int(match[2]), int(match[3]), rest)


def _from_words(text: str) -> ParsedDate | None:
    """Parse day, month and year around the name of a month."""
    tokens = list(_TOKEN.finditer(text))
    for index, token in enumerate(tokens):
        month = month_number(token[0])
        if month is None:
            continue
        before = _number(tokens, index - 1) or _number_past_filler(tokens, index, step=-1)
        after, later = _number(tokens, index + 1), _number(tokens, index + 2)
        later = later or _number_past_filler(tokens, index, step=1)
        for day, year, last in ((before, after or later, index + 2), (after, later, index + 3)):
            if day and year and 1 <= day <= 31 and _is_plausible(year):  # noqa: PLR2004
                used = {t.start() for t in tokens[max(0, index - 1) : last] if t[0].isdigit()}
                return _with_clock(year, month, day, _blanked(text, tokens, used, day, year))
        # 2022 January 18
        if before and after and _is_plausible(before) and after <= 31:  # noqa: PLR2004
            return _with_clock(before, month, after, text[tokens[index + 1].end() :])
    return None


def _blanked(text: str, tokens: list[re.Match[str]], used: set[int], day: int, year: int) -> str:
    """Replace the digits of day and year by spaces, so that those left belong to the clock."""
    for token in tokens:
        if token.start() in used and int(token[0]) in {day, year}:
            text = text[: token.start()] + " " * len(token[0]) + text[token.end() :]
    return text


def _from_numbers(text: str, *, month_first: bool | None) -> ParsedDate | None:
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    year = full_year(year)
    if first > 12 or match[2] == "." or first == second:  # noqa: PLR2004
        day, month = first, second
    elif second > 12:  # noqa: PLR2004
        day, month = second, first
    elif month_first is None:
        return None
    else:
        day, month = (second, first) if month_first else (first, second)
    rest = text[: match.start()] + " " + text[match.end() :]
    return _with_clock(year, month, day, rest) if _is_plausible(year) else None


def _with_clock(year: int, month: int, day: int, rest: str) -> ParsedDate:
    """Add the time of day and the zone that ``rest`` contains, if any."""
    match = _CLOCK.search(rest) or _HOUR_ONLY.search(rest)
    if match is None:
        return ParsedDate(datetime(year, month, day, tzinfo=UTC), TimePrecision.DAY, zoned=False)
    parts = match.groupdict()
    hour = int(parts["hour"])
    if (parts["half"] or _half(rest)).lower() == "p" and hour < 12:  # noqa: PLR2004
        hour += 12
    elif (parts["half"] or "").lower() == "a" and hour == 12:  # noqa: PLR2004
        hour = 0
    second = parts.get("second")
    micro = int((parts.get("fraction") or "0")[:6].ljust(6, "0"))
    zone = _zone(rest[match.end() :])
    time = datetime(
        year, month, day, hour, int(parts.get("minute") or 0), int(second or 0), micro,
        tzinfo=zone or UTC,
    )  # fmt: skip
    precision = TimePrecision.SECOND if second else TimePrecision.MINUTE
    return ParsedDate(time, precision, zoned=zone is not None)


def _half(rest: str) -> str:
    return "p" if rest.endswith(" pm") else ""


def _zone(rest: str) -> timezone | None:
    if match := _OFFSET.search(rest):
        return timezone(utc_offset(f"{match[1]}{match[2]:0>2}{match[3] or ''}"))
    for name in _ZONE_NAME.finditer(rest):
        if name[1].lower() in ZONES and (name[1].isupper() or name[1].lower() == "z"):
            return timezone(utc_offset(name[1]))
    return None


def full_year(year: int) -> int:
    """Complete a year written with two digits; return any other year unchanged.

    Examples:
        >>> full_year(98), full_year(26), full_year(2026)
        (1998, 2026, 2026)
    """
    if year >= 100:  # noqa: PLR2004
        return year
    return year + (1900 if year >= PIVOT else 2000)


def _is_plausible(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def _number(tokens: list[re.Match[str]], index: int) -> int:
    if not 0 <= index < len(tokens) or not tokens[index][0].isdigit():
        return 0
    return int(tokens[index][0]) if len(tokens[index][0]) <= 4 else 0  # noqa: PLR2004


def _number_past_filler(tokens: list[re.Match[str]], index: int, *, step: int) -> int:
    """Return the number beyond short words: ``18 de enero de 2022``, ``January 18th, 2022``."""
    for distance in (2, 3):
        between = (
            tokens[index + step : index + step * distance : step]
            if step > 0
            else [tokens[i] for i in range(index - 1, index - distance, -1) if i >= 0]
        )
        words = [token[0] for token in between if not token[0].isdigit()]
        if all(len(word) <= 3 for word in words):  # noqa: PLR2004
            number = _number(tokens, index + step * distance)
            if number and (step < 0 or _is_plausible(number)):
                return number
    return 0


def month_number(name: str) -> int | None:
    """Return the number of a month from its name or abbreviation in one of about 60 languages.

    Examples:
        >>> month_number("Février"), month_number("Sept"), month_number("soon")
        (2, 9, None)
    """
    return _months().get(name.casefold())


@cache
def _months() -> dict[str, int]:
    """Map the names of the months in about 60 languages to their numbers."""
    text = files("streams.text").joinpath("data/months.txt").read_text("utf-8")
    return {
        name: number
        for number, line in enumerate(text.splitlines(), start=1)
        for name in line.split("|")
    }
