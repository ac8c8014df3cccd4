"""Build the names of weekdays: streams/text/data/weekdays.txt.

    python tools/build_weekdays.py

The source is Unicode CLDR through Babel, in the languages of `tools/build_time_words.py`. One line
per day, Monday first, has its names in all languages, separated by bars; the lines serve to
recognize a name, so a name that means two days in two languages is in both.
"""

from pathlib import Path

from babel.dates import get_day_names

from tools.build_time_words import LANGUAGES

OUT = Path(__file__).parents[1] / "streams" / "text" / "data" / "weekdays.txt"


def weekdays() -> str:
    """Return the text of the file."""
    found: list[set[str]] = [set() for _ in range(7)]
    for language in (*LANGUAGES, "ja", "zh", "ko"):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for day, name in get_day_names(width, context, language).items():
                    found[day].add(name.casefold().rstrip("."))
    return "".join("|".join(sorted(names)) + "\n" for names in found)


if __name__ == "__main__":
    OUT.write_text(weekdays(), encoding="utf-8")
