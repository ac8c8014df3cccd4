"""Find the date in a line that is nothing but a date, with the words of a byline around it.

A date in a sentence is the day of an event, a date after "Version" or "©" is not the article's. So
every word of a line must belong to the date, be a word of `streams/clean/data/date_words.txt`, or
name an author.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from streams.text.dates import ParsedDate, parse_date
from streams.text.time_words import plain_word, time_words

MAX_LINE_CHARACTERS: Final = 160
"""Longest line with a date: ``By Ann Example | Published 2 March 2026, 9:15 | Updated …``."""

MAX_PART_CHARACTERS: Final = 50
"""Longest other part of such a line: a section, "5 comments"."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:[.'’-][^\W\d_]+)*")
_PART: Final = re.compile(
    r"(?<!\s)\s+(?:[|·•–—/∙-]|//)\s+|(?:(?<!\s)\s+)?[|•·]\s*|[\n\t]+|(?:(?<=\s)|(?<=[,;(]))(?=[^\W\d_]{1,20}\s?[:：]\s?[^\W\d])"
)
"""Borders of the parts of a line: a bar, a dash, or a label with a colon such as ``Source: AP``."""

_ZONE: Final = re.compile(r"[A-Z]{2,4}[TZ]|MESZ?|WI[BT]|WITA|Z")
"""Names of time zones end with "time" in English; the others are German and Indonesian."""

_SIGN: Final = re.compile(r"[©®™%$€£#=<>{}*_?!]|\(c\)", re.IGNORECASE)
"""Signs that no line with a date has: it is a copyright, a price, a sentence or a program."""

_VERSION: Final = re.compile(r"\bv\.?\s?\d", re.IGNORECASE)

_RANGE: Final = re.compile(r"(?<!\d)\d{1,2}\.?\s?[-–—]\s?\d{1,2}\.?\s+[^\W\d]")
"""The days of an event: ``12–14 May``."""

_BY: Final = re.compile(
    r"\b(?:(?i:by|von|par|por|di|da|door|av|af|autore?|author|text|przez))\b:?\s+(?=[^\W\d_])"
)
_AUTHOR: Final = re.compile(
    rf"{_BY.pattern}[^\W\d_]+(?:[\s.'’-]+[^\W\d_]+){{0,4}}[\s.]*(?=$|[,;:(]|\d)"
)
"""An author behind "by", up to the date or the end of the part."""

_GLUED: Final = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
"""The border of two words whose space is lost, as often in a row of elements: ``UhrLesedauer``."""

_CREDIT: Final = re.compile(r"[^\W\d_]{1,20}\s?[:：]\s?\D{1,50}")
"""A label and its value: ``Source: AP``."""

MAX_NAME_WORDS: Final = 5
"""Most words of one name; lines with a date have few words in all."""

