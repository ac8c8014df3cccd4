"""Paragraphs that say things twice in, every sentence once out."""

import re
from collections import Counter
from itertools import pairwise
from typing import Final

from streams.clean.body.sentences import split_glued_sentences, split_glued_words, split_sentences

MIN_REPEAT_CHARACTERS: Final = 40
"""Letters and digits a sentence needs for its repetition to be an accident (reports, 2026-11-22).

Shorter ones are repeated on purpose: "He said no."
"""

MIN_SHORT_REPEAT_CHARACTERS: Final = 8
"""The same for a text that is known to repeat itself."""

MIN_COVERAGE: Final = 0.5
"""Share of a paragraph that others must make up for it to be a concatenation of them."""

MAX_PARAGRAPHS_COMPARED: Final = 500
"""Above it a text is no article; comparing each with each would take seconds."""

MAX_CONCATENATIONS: Final = 3
"""How many of the longest paragraphs are looked at."""

_WORD = re.compile(r"[^\W\d_]+")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-"})


def remove_repetition(paragraphs: list[str]) -> list[str]:
    """Give every sentence once, in the order of the fullest account.

    Where one paragraph is a concatenation of others, often glued together by
    a program that lost their breaks, its order counts and the others' breaks.

    Args:
        paragraphs: In the order found.

    Returns:
        Paragraphs without repeated sentences and without glued ones.

    Examples:
        >>> said = "It was late on Tuesday when the ministers met in the city."
        >>> remove_repetition([said, said]) == [said]
        True
    """
    distinct = _distinct(paragraphs, MIN_REPEAT_CHARACTERS)
    spread = _concatenations_spread(distinct)
    vocabulary = frozenset(word.lower() for text in spread for word in _WORD.findall(text))
    pieces = [piece for text in spread for piece in _parted(text, vocabulary)]
    repeats_itself = len(distinct) < len(paragraphs) or spread != distinct
    if repeats_itself:
        pieces = _distinct(pieces, MIN_SHORT_REPEAT_CHARACTERS)
    return _sentences_once(pieces, repeats_itself=repeats_itself)


def comparison_key(text: str) -> str:
    """Reduce a text to what two spellings of it share: letters and digits, case folded.

    Examples:
        >>> comparison_key("“Yes” – he said") == comparison_key('"Yes" - He said')
        True
    """
    return "".join(filter(str.isalnum, text.casefold()))


def _distinct(paragraphs: list[str], shortest: int) -> list[str]:
    """Leave out paragraphs that came before; rows of a table are alike on purpose."""
    seen: set[str] = set()
    kept: list[str] = []
    for paragraph in paragraphs:
        key = comparison_key(paragraph)
        if key in seen and len(key) >= shortest:
            continue
        seen.add(key)
        kept.append(paragraph)
    return kept


def _concatenations_spread(paragraphs: list[str]) -> list[str]:
    """Put the parts of a concatenation in its place, in its order, and nowhere else."""
    if len(paragraphs) > MAX_PARAGRAPHS_COMPARED:
        return paragraphs
    longest = sorted(paragraphs, key=len, reverse=True)[:MAX_CONCATENATIONS]
    for whole in longest:
        others = [paragraph for paragraph in paragraphs if paragraph is not whole]
        parts, contained = _parts(whole, others)
        if parts:
            rest = [p for p in paragraphs if p is whole or p not in contained]
            index = rest.index(whole)
            paragraphs = [*rest[:index], *parts, *rest[index + 1 :]]
    return paragraphs


def _parts(whole: str, others: list[str]) -> tuple[list[str], set[str]]:
    """Cut a concatenation where its parts begin and end.

    Returns:
        Its pieces in order, and which of the others it contains; nothing if
        it is no concatenation.
    """
    compact, positions = _compact(whole)
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
    edges = [positions[cut] for cut in cuts if cut < len(positions)] + [len(whole)]
    pieces: list[str] = []
    for begin, end in pairwise(edges):
        piece = whole[begin:end].strip()
        if pieces and not comparison_key(piece):
            pieces[-1] += piece  # The full stop that the part lacked.
        elif piece:
            pieces.append(piece)
    return pieces, contained


def _compact(text: str) -> tuple[str, list[int]]:
    """Leave out white space, unify quotation marks and dashes; and say where each character was."""
    positions = [index for index, character in enumerate(text) if not character.isspace()]
    return "".join(text[index] for index in positions).translate(_QUOTES), positions


def _parted(text: str, vocabulary: frozenset[str]) -> list[str]:
    """Cut a paragraph where sentences are glued; words within only if sentences are, too."""
    pieces = split_glued_sentences(text)
    if len(pieces) == 1:
        return pieces
    return [part.strip() for piece in pieces for part in split_glued_words(piece, vocabulary)]


def _sentences_once(paragraphs: list[str], *, repeats_itself: bool) -> list[str]:
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
