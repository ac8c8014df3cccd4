"""Parse the dates of feed entries."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from streams.records.clean import TimePrecision
from streams.text.dates import FIRST_YEAR, LAST_YEAR, parse_date

_MONTH: Final = re.compile(r"(\d{4})(?:-(\d{2}))?")


# Every poll returns the same dates.
@lru_cache(maxsize=16_384)
def entry_time(text: str, language: str = "") -> datetime | None:
    """Parse the date of an entry.

    Args:
        text: A date as `streams.text.dates.parse_date` reads it, or year or month only (W3C-DTF);
            or any other text.
        language: Language of the feed as a tag; empty if unknown.

    Returns:
        The time in UTC, to the second; UTC is assumed if no zone is named. None if the text is
        not a time, or not a valid one (February 30).

    References:
        W3C note-datetime; RSS 2.0 (pubDate). Unlike dateutil, a missing year is not guessed.

    Examples:
        >>> entry_time("Thu, 01 Jan 04 19:48:21 EST").isoformat()
        '2004-01-02T00:48:21+00:00'
        >>> entry_time("2015-10-15T11:20:00.00100").isoformat()
        '2015-10-15T11:20:00+00:00'
        >>> entry_time("2026-02-30") is entry_time("yesterday") is None
        True
    """
    text = text.strip()
    if match := _MONTH.fullmatch(text):
        year, month = int(match[1]), int(match[2] or 1)
        is_valid = FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12  # noqa: PLR2004
        return datetime(year, month, 1, tzinfo=UTC) if is_valid else None
    date = parse_date(text, language=language)
    return date.time.astimezone(UTC).replace(microsecond=0) if date else None


@lru_cache(maxsize=16_384)
def readable_date(text: str, language: str) -> str:
    """Return the date of an entry as written, or in ISO 8601 if only the feed's language tells it.

    The article does not carry the language of its feed.

    Examples:
        >>> readable_date("2 listopada 2026", "pl"), readable_date("2 Nov 2026", "pl")
        ('2026-11-02', '2 Nov 2026')
    """
    date = parse_date(text, language=language)
    if date is None or date == parse_date(text):
        return text
    if date.precision is TimePrecision.DAY:
        return date.time.date().isoformat()
    return (date.time if date.zoned else date.time.replace(tzinfo=None)).isoformat()
