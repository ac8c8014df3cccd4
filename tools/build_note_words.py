"""Build the words of dates and of times ago: streams/dedupe/data/time_words.txt.

    python tools/build_note_words.py

The source is Unicode CLDR through Babel, for the languages of `build_time_words`: names of months,
days and units, and the patterns of relative times, such as "vor {0} Minuten". One word a line; a
pattern of a script without spaces is left in one piece.
"""

import re
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.dates import get_day_names, get_month_names, get_period_names
from build_time_words import COLLOQUIAL, LANGUAGES

OUT = Path(__file__).parents[1] / "streams" / "dedupe" / "data" / "time_words.txt"

UNITS: Final = ("second", "minute", "hour", "day", "week", "month", "year")
CHINESE: Final = ("zh_Hant",)
"""The script that `build_time_words` leaves out, since its months are numbers."""

_WORD: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e])*")
"""Letters, with the signs that Arabic, Indian scripts and Thai write above and below them."""


def time_words() -> str:
    """Return the text of the file."""
    found = {name for names in COLLOQUIAL.values() for name in names}
    for language in (*LANGUAGES, *CHINESE):
        for text in (*_names(language), *_patterns(language)):
            found.update(_WORD.findall(text.replace("{0}", " ").casefold()))
    return "".join(f"{word}\n" for word in sorted(found))


def _names(language: str) -> list[str]:
    names = [*get_period_names(locale=language).values()]
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            names += get_month_names(width, context, language).values()
            names += get_day_names(width, context, language).values()
    return names


def _patterns(language: str) -> list[str]:
    data = Locale.parse(language)._data  # noqa: SLF001  # Babel has no other way to the patterns
    patterns: list[str] = []
    for unit in UNITS:
        patterns += _texts(data["unit_patterns"].get(f"duration-{unit}", {}))
        for width in ("", "-short"):
            patterns += _texts(data["date_fields"].get(f"{unit}{width}", {}))
    return patterns


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for key in value if key != "future" for text in _texts(value[key])]


if __name__ == "__main__":
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(time_words(), encoding="utf-8")
