"""Parse time zones as people and programs write them."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from streams.text.time_words import language_of, time_words

PARTIAL_HOURS: Final = frozenset(
    (-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 645, 765, 825)
)
"""Offsets in minutes that are not whole hours (IANA's time zone database, 2025): others, as in
``10:05-11:25``, are the end of an interval."""

MAX_ZONE_CHARACTERS: Final = 60
"""Length of the text behind a clock in which a zone is searched."""

_MARKED = re.compile(
    r"[^+\d−–-]{0,30}?\b(?:UTC|GMT|UT)\s?([+−–-])\s?(\d{1,2})(?:[:.]?([0-5]\d))?(?!\d)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"[\s,(\[]{0,3}([+−-])(\d{1,2})(?::?([0-5]\d)(?=\s*(?:$|[\[(,)\]])|\s+[^\W\d])|(?=\s*(?:$|[\[(,)\]])))"
)
_PLACE = re.compile(r"\b(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)"
                    r"/[A-Z][A-Za-z_]{2,20}(?:/[A-Z][A-Za-z_]{2,20})?\b")  # fmt: skip
_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,5})(?![^\W\d_])")
_WORDS = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,30}(?:[ ][^\W\d_]{1,30}){1,3}")
_AFTER_NAME = re.compile(r"\s*(?:$|[^\w\s]|\d)")

WELL_KNOWN: Final = frozenset(
    ("z", "ut", "utc", "gmt", "bst", "cet", "cest", "mez", "mesz", "eet", "eest", "msk", "et",
     "est", "edt", "ct", "cst", "cdt", "mst", "mdt", "pt", "pst", "pdt", "jst", "kst", "ist", "wib")
)  # fmt: skip
"""Abbreviations that may be followed by other words; others may be words of a headline in capitals.
"""


@lru_cache(maxsize=1024)
def utc_offset(zone: str) -> timedelta:
    """Return the offset of a zone with the same offset at all times.

    Args:
        zone: An abbreviation in any case, or hours and minutes such as ``+05``, ``-05:00`` and
            ``GMT+0530``; empty for UTC.

    Raises:
        ValueError: If there is no such zone, or the offset is a day or more.

    Examples:
        >>> utc_offset("CEST") == utc_offset("+02:00") == utc_offset("UTC+0200")
        True
    """
    name = zone.lower()
    minutes = 0 if not name else time_words()["zones"].get(name)
    if isinstance(minutes, int):
        return timedelta(minutes=minutes)
    digits = name.removeprefix("gmt").removeprefix("utc").replace(":", "").replace("−", "-")
    if digits[:1] not in {"+", "-"}:
        raise ValueError(f"unknown time zone: {zone}")
    minutes = int(digits[1:3]) * 60 + int(digits[3:5] or 0)
    if minutes >= 24 * 60:
        raise ValueError(f"unknown time zone: {zone}")
    return timedelta(minutes=-minutes if digits[0] == "-" else minutes)


def zone_after(text: str, local: datetime, language: str = "") -> tzinfo | None:
    """Return the zone that the text behind a clock names; None if it names none.

    Args:
        text: The text behind the clock, such as `` (GMT+7)``, `` a.m. PT`` or ``[Europe/Oslo]``.
        local: The time of the clock, without a zone: names such as ``PT`` mean another offset in
            summer.
        language: Language of the text as a tag, for names that mean several zones, such as IST.

    References:
        IANA's time zone database and Unicode CLDR (`tools/build_time_words.py`); RFC 5322, section
        4.3, for the American zones.

    Examples:
        >>> morning = datetime(2026, 7, 1, 10, 5)
        >>> zone_after(" (GMT+7)", morning).utcoffset(None)
        datetime.timedelta(seconds=25200)
        >>> zone_after("PT", morning), zone_after("-11:25", morning)
        (datetime.timezone(datetime.timedelta(days=-1, seconds=61200)), None)
    """
    text = text[:MAX_ZONE_CHARACTERS]
    if match := _MARKED.match(text) or _BARE.match(text):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if len(match[2]) == 1 and match[3] is None and int(match[2]) > 14:  # noqa: PLR2004
            return None
        return zone_of_minutes(-minutes if match[1] != "+" else minutes)
    if match := _PLACE.search(text):
        try:
            return _at(match[0], local)
        except (LookupError, OSError, ValueError):
            return None
    return _named(text, local, language)


def zone_of_minutes(minutes: int) -> timezone | None:
    """Return the zone with an offset that is in use; None for others."""
    if minutes in PARTIAL_HOURS or (minutes % 60 == 0 and -12 <= minutes // 60 <= 14):  # noqa: PLR2004
        return timezone(timedelta(minutes=minutes))
    return None


def _named(text: str, local: datetime, language: str) -> tzinfo | None:
    names = time_words()["zone_names"]
    for match in _WORDS.finditer(text):
        words = match[0].casefold().split()
        for start in range(len(words) - 1):
            for end in range(len(words), start + 1, -1):
                if (name := " ".join(words[start:end])) in names:
                    return _resolved(names[name], local)
    for match in list(_WORD.finditer(text))[:4]:
        name = match[1].lower()
        is_alone = text.strip(" ()[],.").lower() == name
        if not (match[1].isupper() or is_alone or name == "z"):
            continue
        if name not in WELL_KNOWN and not _AFTER_NAME.match(text, match.end()):
            continue
        value = _value(name, language)
        if value is not None:
            return _resolved(value, local)
    return None


def _value(name: str, language: str) -> int | str | None:
    """Return the minutes or the place of an abbreviation, in the language of the text."""
    local = time_words()["local_zones"].get(name, {})
    tag = language.strip().replace("_", "-").lower()
    value: int | str | None = local.get(tag, local.get(language_of(tag)))
    return value if value is not None else time_words()["zones"].get(name)


def _resolved(value: int | str, local: datetime) -> tzinfo:
    return timezone(timedelta(minutes=value)) if isinstance(value, int) else _at(value, local)


def _at(place: str, local: datetime) -> timezone:
    """Return the offset of a place at its local time."""
    offset = local.replace(tzinfo=ZoneInfo(place)).utcoffset()
    return timezone(offset) if offset is not None else UTC
