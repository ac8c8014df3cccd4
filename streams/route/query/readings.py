"""Readings of a text: lists of words that differ where a word can be spelled in two ways.

Signs within a word and hyphens may be left out (*O'Brien* and *OBrien*, *1,000* and *1000*,
*e-mail* and *email*), and some letters may be spelled as two (*Müller* and *Mueller*). A query has
readings by the same rules; it matches where one of its readings occurs in one of the text's.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from streams.route.query.normalize import (
    DIGIT_SPACE,
    INVISIBLE,
    LONG_SPELLINGS,
    PLAIN_SPELLINGS,
    fold_text,
    parted,
    word_pattern,
    words_of,
)

WordSpan = tuple[str, int, int]
"""A word and its position: index of the first character, and one past the last."""

_Way = tuple[bool, bool, bool]
"""How a text is read: without signs within words, without hyphens, with long spellings."""

_INSIDE: Final = re.compile(
    r"(?<=[^\W\d_])['.](?=[^\W\d_])"  # O'Brien, U.S.
    r"|(?<=[\u05d0-\u05ea])\"(?=[\u05d0-\u05ea])"  # acronyms in Hebrew
    r"|\u200c"  # between the parts of a Persian word
)
"""Signs within a word, which many leave out."""

_NUMBER: Final = re.compile(
    r"(?<!\w)(?<!\w[.,'])[1-9]\d{0,2}(?:(?:,\d{2,3})*,\d{3}|(?:\.\d{3})+|(?:'\d{3})+)(?!\d)"
)
"""A number with separators of thousands (in India, of lakhs); not a decimal such as 0.125."""

_SEPARATOR: Final = re.compile(r"[,.']")

_HYPHEN: Final = re.compile(r"(?<=[^\W\d_])-(?=[^\W_])|(?<=\d)-(?=[^\W\d_])")
"""A hyphen within a word; not one between digits, as in a result of 2-1."""

_INSIDE_OR_HYPHEN: Final = re.compile(f"{_INSIDE.pattern}|{_HYPHEN.pattern}")

_TWO_SPELLINGS: Final = re.compile(r"[äåöøü]")

_CHUNK_AS_WRITTEN: Final = re.compile(rf"(?:\S|{DIGIT_SPACE.pattern})+")


def word_readings(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the readings of a text as words, the first one first, each once.

    Examples:
        >>> word_readings("E-mail")
        (('e', 'mail'), ('email',))
        >>> word_readings("U.S.-led")
        (('u', 's', 'led'), ('us', 'led'))
        >>> word_readings("1,000 Müller")
        (('1', '000', 'muller'), ('1000', 'muller'), ('1', '000', 'mueller'), ('1000', 'mueller'))
    """
    folded = fold_text(text)
    read = (tuple(words_of(_read(folded, way))) for way in _ways(folded))
    return tuple(dict.fromkeys(read))


def altered_words(compound_words: str) -> frozenset[str]:
    """Return the words of all readings but the first, where these differ from it.

    Args:
        compound_words: Of `streams.route.query.normalize.compounds`.

    Returns:
        The words of the compounds in which readings differ. A phrase that occurs in another reading
        and not in the first one has one of them.
    """
    found: set[str] = set()
    for word in set(compound_words.split()).difference(parted(compound_words).split()):
        found |= _altered_of_compound(word)
    return frozenset(found)


@lru_cache(maxsize=50_000)
def _altered_of_compound(word: str) -> frozenset[str]:
    """Return the words of all readings but the first of a folded text without spaces."""
    return frozenset(part for way in _ways(word)[1:] for part in words_of(_read(word, way)))


def reading_spans(text: str) -> tuple[tuple[WordSpan, ...], ...]:
    """Return the readings of a text with the position of each word.

    Returns:
        The readings of `word_readings`, in the same order. Where one character becomes several
        words, all have its position.

    Examples:
        >>> reading_spans("Über  e-mail!")[0]
        (('uber', 0, 4), ('e', 6, 7), ('mail', 8, 12))
        >>> reading_spans("Über  e-mail!")[1]
        (('uber', 0, 4), ('email', 6, 12))
    """
    found: dict[tuple[str, ...], tuple[WordSpan, ...]] = {}
    for way in _ways(fold_text(text)):
        spans = tuple(
            (word, chunk.start() + start, chunk.start() + end)
            for chunk in _CHUNK_AS_WRITTEN.finditer(text)
            for word, start, end in _chunk_spans(chunk[0], way)
        )
        found.setdefault(tuple(word for word, _, _ in spans), spans)
    return tuple(found.values())


