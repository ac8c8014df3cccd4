"""Build the words of dates and times: streams/text/data/time_words.json.

    python tools/build_time_words.py

The sources are Unicode CLDR through Babel (months, day periods, order of numeric dates, names
of time zones), IANA's time zone database (abbreviations in use), and dateparser's list of
abbreviations that IANA has given up. The result is a file because Babel's data of 80 languages take
60 MB of memory and a second to load.
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, localedata
from babel.core import get_global
from babel.dates import format_date, get_month_names
from dateparser.timezones import timezone_info_list

OUT = Path(__file__).parents[1] / "streams" / "text" / "data" / "time_words.json"

# fmt: off
LANGUAGES: Final = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "nb", "nn", "no", "da", "fi", "is", "pl", "cs",
    "sk", "sl", "hr", "sr", "bs", "uk", "ru", "be", "bg", "mk", "ro", "hu", "el", "tr", "az", "et",
    "lv", "lt", "sq", "id", "ms", "vi", "ca", "eu", "gl", "ga", "cy", "ar", "fa", "he", "hi", "bn",
    "ta", "te", "mr", "ur", "th", "sw", "af", "fil", "ka", "hy", "kk", "uz", "zh", "ja", "ko", "mt",
    "lb", "fo", "ky", "mn", "ne", "pa", "gu", "kn", "ml", "si", "km", "lo", "my", "am", "so", "ps",
    "zu", "yue", "tg", "tk",
)
# fmt: on

COLLOQUIAL: Final = {
    "en": {"sept": 9},
    "de": {"mrz": 3, "mär": 3},
    "ar": {"اكتوبر": 10, "ابريل": 4},
}
"""Names that newspapers use and CLDR does not have."""

MIN_BEGINNING: Final = 3
"""Letters of the shortest beginning of a name that counts as its abbreviation."""

MAX_BEGINNING: Final = 5

LOCAL_ZONES: Final = {
    "ist": {"hi": 330, "mr": 330, "ta": 330, "te": 330, "bn": 330, "gu": 330, "kn": 330, "ml": 330,
            "pa": 330, "en-in": 330, "he": 120, "ga": 60, "en-ie": 60},
    "cst": {"zh": 480, "yue": 480},
    "bst": {"bn": 360, "en-bd": 360},
    "ast": {"ar": 180, "en-sa": 180},
    "pst": {"fil": 480, "tl": 480, "en-ph": 480},
    "wib": {}, "wita": {}, "wit": {},
}  # fmt: skip
"""Minutes of abbreviations that mean different zones: by language, else what `ZONES` says."""

ZONES: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "met": 60, "mest": 120, "mez": 60, "mesz": 120, "bst": 60,
    "cst": -360, "ast": -240, "pst": -480, "wib": 420, "wita": 480, "wit": 540, "trt": 180,
    "gst": 240, "ict": 420, "wat": 60, "ect": -300, "at": "America/Halifax",
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver",
    "pt": "America/Los_Angeles", "akt": "America/Anchorage", "hkt": 480, "sgt": 480, "myt": 480,
    "bjt": 480, "vet": -240, "almt": 300, "novt": 420, "pyt": -180, "volt": 180,
}  # fmt: skip
"""Abbreviations that the sources lack or disagree on. Abbreviations without "standard" and
"daylight" mean the local time of a place, which depends on the day."""

UNCLEAR: Final = frozenset(("ist", "act", "amt", "cct", "sst", "wst", "lmt", "bmt"))
"""Abbreviations of places on different continents, left out where no language decides."""

WORDS: Final = frozenset(
    ("ant", "art", "beat", "cant", "cast", "cat", "cost", "cot", "dust", "east", "eat", "fort",
     "get", "git", "hat", "hay", "malt", "mart", "met", "mist", "mit", "most", "mot", "must", "nut",
     "pet", "ret", "set", "stat", "swat", "tot", "vost", "volt", "wit", "yet", "apt", "kost", "tha")
)  # fmt: skip
"""Abbreviations that are words in headlines in capitals; of these, only those in `ZONES` count."""


def locales_of(language: str) -> list[str]:
    """Return CLDR's locales of a language, in all territories and scripts."""
    names = localedata.locale_identifiers()
    return sorted(name for name in names if name.partition("_")[0] == language)


def plain(name: str) -> str:
    """Return a word as the reader compares it."""
    name = "".join(
        c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) != "Cf"
    )
    return " ".join(name.casefold().replace(".", "").split())


def months_of(language: str) -> dict[str, int]:
    """Return the number of each name, abbreviation and unambiguous beginning of a name."""
    found: dict[str, set[int]] = defaultdict(set)
    wide: dict[str, int] = {}
    for locale in locales_of(language):
        for width, context in product(("wide", "abbreviated"), ("format", "stand-alone")):
            for number, name in get_month_names(width, context, locale).items():
                if not re.search(r"\d", name):
                    found[plain(name)].add(number)
                    wide |= {plain(name): number} if width == "wide" else {}
        for name, number in _inflected(locale, wide):
            found[name].add(number)
    affixes = {"he": ("ב", ""), "mn": ("", "ын")}.get(language)  # in dates, by CLDR's patterns
    for name, numbers in list(found.items()) if affixes else ():
        found[name.join(affixes)] |= numbers
    found |= {name: {number} for name, number in COLLOQUIAL.get(language, {}).items()}
    clear = {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}
    return _beginnings(wide) | clear