_CHANGED: Final = re.compile(
    r"modif|updat|aktuali[sz]|actuali[sz]|mise? à jour|edited|changed|\bupd\b|oppdatert|"
    r"uppdater|opdater|güncelle|aggiorn|atualiz|bijgewerkt|gewijzigd|geändert|обновлен|оновлен|更新|수정|تحديث",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LineDate:
    """The date of a line.

    Attributes:
        date: The date.
        is_labeled: Whether a word such as "published" is in the line.
        is_change: Whether the line gives the time of a change, and no other.
    """

    date: ParsedDate
    is_labeled: bool
    is_change: bool = False


def is_change(text: str) -> bool:
    """Return whether a text is about the time of a change.

    Examples:
        >>> is_change("Updated 2 March 2026"), is_change("2 March 2026")
        (True, False)
    """
    return _CHANGED.search(text) is not None


def date_of_line(
    text: str,
    *,
    parse: Callable[[str], ParsedDate | None] = parse_date,
    is_name: Callable[[str], bool] = lambda _: False,
    is_near: bool = False,
) -> LineDate | None:
    """Return the date of a line that is nothing but a date; None for any other line.

    Args:
        text: The line, with its words separated by single spaces.
        parse: Reader of dates, which knows the page's language.
        is_name: Returns whether a text is the name of an author or of the site.
        is_near: Whether the line is next to the headline: it may then have other short parts,
            such as a section, between bars.

    Examples:
        >>> date_of_line("Published: Monday, 2 March 2026, 9:15 am").date.time.day
        2
        >>> date_of_line("The fair of 12 May 2019 was the last in the old hall.") is None
        True
        >>> date_of_line("Version 2026.11.01") is None
        True
    """
    if len(text) > MAX_LINE_CHARACTERS or not any(map(str.isdigit, text)):
        return None
    if _SIGN.search(text) or _RANGE.search(text):
        return None
    if not is_change(text) and _is_only_date(text, is_name) and (date := parse(text)):
        return LineDate(date, is_labeled=_is_labeled(text))
    changed: LineDate | None = None
    found: LineDate | None = None
    for part in filter(None, (part.strip(" ,;.()[]") for part in _PART.split(text))):
        date = parse(part) if _is_only_date(part, is_name) else None
        if date is None:
            if not _is_other_part(part, is_name, is_near=is_near):
                return None
        elif is_change(part) and not _is_published_first(part):
            changed = changed or LineDate(date, is_labeled=True, is_change=True)
        else:
            found = found or LineDate(date, is_labeled=_is_labeled(part))
    return found or changed


def _is_only_date(part: str, is_name: Callable[[str], bool]) -> bool:
    """Return whether every word belongs to the date or to a name."""
    if _VERSION.search(part):
        return False
    return all(_is_date_phrase(words, is_name) for words in _phrases(part))


def _phrases(part: str) -> list[list[str]]:
    """Return the runs of words of a part between digits and commas, without those behind "by"."""
    runs = re.split(r"[\d,;:()\[\]/]+", _GLUED.sub(" ", _AUTHOR.sub(", ", part)))
    return [words for words in map(_WORD.findall, runs) if words]


def _is_date_phrase(words: list[str], is_name: Callable[[str], bool]) -> bool:
    """Return whether a run consists of words of a date and names: ``Ann Example am``."""
    index = 0
    while index < len(words):
        sizes = range(min(MAX_NAME_WORDS, len(words) - index), 0, -1)
        named = next((n for n in sizes if is_name(" ".join(words[index : index + n]))), 0)
        if not named and not _is_date_word(words[index]):
            return False
        index += named or 1
    return True


def _is_other_part(part: str, is_name: Callable[[str], bool], *, is_near: bool) -> bool:
    """Return whether a part without a date can be beside one: a name, or a label and its value."""
    if is_name(_BY.sub("", part).strip(" :,;")):
        return True
    if all(map(_is_date_word, _WORD.findall(part))) or _CREDIT.fullmatch(part):
        return True
    return is_near and len(part) <= MAX_PART_CHARACTERS and not re.search(r"\d{4}|\d[./-]\d", part)


def _is_published_first(part: str) -> bool:
    """Return whether "published" is before "updated": the first date is then the right one."""
    change = _CHANGED.search(part)
    before = part[: change.start()] if change else part
    return any(map(str.isdigit, before))


def _is_date_word(word: str) -> bool:
    key = word.casefold()
    return (
        key in _words()[0]
        or key in _words()[1]
        or key in _weekdays()
        or plain_word(word) in _months()
        or (word.isupper() and (key in time_words()["zones"] or _ZONE.fullmatch(word) is not None))
        or _is_ideographic(word)
    )


def _is_ideographic(word: str) -> bool:
    """Return whether a word without spaces consists of labels and units: ``年``, ``发布时间``."""
    if word.isascii():
        return False
    labels, fillers = _words()
    rest = word
    while rest:
        size = next((n for n in range(min(6, len(rest)), 0, -1) if rest[:n] in labels | fillers), 0)
        if not size or not "\u2e80" <= rest[0] <= "\ud7af":
            return False
        rest = rest[size:]
    return True


def _is_labeled(part: str) -> bool:
    labels = _words()[0]
    return any(word.casefold() in labels for word in _WORD.findall(part)) or any(
        label in part for label in labels if not label.isascii() and label[0] >= "\u2e80"
    )


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words for publication, and the other words of a line with a date."""
    text = files("streams.clean").joinpath("data/date_words.txt").read_text("utf-8")
    labels: set[str] = set()
    fillers: set[str] = set()
    for line in text.splitlines():
        kind, _, words = line.partition(" ")
        if kind in {"label", "filler"}:
            (labels if kind == "label" else fillers).update(words.casefold().split())
    return frozenset(labels), frozenset(fillers)


@cache
def _months() -> frozenset[str]:
    """Return the words of the names of months, in all languages."""
    months = time_words()["months"].values()
    return frozenset(word for names in months for name in names for word in name.split())


@cache
def _weekdays() -> frozenset[str]:
    text = files("streams.text").joinpath("data/weekdays.txt").read_text("utf-8")
    return frozenset(
        word for line in text.splitlines() for name in line.split("|") for word in name.split()
    )
