"""Remove repeated sentences and paragraphs."""

import re
from collections import Counter
from itertools import pairwise
from typing import Final

from streams.clean.body.sentences import split_glued_sentences, split_glued_words, split_sentences

MIN_REPEAT_CHARACTERS: Final = 40
"""Fewest letters and digits of a sentence repeated by accident (reports, 2026-11-22).

Shorter sentences are repeated on purpose: "He said no."
"""

MIN_SHORT_REPEAT_CHARACTERS: Final = 8
"""The same for a text that repeats longer sentences."""

MIN_COVERAGE: Final = 0.5
"""Least share of a concatenation that other paragraphs cover."""

MAX_PARAGRAPHS_COMPARED: Final = 500
"""A text with more is not an article; comparing all pairs would take seconds."""

MAX_CONCATENATIONS: Final = 3
"""Number of the longest paragraphs that are checked for concatenations."""

_WORD = re.compile(r"[^\W\d_]+")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-"})


def remove_repetition(paragraphs: list[str]) -> list[str]:
    """Return every sentence once, in the order of the most complete paragraph.

    If one paragraph is a concatenation of others, often written by
    a program that lost their breaks, the result has its order and the others' breaks.

    Args:
        paragraphs: Paragraphs in the order found.

    Returns:
        Paragraphs without repeated sentences and without glued ones.

    Examples:
        >>> sentence = "It was late on Tuesday when the ministers met in the city."
        >>> remove_repetition([sentence, sentence]) == [sentence]
        True
    """
    distinct = _distinct(paragraphs, MIN_REPEAT_CHARACTERS)
    expanded = _expand_concatenations(distinct)
    vocabulary = frozenset(word.lower() for text in expanded for word in _WORD.findall(text))
    pieces = [piece for text in expanded for piece in _split_glued(text, vocabulary)]
    repeats_itself = len(distinct) < len(paragraphs) or expanded != distinct
    if repeats_itself:
        pieces = _distinct(pieces, MIN_SHORT_REPEAT_CHARACTERS)
    return _without_repeated_sentences(pieces, repeats_itself=repeats_itself)


def comparison_key(text: str) -> str:
    """Return the letters and digits of a text, case folded, which are equal for all its spellings.

    Examples:
        >>> comparison_key("“Yes” – he said") == comparison_key('"Yes" - He said')
        True
    """
    return "".join(filter(str.isalnum, text.casefold()))


def _distinct(paragraphs: list[str], shortest: int) -> list[str]:
    """Return paragraphs without repetitions; short ones, such as rows of a table, may repeat."""
    seen: set[str] = set()
    kept: list[str] = []
    for paragraph in paragraphs:
        key = comparison_key(paragraph)
        if key in seen and len(key) >= shortest:
            continue
        seen.add(key)
        kept.append(paragraph)
    return kept


def _expand_concatenations(paragraphs: list[str]) -> list[str]:
    """Replace a concatenation by its parts, in its order, and remove them elsewhere."""
    if len(paragraphs) > MAX_PARAGRAPHS_COMPARED:
        return paragraphs
    longest = sorted(paragraphs, key=len, reverse=True)[:MAX_CONCATENATIONS]
    for candidate in longest:
        others = [p for p in paragraphs if p is not candidate]
        parts, contained = _parts(candidate, others)
        if parts:
            rest = [p for p in paragraphs if p is candidate or p not in contained]
            index = rest.index(candidate)
            paragraphs = [*rest[:index], *parts, *rest[index + 1 :]]
    return paragraphs


def _parts(paragraph: str, others: list[str]) -> tuple[list[str], set[str]]:
    """Split a concatenation where its parts begin and end.

    Returns:
        Its pieces in order, and the other paragraphs that it contains; both empty if
        it is not a concatenation.
    """
    compact, positions = _compact(paragraph)
    spans: list[tuple[int, int]] = []
    contained: set[str] = set()
    for other in sorted(others, key=len, reverse=True):
        part = _compact(other)[0]
        at = compact.find(part) if len(part) >= MIN_REPEAT_CHARACTERS else -1
        if at < 0:
            continue
        contained.add(other)
        if not any(start < at + len(part) and at < end for start, end in spans):
            spans.append((at, at + len(part)))
    covered = sum(end - start for start, end in spans)
    if len(spans) <= 1 or covered < MIN_COVERAGE * len(compact):
        return [], set()
    cuts = sorted({0, *(position for span in spans for position in span)})
    edges = [positions[cut] for cut in cuts if cut < len(positions)] + [len(paragraph)]
    pieces: list[str] = []
    for begin, end in pairwise(edges):
        piece = paragraph[begin:end].strip()
        if pieces and not comparison_key(piece):
            pieces[-1] += piece  # The period that the part lacks.
        elif piece:
            pieces.append(piece)
    return pieces, contained


def _compact(text: str) -> tuple[str, list[int]]:
    """Return a text without white space, with plain quotes and dashes, and the old positions."""
    positions = [index for index, character in enumerate(text) if not character.isspace()]
    return "".join(text[index] for index in positions).translate(_QUOTES), positions


def _split_glued(text: str, vocabulary: frozenset[str]) -> list[str]:
    """Split glued sentences of a paragraph, and glued words if there are glued sentences."""
    pieces = split_glued_sentences(text)
    if len(pieces) == 1:
        return pieces
    return [part.strip() for piece in pieces for part in split_glued_words(piece, vocabulary)]


def _without_repeated_sentences(paragraphs: list[str], *, repeats_itself: bool) -> list[str]:
    cut = [split_sentences(paragraph) for paragraph in paragraphs]
    counts = Counter(comparison_key(sentence) for parts in cut for sentence in parts)
    long_repeat = any(n > 1 and len(key) >= MIN_REPEAT_CHARACTERS for key, n in counts.items())
    shortest = (
        MIN_SHORT_REPEAT_CHARACTERS if repeats_itself or long_repeat else MIN_REPEAT_CHARACTERS
    )
    seen: set[str] = set()
    kept: list[str] = []
    for paragraph, parts in zip(paragraphs, cut, strict=True):
        keys = [comparison_key(sentence) for sentence in parts]
        fresh = [
            sentence
            for sentence, key in zip(parts, keys, strict=True)
            if len(key) < shortest or key not in seen
        ]
        seen.update(keys)
        if len(fresh) == len(parts):
            kept.append(paragraph)
        elif any(comparison_key(sentence) for sentence in fresh):
            kept.append(" ".join(fresh))
    return kept