def _inflected(locale: str, wide: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Yield names as they are in dates: some languages inflect them further than in CLDR's list."""
    for number, style in product(range(1, 13), ("long", "full", "medium")):
        names = [name for name in wide if wide[name] == number and len(name) > MIN_BEGINNING]
        text = format_date(date(2026, number, 22), style, locale)
        for word in re.findall(r"[^\W\d](?:[^\s\d,/()]*\w)?", text):
            if any(name in plain(word) for name in names):
                yield plain(word), number


def _beginnings(wide: dict[str, int]) -> dict[str, int]:
    """Return the beginnings of names that are abbreviations of one month only."""
    found: dict[str, set[int]] = defaultdict(set)
    for name, number in wide.items():
        for end in range(MIN_BEGINNING, min(len(name), MAX_BEGINNING + 1)):
            if name[:end].isalpha():
                found[name[:end]].add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}


def half_days_of(language: str) -> dict[str, str]:
    """Return the words of a language for parts of the day, with CLDR's name of the part."""
    words: dict[str, str] = {}
    for locale in locales_of(language):
        periods = Locale.parse(locale).day_periods
        for context in ("stand-alone", "format"):
            for width in ("wide", "abbreviated"):
                for kind, word in dict(periods.get(context, {}).get(width, {})).items():
                    if len(plain(word)) > 1 or not word.isascii():
                        words.setdefault(plain(word), kind.rstrip("12"))
    return words


def orders() -> dict[str, str]:
    """Return whether numeric dates have the day or the month first, by language tag.

    A language whose territories disagree has an entry for each territory only.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for language in LANGUAGES:
        for locale in locales_of(language):
            pattern = Locale.parse(locale).date_formats["short"].pattern
            fields = re.sub(r"[^dMy]", "", re.sub(r"(.)\1+", r"\1", pattern.replace("'", "")))
            if fields in {"dMy", "Mdy"}:
                parts = Locale.parse(locale)
                tag = "-".join(filter(None, (parts.language, parts.territory))).lower()
                found[language][tag] = fields[0].lower()
    result: dict[str, str] = {}
    for language, tags in found.items():
        places = {tag: order for tag, order in tags.items() if "-" in tag}
        if len(set(tags.values())) == 1:
            result[language] = next(iter(tags.values()))
        elif language == "en":
            result |= places
        else:
            # Spanish in the United States is no reason to doubt Spanish.
            usual = max(set(places.values()), key=list(places.values()).count)
            result[language] = usual
            result |= {tag: order for tag, order in places.items() if order != usual}
    return result


def _offsets(zone: str) -> tuple[int, int]:
    """Return the minutes east of Greenwich in winter and in summer."""
    info = ZoneInfo(zone)
    days = [datetime(2026, month, 15, tzinfo=UTC).astimezone(info) for month in (1, 7)]
    offsets = sorted(int(day.utcoffset().total_seconds() // 60) for day in days)  # type: ignore[union-attr]
    return offsets[0], offsets[1]


def zones() -> dict[str, int | str]:
    """Return minutes, or a zone of IANA, by abbreviation."""
    found: dict[str, set[int]] = defaultdict(set)
    for zone in available_timezones():
        for month in (1, 7):
            day = datetime(2026, month, 15, tzinfo=UTC).astimezone(ZoneInfo(zone))
            name = (day.tzname() or "").lower()
            if name.isalpha() and zone.partition("/")[0] != "Etc":
                found[name].add(int(day.utcoffset().total_seconds() // 60))  # type: ignore[union-attr]
    result: dict[str, int | str] = {
        name: min(minutes) for name, minutes in found.items() if len(minutes) == 1
    }
    old: dict[str, set[int]] = defaultdict(set)
    for pattern in timezone_info_list:
        for name, seconds in pattern["timezones"]:
            if re.fullmatch(r"[A-Z]{3,4}", name) and seconds % 900 == 0:
                old[name.lower()].add(seconds // 60)
    for name, minutes in old.items():
        if len(minutes) == 1 and name not in WORDS:
            result.setdefault(name, min(minutes))
    result |= ZONES
    return {name: value for name, value in sorted(result.items()) if name not in UNCLEAR}


def zone_names() -> dict[str, int | str]:
    """Return minutes, or a zone of IANA, by long English name, such as "eastern time"."""
    places: dict[str, str] = {}
    for zone, meta in get_global("meta_zones").items():
        if zone in available_timezones():
            places.setdefault(meta, zone)
    places |= {"America_Eastern": "America/New_York", "America_Central": "America/Chicago",
               "America_Mountain": "America/Denver", "America_Pacific": "America/Los_Angeles",
               "Europe_Central": "Europe/Berlin", "GMT": "UTC"}  # fmt: skip
    result: dict[str, int | str] = {}
    for meta, names in Locale.parse("en").meta_zones.items():
        if meta not in places:
            continue
        winter, summer = _offsets(places[meta])
        for kind, name in dict(names.get("long", {})).items():
            value: dict[str, Any] = {
                "standard": winter,
                "daylight": summer,
                "generic": places[meta],
            }
            result[plain(name)] = winter if winter == summer else value[kind]
    return dict(sorted(result.items()))


def time_words() -> dict[str, Any]:
    """Return the content of the file."""
    # A process for each language: Babel 2.18 lets locales that were read before leak into others.
    with get_context("spawn").Pool(maxtasksperchild=1) as pool:
        months = pool.map(months_of, LANGUAGES, chunksize=1)
        half_days = pool.map(half_days_of, LANGUAGES, chunksize=1)
    return {
        "months": dict(zip(LANGUAGES, months, strict=True)),
        "half_days": dict(zip(LANGUAGES, half_days, strict=True)),
        "orders": orders(),
        "zones": zones(),
        "local_zones": {name: by for name, by in LOCAL_ZONES.items() if by},
        "zone_names": zone_names(),
    }


if __name__ == "__main__":
    OUT.parent.mkdir(exist_ok=True)
    text = json.dumps(time_words(), ensure_ascii=False, indent=0, sort_keys=True)
    OUT.write_text(text + "\n", encoding="utf-8")
