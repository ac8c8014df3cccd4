"""Find what a page says about itself: counters of comments and views, and times of its update.

Such notes change by themselves, at every fetch. A reader who knows the version before does not
notice them.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

MOST_WORDS: Final = 14
"""Largest number of words of a note: "This article was last updated on Tuesday 3 March 2026 at
10:32 a.m. local time" has 13."""

MOST_LETTERS: Final = 160
"""Longest text that is looked at, which saves time."""

AMBIGUOUS_WORDS: Final = 2
"""Largest number of words of a note by an ambiguous counter: "12 shares", "Shares: 12"."""

_SHORT_NOTE: Final = 2
"""Longest word that is no sign of a note by itself: "h" or "to"."""

SHORT: Final = 3
"""Longest word that may stand beside the words of a note without being one of them: prepositions,
articles, units and time zones."""

_SEPARATOR = re.compile(r"[|·•∙⋅●▪()\[\]]| [–—/-] ")
_QUOTES = "\"'”’»)] "
_ENDS = frozenset(".!?…。！？")
_COMMA = re.compile(r"[,،、]")
_WORD = re.compile(r"[^\W\d_]+(?:[\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e]+[^\W\d_]*)*")
"""Letters, with the signs that Arabic, Indian scripts and Thai write above and below them."""
_WIDE = re.compile(r"[぀-ヿ㐀-鿿가-힯฀-๿]")
_COUNT_WORD = re.compile(r"[人次条條数數量件回개회]+")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b")
_MEASURED = re.compile(r"[%‰$€£¥₹₽₺°]")


def is_page_note(text: str) -> bool:
    """Return whether a text is only a counter or a time of the page.

    Examples:
        >>> [is_page_note(text) for text in ("23 comments", "Updated 5 minutes ago", "vor 3 Std.")]
        [True, True, True]
        >>> is_page_note("23 people died"), is_page_note("Shares up 3 points")
        (False, False)
    """
    if len(text) > MOST_LETTERS:
        return False
    folded = text.casefold()
    if not text.isascii():
        folded = unicodedata.normalize("NFKC", folded)
    kinds = []
    for word in _WORD.finditer(folded):
        kinds.append(_kind(word.group()))
        if kinds[-1] is _Kind.OTHER or len(kinds) > MOST_WORDS:
            return False  # as nearly every sentence does after a word or two
    if _Kind.AMBIGUOUS in kinds and len(kinds) > AMBIGUOUS_WORDS:
        return False
    has_note = _Kind.NOTE in kinds
    has_counter = _Kind.AMBIGUOUS in kinds and any(map(str.isdigit, folded))
    has_time = _Kind.CONNECTING in kinds and _CLOCK.search(folded) is not None
    return (has_note or has_counter or has_time) and not _MEASURED.search(text)


class _Kind(Enum):
    NOTE = auto()
    AMBIGUOUS = auto()
    CONNECTING = auto()
    SHORT = auto()
    OTHER = auto()


@lru_cache(maxsize=1 << 14)
def _kind(word: str) -> _Kind:
    known = _note_words()
    is_time = word in known.times and len(word) > _SHORT_NOTE
    if is_time or word in known.days or word.startswith(known.stems):
        return _Kind.NOTE
    if word.startswith(known.ambiguous):
        return _Kind.AMBIGUOUS
    if word in known.connecting:
        return _Kind.CONNECTING
    if _WIDE.search(word):
        if not known.unspaced.fullmatch(word):
            return _Kind.OTHER
        return _Kind.SHORT if _COUNT_WORD.fullmatch(word) else _Kind.NOTE
    return _Kind.SHORT if len(word) <= SHORT else _Kind.OTHER


def without_page_notes(sentences: Iterable[str]) -> list[str]:
    """Return sentences without the notes of the page, also where one is part of a line.

    Args:
        sentences: Sentences and lines of a text.

    Examples:
        >>> without_page_notes(["By Jane Doe | 5 minutes ago | 23 comments", "Rain fell."])
        ['By Jane Doe', 'Rain fell.']
    """
    return [kept for kept in map(_without_notes, sentences) if kept]


def _without_notes(sentence: str) -> str:
    if len(sentence) > MOST_LETTERS:
        return sentence
    if is_page_note(sentence):
        return ""
    parts = [part for part in _SEPARATOR.split(sentence) if part]
    if sentence.rstrip(_QUOTES)[-1:] not in _ENDS:
        parts = [piece for part in parts for piece in _COMMA.split(part) if piece]
    if len(parts) == 1:
        return sentence
    kept = [part for part in parts if not is_page_note(part)]
    if len(kept) == len(parts):
        return sentence
    return ",".join(
        part.strip() for part in kept if _WORD.search(part)
    )  # "Comments | 12": without the 12


@dataclass(frozen=True, slots=True)
class _NoteWords:
    """The words of the two data files, in lower case.

    Attributes:
        times: Words of dates and relative times in some 60 languages.
        stems: Beginnings of words for comments, views, reactions and updates.
        ambiguous: Beginnings of words for counters that mean other things as well.
        days: Words for today and yesterday.
        connecting: Words that stand between those of a note.
        unspaced: All of this in scripts whose words are not separated by spaces.
    """

    times: frozenset[str]
    stems: tuple[str, ...]
    ambiguous: tuple[str, ...]
    days: frozenset[str]
    connecting: frozenset[str]
    unspaced: re.Pattern[str]


@cache
def _note_words() -> _NoteWords:
    """Read the words once in a process."""
    data = files("streams.dedupe").joinpath("data")
    sections: dict[str, list[str]] = {}
    words: list[str] = []
    for line in data.joinpath("note_words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            words += line.split()
    longest_first = sorted(sections["unspaced"], key=len, reverse=True)
    return _NoteWords(
        times=frozenset(data.joinpath("time_words.txt").read_text("utf-8").split()),
        stems=tuple(sections["stems"]),
        ambiguous=tuple(sections["ambiguous"]),
        days=frozenset(sections["days"]),
        connecting=frozenset(sections["connecting"]),
        unspaced=re.compile(f"(?:{'|'.join(longest_first)})+"),
    )