def written_word(text: str) -> str:
    """Return a word as it is written, for comparisons that respect case and accents.

    Examples:
        >>> written_word("U.S"), written_word("Café")
        ('US', 'Café')
    """
    if text.isascii() and text.isalnum():
        return text
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return "".join(
        char for char in plain if char.isalnum() or unicodedata.category(char).startswith("M")
    )


def _ways(folded: str) -> list[_Way]:
    signs = bool(_INSIDE.search(folded) or _NUMBER.search(folded))
    ways = [(False, False, False)]
    if signs:
        ways.append((True, False, False))
    if _HYPHEN.search(folded):
        ways.append((True, True, False))
    if _TWO_SPELLINGS.search(folded):
        ways += [
            (without_signs, without_hyphens, True) for without_signs, without_hyphens, _ in ways
        ]
    return ways


def _read(folded: str, way: _Way) -> str:
    """Return one reading of a folded text, not yet in words."""
    without_signs, without_hyphens, long = way
    if without_signs:
        folded = _NUMBER.sub(lambda number: _SEPARATOR.sub("", number[0]), folded)
        signs = _INSIDE_OR_HYPHEN if without_hyphens else _INSIDE
        folded = signs.sub("", folded)
    return folded.translate(LONG_SPELLINGS if long else PLAIN_SPELLINGS)


def _sources(folded: str, way: _Way) -> Iterator[int]:
    """Yield, for each character of a reading, its index in the folded text."""
    without_signs, without_hyphens, long = way
    dropped: set[int] = set()
    if without_signs:
        dropped |= {
            number.start() + sign.start()
            for number in _NUMBER.finditer(folded)
            for sign in _SEPARATOR.finditer(number[0])
        }
        signs = _INSIDE_OR_HYPHEN if without_hyphens else _INSIDE
        dropped |= {sign.start() for sign in signs.finditer(folded)}
    for index, character in enumerate(folded):
        if index not in dropped:
            yield from [index] * len(LONG_SPELLINGS.get(ord(character), "1") if long else "1")


@lru_cache(maxsize=10_000)
def _chunk_spans(chunk: str, way: _Way) -> tuple[WordSpan, ...]:
    """Return the words of a text without spaces, in one reading, with their positions."""
    folded = fold_text(chunk)
    reading = _read(folded, way)
    words = word_pattern(reading).finditer(reading)
    owners = _owners(chunk, folded)
    if owners is None:  # combining characters change each other: rare marks, parts of Hangul
        return tuple((word[0], 0, len(chunk)) for word in words)
    sources = tuple(_sources(folded, way))
    return tuple(
        (
            word[0],
            owners[sources[word.start()]],
            _with_marks(chunk, owners[sources[word.end() - 1]] + 1),
        )
        for word in words
    )


def _owners(chunk: str, folded: str) -> list[int] | None:
    """Return, for each character of a folded chunk, the index of the one that it comes from.

    Returns:
        None if the characters cannot be folded one by one.
    """
    if len(chunk) == len(folded) and chunk.isascii():
        return list(range(len(chunk)))
    owners: list[int] = []
    for index, character in enumerate(chunk):
        if character == "\u200c":  # stays or goes with its neighbors
            width = int(character in fold_text(chunk[max(0, index - 1) : index + 2]))
        else:
            width = len(fold_text(character))
        owners += [index] * width
    return owners if len(owners) == len(folded) else None


def _with_marks(chunk: str, end: int) -> int:
    """Return the end of a span extended by the combining marks of its last character."""
    while end < len(chunk) and unicodedata.category(chunk[end]).startswith("M"):
        end += 1
    return end
