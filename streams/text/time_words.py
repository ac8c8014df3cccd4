"""The words of dates and times in about 80 languages: months, parts of the day, order of numbers.

The data are built from Unicode CLDR by `tools/build_time_words.py`.
"""

import re
from collections import Counter
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

import orjson

CLEAR_MAJORITY: Final = 3
"""How many times more languages must agree on a month's name than disagree, for texts of unknown
language: "mei" is May in seven; "listopad" is November in Polish and Czech, October in Croatian."""

MAX_POINTED: Final = 5
"""Letters, with their marks, of the longest abbreviation whose letters points may follow."""

_MEANINGS: Final = {
    "am": "am",
    "morning": "am",
    "pm": "pm",
    "afternoon": "pm",
    "evening": "pm",
    "night": "night",
    "noon": "noon",
    "midnight": "midnight",
}


@cache
def time_words() -> dict[str, Any]:
    """Return the content of the data file."""
    content: dict[str, Any] = orjson.loads(
        files("streams.text").joinpath("data/time_words.json").read_bytes()
    )
    return content


@lru_cache(maxsize=256)
def language_of(tag: str) -> str:
    """Return the language of a tag in lower case; empty if the file does not have it.

    Examples:
        >>> language_of("PT_br"), language_of("x-klingon")
        ('pt', '')
    """
    language = tag.strip().replace("_", "-").partition("-")[0].lower()
    return language if language in time_words()["months"] else ""


def month_number(name: str, language: str = "") -> int | None:
    """Return the number of a month from its name, in any case, or its abbreviation.

    A name that means two months in two languages is read in the given language, or else in English.

    Args:
        name: One or more words, without digits.
        language: Language of the text as a tag such as ``pl`` or ``en-US``; empty if unknown.

    Examples:
        >>> month_number("Février"), month_number("Sept."), month_number("soon")
        (2, 9, None)
        >>> month_number("listopada", "pl"), month_number("listopada", "hr")
        (11, 10)
    """
    return month_names(language).get(plain_word(name))


def month_names(language: str = "") -> dict[str, int]:
    """Return the numbers of the months by `plain_word` of their names; see `month_number`."""
    return _month_names(language_of(language))


@cache
def phrase_beginnings(language: str) -> frozenset[str]:
    """Return the first words of the names that have several words."""
    return frozenset(name.partition(" ")[0] for name in month_names(language) if " " in name)


def month_first(language: str) -> bool | None:
    """Return whether the month precedes the day in numeric dates; None if unknown.

    Examples:
        >>> month_first("en-US"), month_first("fr"), month_first("en")
        (True, False, None)
    """
    tag = language.strip().replace("_", "-").lower()
    orders = time_words()["orders"]
    order = orders.get(tag) or orders.get(tag.partition("-")[0])
    return None if order is None else order == "m"


def half_day_before(text: str, language: str = "") -> str:
    """Return the part of the day that ends a text: ``am``, ``pm``, ``night`` or another.

    Examples:
        >>> half_day_before("22日 오후 ", "ko"), half_day_before("at ")
        ('pm', '')
    """
    language = language_of(language)
    # The patterns have hundreds of words, and are slow.
    if not _joined(text[-30:]).endswith(_joined_half_days(language)):
        return ""
    match = _half_day_patterns(language)[0].search(text[-30:])
    return _joined_meanings(language)[_joined(match[1])] if match else ""


def half_day_after(text: str, language: str = "") -> tuple[str, int]:
    """Return the part of the day that begins a text, and the length of its word.

    Examples:
        >>> half_day_after(" p.m. ET"), half_day_after(" de la tarde", "es"), half_day_after(" Uhr")
        (('pm', 5), ('pm', 12), ('', 0))
    """
    language = language_of(language)
    if not _joined(text[:40]).startswith(_joined_half_days(language)):
        return "", 0
    match = _half_day_patterns(language)[1].match(text[:40])
    return (_joined_meanings(language)[_joined(match[1])], match.end()) if match else ("", 0)


def _joined(text: str) -> str:
    """Return a text without points, commas and white space, to compare "p. m." with "pm"."""
    return "".join(text.casefold().replace(".", "").replace(",", "").split())


@cache
def _joined_meanings(language: str) -> dict[str, str]:
    return {_joined(word): kind for word, kind in _half_days(language).items()}


@cache
def _joined_half_days(language: str) -> tuple[str, ...]:
    return tuple(_joined_meanings(language))


def plain_word(name: str) -> str:
    """Return a word as it is compared: in lower case, without points.

    Examples:
        >>> plain_word("Sept.")
        'sept'
    """
    return " ".join(name.casefold().replace(".", "").split())


@cache
def _month_names(language: str) -> dict[str, int]:
    months: dict[str, dict[str, int]] = time_words()["months"]
    return _common_months() | months.get(language, {})


@cache
def _common_months() -> dict[str, int]:
    """Map the names that mean one month in nearly all languages, or in English, to its number."""
    months: dict[str, dict[str, int]] = time_words()["months"]
    found: dict[str, Counter[int]] = {}
    for names in months.values():
        for name, number in names.items():
            found.setdefault(name, Counter())[number] += 1
    usual = {name: numbers.most_common(1)[0] for name, numbers in found.items()}
    return {
        name: number
        for name, (number, n_languages) in usual.items()
        if n_languages >= CLEAR_MAJORITY * (found[name].total() - n_languages)
    } | months["en"]


@cache
def _half_days(language: str) -> dict[str, str]:
    """Map words to parts of the day: the language's, English ones, and words of other scripts.

    Latin words of other languages are left out: Hungarian "de." (in the morning) is a word in many.
    """
    by_language: dict[str, dict[str, str]] = time_words()["half_days"]
    found: dict[str, set[str]] = {}
    for words in by_language.values():
        for word, kind in words.items():
            if not _is_latin(word):
                found.setdefault(word, set()).add(_MEANINGS[kind])
    clear = {word: min(kinds) for word, kinds in found.items() if len(kinds) == 1}
    own = {word: _MEANINGS[kind] for word, kind in by_language.get(language, {}).items()}
    return clear | {"am": "am", "pm": "pm", "a m": "am", "p m": "pm", "noon": "noon"} | own


def _is_latin(word: str) -> bool:
    return word[0] < "\u0370"


@cache
def _half_day_patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a word at the end and at the beginning of a text."""
    words = sorted(_half_days(language), key=len, reverse=True)
    # Points and white space are optional within the word: "p.m.", "p. m.", "PM", "μ.μ.".
    spelled = "|".join(
        r"\.?\s?".join(re.escape(letter) for letter in word.replace(" ", ""))
        if len(word.replace(" ", "")) <= MAX_POINTED
        else re.escape(word).replace(r"\ ", r"\s")
        for word in words
    )
    before = re.compile(rf"(?:^|(?<=[\W\d_]))({spelled})\.?[\s,]*$", re.IGNORECASE)
    after = re.compile(rf"[\s,]*({spelled})(?![^\W\d_])\.?", re.IGNORECASE)
    return before, after
