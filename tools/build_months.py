"""Build the names of months: streams/text/data/months.txt.

    python tools/build_months.py

The source is Unicode CLDR through Babel. One line per month has its names in all languages,
separated by bars. Names that mean two months in two languages are left out. The result is a file
because Babel's data of 60 languages take 60 MB of memory and a second to load.
"""

from pathlib import Path
from typing import Final

from babel.dates import get_month_names

OUT = Path(__file__).parents[1] / "streams" / "text" / "data" / "months.txt"

# fmt: off
LANGUAGES: Final = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "nb", "da", "fi", "is", "pl", "cs", "sk",
    "sl", "hr", "sr", "bs", "uk", "ru", "be", "bg", "mk", "ro", "hu", "el", "tr", "az", "et",
    "lv", "lt", "sq", "id", "ms", "vi", "ca", "eu", "gl", "ga", "cy", "ar", "fa", "he", "hi",
    "bn", "ta", "te", "mr", "ur", "th", "sw", "af", "fil", "ka", "hy", "kk", "uz",
)
# fmt: on

COLLOQUIAL: Final = {"sept": {9}, "mrz": {3}, "märz": {3}, "jän": {1}, "jänner": {1}}
"""Names that newspapers use and CLDR does not have."""


def months() -> str:
    """Return the text of the file."""
    found: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    found.setdefault(name.casefold().rstrip("."), set()).add(number)
    found |= COLLOQUIAL
    clear = {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}
    lines = ("|".join(sorted(name for name in clear if clear[name] == n)) for n in range(1, 13))
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(months(), encoding="utf-8")
