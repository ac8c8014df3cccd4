"""Find what a page says about itself: counters of comments and views, and times of its update.

Such notes change by themselves, at every fetch. A reader who knows the version before does not
notice them.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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

_LONGEST_SHORT: Final = 2
"""Longest word that is no sign of a note by itself: "h" or "to"."""

SHORT: Final = 3
"""Longest word that may stand beside the words of a note without being one of them: prepositions,
articles, units and time zones."""

_SEPARATOR = re.compile(r"[|·•∙⋅●▪()\[\]]| [–—/-] ")
_DIVIDERS = frozenset("|·•∙⋅●▪()[]–—/-")
_COMMAS = frozenset(",،、")
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
        if kinds[-1] in (_OTHER, _WIDE_PART) or len(kinds) > MOST_WORDS:
            return False  # as nearly every sentence does after a word or two
    if _AMBIGUOUS in kinds and len(kinds) > AMBIGUOUS_WORDS:
        return False
    has_note = _NOTE in kinds
    has_counter = _AMBIGUOUS in kinds and any(map(str.isdigit, folded))
    has_time = _CONNECTING in kinds and _CLOCK.search(folded) is not None
    return (has_note or has_counter or has_time) and not _MEASURED.search(text)


_OTHER, _NOTE, _AMBIGUOUS, _CONNECTING, _SHORT, _WIDE_PART = range(6)
"""Kinds of words; numbers, since they are compared for every word of every article."""

_NOTES = frozenset({_NOTE, _AMBIGUOUS, _WIDE_PART})


@lru_cache(maxsize=1 << 14)
def _kind(word: str) -> int:
    known = _note_words()
    if _WIDE.search(word):
        return _wide_kind(word, known)
    is_time = word in known.times and len(word) > _LONGEST_SHORT
    if is_time or word in known.days or word.startswith(known.stems):
        return _NOTE
    if word.startswith(known.ambiguous):
        return _AMBIGUOUS
    if word in known.connecting:
        return _CONNECTING
    return _SHORT if len(word) <= SHORT or not word.isalpha() else _OTHER


def _wide_kind(word: str, known: "_NoteWords") -> int:
    if word in known.times:
        return _NOTE
    if known.unspaced.fullmatch(word):
        return _SHORT if _COUNT_WORD.fullmatch(word) else _NOTE
    return _WIDE_PART if len(word) == 1 or not word.isalpha() else _OTHER


def without_page_notes(sentences: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """Return sentences without the notes of the page, also where one is part of a line.

    Args:
        sentences: Sentences and lines of a text, each with its `streams.dedupe.features.tokens`.

    Examples:
        >>> lines = ["By Jane Doe | 5 minutes ago | 23 comments", "Rain fell."]
        >>> without_page_notes((line, line.casefold().split()) for line in lines)
        ['By Jane Doe', 'Rain fell.']
    """
    kept = (
        _without_notes(sentence) if _may_have_notes(sentence, words) else sentence
        for sentence, words in sentences
    )
    return [sentence for sentence in kept if sentence]


def _may_have_notes(sentence: str, words: Sequence[str]) -> bool:
    """Return whether a sentence is worth a closer look: most are not, which saves time."""
    if len(sentence) > MOST_LETTERS:
        return False
    if all(map(_kind, words)):
        return True
    is_divided = not _DIVIDERS.isdisjoint(sentence) or _is_list(sentence)
    return is_divided and not _NOTES.isdisjoint(map(_kind, words))


def _is_list(sentence: str) -> bool:
    """Return whether a line has parts between commas, and no end of a sentence."""
    return not _COMMAS.isdisjoint(sentence) and sentence.rstrip(_QUOTES)[-1:] not in _ENDS


def _without_notes(sentence: str) -> str:
    if is_page_note(sentence):
        return ""
    parts = [part for part in _SEPARATOR.split(sentence) if part]
    if _is_list(sentence):
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
