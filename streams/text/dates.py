"""Parse dates as people and programs write them: the one reader for feeds, pages and texts."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from streams.records.clean import TimePrecision
from streams.text.standard_dates import standard_time
from streams.text.time_of_day import LAST_HOUR, TimeOfDay, find_time_of_day
from streams.text.time_words import language_of, month_names, phrase_beginnings, plain_word
from streams.text.time_words import month_first as month_first_in
from streams.text.time_zones import zone_after

MAX_CHARACTERS: Final = 200
"""A longer text is not a date, but may contain one."""

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
"""A year outside this range is a counter or a default; inside, every zone conversion works."""

PIVOT: Final = 50
"""Two-digit years from 50 to 99 belong to the twentieth century (RFC 5322, section 4.3)."""

BUDDHIST: Final = 543
"""Years by which Thailand's calendar is ahead."""

ERAS: Final = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""The year before the first year of an era of Japan or Taiwan (CLDR, calendarData)."""

MAX_FILLER: Final = 5
"""Letters of the longest word between the parts of a date: "de", "of", "года", "gada"."""

MAX_FILLERS: Final = 2
"""Number of such words between two parts."""

_ISO: Final = re.compile(
    r"(?<![\d.])(\d{4})(-|/|\.\s?|)(\d{1,2})\2(\d{1,2})(?!\d*[-/])(?=$|\D|(?:\d{4}|\d{6})(?!\d))"
    r"\.?(?P<joint>[Tt_](?=\d))?"
)
_CJK: Final = re.compile(
    r"(令和|平成|昭和|民國|民国)?\s?(\d{1,4}|元)\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]?"
)
_NUMERIC: Final = re.compile(r"(?<![\d.])(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?![\d])")
_TOKEN: Final = re.compile(r"\d+|[^\s\d,،;:/()\[\]{}|<>«»\"“”–—·•=+-]+")
_CLOCK_DIGITS: Final = re.compile(r"(?<!\d)\d{1,2}\s?:\s?\d{2}(?:\s?:\s?\d{2})?(?:\.\d+)?(?!\d)")
_MONTH_WORD: Final = re.compile(
    r"\b(?:tháng|thg)\.?\s?(\d{1,2})\b|\b(\d{1,2})(?:-р)? сар(?:ын)?\b", re.IGNORECASE
)
_UNIX: Final = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")
_ENGLISH: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_THAI: Final = re.compile(r"[\u0e00-\u0e7f]")


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


@dataclass(frozen=True, slots=True)
class _Day:
    """A day, and the text with its digits replaced by spaces."""

    year: int
    month: int
    day: int
    rest: str
    is_compact: bool = False


def parse_date(
    text: str, *, language: str = "", month_first: bool | None = None
) -> ParsedDate | None:
    """Parse a time in any spelling that occurs in feeds, pages and wires.

    Never raises. An ambiguous date such as ``03/04/2026`` is not parsed unless the language or
    ``month_first`` resolves it.

    Args:
        text: A date or time, such as ``2026-01-18T10:00:00+01:00``, ``20260118``, ``Tue, 18
            Jan 22 10:00 GMT``, ``18. Januar 2022``, ``1642500000``.
        language: Language of the text as a tag such as ``pl`` or ``en-US``, for names of months
            that mean two, names of parts of the day, and the order of numbers; empty if unknown.
        month_first: Whether the writer puts the month before the day; None if only the language
            tells.

    Returns:
        The time; None if ``text`` contains no time, or an impossible one.

    References:
        ISO 8601, RFC 5322 section 3.3; names from Unicode CLDR (`tools/build_time_words.py`).

    Examples:
        >>> parse_date("20220118").precision.value
        'day'
        >>> parse_date("18 janvier 2022, 10h05").time.isoformat()
        '2022-01-18T10:05:00+00:00'
        >>> parse_date("18 listopada 2022", language="pl").time.month
        11
        >>> parse_date("2022-02-30") is None
        True
    """
    text = _plain(text)
    if not text or len(text) > MAX_CHARACTERS:
        return None
    time = standard_time(text)
    if time is not None and _is_plausible(time.year):
        has_second = text.count(":") > 1
        precision = TimePrecision.SECOND if has_second else TimePrecision.MINUTE
        return ParsedDate(time, precision, zoned=True)
    try:
        if _UNIX.fullmatch(text):
            return _from_unix(text)
        first = month_first_in(language) if month_first is None and language else month_first
        day = (
            _iso_day(text)
            or _cjk_day(text)
            or _named_day(text, language)
            or _numeric_day(text, month_first=first)
        )
        return _with_clock(day, language) if day else None
    except (ValueError, OverflowError):
        return None


def _plain(text: str) -> str:
    """Return a text with ASCII digits, single spaces, and without invisible characters."""
    if text.isascii():
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", text[: MAX_CHARACTERS * 2])
    letters = (
        str(unicodedata.decimal(c)) if c.isdecimal() else c
        for c in text
        if unicodedata.category(c) != "Cf"
    )
    return " ".join("".join(letters).split())


def _from_unix(text: str) -> ParsedDate | None:
    seconds = float(text)
    time = datetime.fromtimestamp(seconds if seconds < 1e11 else seconds / 1000, UTC)  # noqa: PLR2004
    return ParsedDate(time, TimePrecision.SECOND, zoned=True) if _is_plausible(time.year) else None


def _iso_day(text: str) -> _Day | None:
    match = _ISO.search(text)
    if match is None:
        return None
    year = _gregorian(int(match[1]), text)
    if not _is_plausible(year):
        return None
    if not match[2] and not (len(match[3]) == len(match[4]) == 2):  # noqa: PLR2004
        return None
    before, after = text[: match.start()], text[match.end() :]
    is_compact = bool(match["joint"]) or not match[2]
    rest = after if is_compact or not before else f"{before} {after}"
    return _Day(year, int(match[3]), int(match[4]), rest, is_compact)


def _cjk_day(text: str) -> _Day | None:
    match = _CJK.search(text)
    if match is None:
        return None
    year = (1 if match[2] == "元" else int(match[2])) + ERAS.get(match[1] or "", 0)
    if not _is_plausible(year):
        return None
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    return _Day(year, int(match[3]), int(match[4]), rest)


def _named_day(text: str, language: str) -> _Day | None:
    """Return the day around the name of a month."""
    text = _MONTH_WORD.sub(lambda match: _numbered_month(match[1] or match[2]), text)
    hidden = _CLOCK_DIGITS.sub(lambda match: " " * len(match[0]), text)
    tokens = list(_TOKEN.finditer(hidden))
    for first, last, month in _months_in(tokens, language):
        if used := _day_and_year(tokens, first, last, text):
            year, day, parts = used
            for token in (*parts, *tokens[first : last + 1]):
                blank = " " * (token.end() - token.start())
                text = text[: token.start()] + blank + text[token.end() :]
            return _Day(year, month, day, text)
    return None


def _months_in(tokens: list[re.Match[str]], language: str) -> Iterator[tuple[int, int, int]]:
    """Yield the first and last token and the number of each name of a month."""
    names, beginnings = month_names(language), phrase_beginnings(language_of(language))
    words = [plain_word(token[0]) for token in tokens]
    for first, word in enumerate(words):
        for n_words in (3, 2) if word in beginnings else ():
            month = names.get(" ".join(words[first : first + n_words]))
            if month is not None and first + n_words <= len(words):
                yield first, first + n_words - 1, month
                break
        else:
            if word in names:
                yield first, first, names[word]


def _numbered_month(number: str) -> str:
    """Return the English name of a month, for languages that number months."""
    return _ENGLISH[int(number) - 1] if 1 <= int(number) <= len(_ENGLISH) else ""


def _day_and_year(
    tokens: list[re.Match[str]], first: int, last: int, text: str
) -> tuple[int, int, tuple[re.Match[str], ...]] | None:
    """Return year and day near a month, and their tokens."""
    left = _nearby_numbers(tokens, first, step=-1)
    right = _nearby_numbers(tokens, last, step=1)
    years = [t for t in (*right, *left) if _is_plausible(_gregorian(int(t[0]), text))]
    years = [t for t in years if len(t[0]) == 4]  # noqa: PLR2004
    for day in (*left, *right) if years else ():
        if day is not years[0] and len(day[0]) <= 2 and 1 <= int(day[0]) <= 31:  # noqa: PLR2004
            return _gregorian(int(years[0][0]), text), int(day[0]), (day, years[0])
    # RFC 822: 22 Nov 26; else Nov 22, '26
    pair = (*left[:1], *right[:1]) if left else tuple(right[:2])
    if years or len(pair) < 2 or len(pair[0][0]) > 2 or not _is_short_year(tokens, pair[1]):  # noqa: PLR2004
        return None
    short = int(pair[1][0])
    year = short + 2500 - BUDDHIST if _THAI.search(text) else full_year(short)
    if not left and text[pair[1].start() - 1] not in "'’":
        return None
    return year, int(pair[0][0]), (pair[0], pair[1])


def _nearby_numbers(tokens: list[re.Match[str]], index: int, *, step: int) -> list[re.Match[str]]:
    """Return up to two numbers next to a month, with at most two short words before each."""
    found: list[re.Match[str]] = []
    n_fillers = 0
    index += step
    while 0 <= index < len(tokens) and len(found) < 2:  # noqa: PLR2004
        token = tokens[index]
        if token[0].isdigit():
            if len(token[0]) > 4:  # noqa: PLR2004
                break
            found.append(token)
            n_fillers = 0
        else:
            n_fillers += 1
            if n_fillers > MAX_FILLERS or len(token[0].strip(".'’")) > MAX_FILLER:
                break
        index += step
    return found


def _is_short_year(tokens: list[re.Match[str]], year: re.Match[str]) -> bool:
    """Return whether a number of two digits that follows a month is a year.

    It is if nothing but a zone follows: the clock is already taken out.
    """
    after = [token[0] for token in tokens if token.start() > year.start()]
    return len(year[0]) == 2 and all(len(word) <= MAX_FILLER and word.isupper() for word in after)  # noqa: PLR2004


def _numeric_day(text: str, *, month_first: bool | None) -> _Day | None:
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    year = _gregorian(full_year(int(match[4])), text)
    if first > 12 or match[2] == "." or first == second:  # noqa: PLR2004
        day, month = first, second
    elif second > 12:  # noqa: PLR2004
        day, month = second, first
    elif month_first is None:
        return None
    else:
        day, month = (second, first) if month_first else (first, second)
    rest = text[: match.start()] + " " + text[match.end() :]
    return _Day(year, month, day, rest) if _is_plausible(year) else None


def _with_clock(day: _Day, language: str) -> ParsedDate:
    """Add the time of day and the zone that the rest of the text contains, if any."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the zone follows
    clock = find_time_of_day(day.rest, language, compact=day.is_compact)
    if clock is None:
        return ParsedDate(midnight.replace(tzinfo=UTC), TimePrecision.DAY, zoned=False)
    local = _local_time(midnight, clock)
    zone = zone_after(day.rest[clock.end :], local, language)
    precision = TimePrecision.MINUTE if clock.second is None else TimePrecision.SECOND
    return ParsedDate(local.replace(tzinfo=zone or UTC), precision, zoned=zone is not None)


def _local_time(midnight: datetime, clock: TimeOfDay) -> datetime:
    if clock.hour == LAST_HOUR:
        if clock.minute or clock.second:
            raise ValueError("after the end of the day")
        return midnight + timedelta(days=1)
    # Python has no second 60: a leap second becomes second 59.
    return midnight.replace(
        hour=clock.hour,
        minute=clock.minute,
        second=min(clock.second or 0, 59),
        microsecond=clock.microsecond,
    )


def full_year(year: int) -> int:
    """Complete a year written with two digits; return any other year unchanged.

    Examples:
        >>> full_year(98), full_year(26), full_year(2026)
        (1998, 2026, 2026)
    """
    if year >= 100:  # noqa: PLR2004
        return year
    return year + (1900 if year >= PIVOT else 2000)


def _gregorian(year: int, text: str) -> int:
    """Return a year of Thailand's calendar in ours, and others unchanged."""
    is_buddhist = year > LAST_YEAR and _is_plausible(year - BUDDHIST) and _THAI.search(text)
    return year - BUDDHIST if is_buddhist else year


def _is_plausible(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR
