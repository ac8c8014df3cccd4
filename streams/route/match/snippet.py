"""Cut the passage around a match out of a text, at the borders of words."""

import unicodedata
from typing import Final

BEFORE_CHARS = 120
"""Largest number of characters before the match: about a sentence."""

PASSAGE_CHARS = 300
"""Largest number of characters of a passage: two or three sentences."""

MAX_WORD_CHARS: Final = 60
"""Longest word that a passage is cut before; in a longer one, and where words have no spaces, the
cut is between two characters as readers see them."""

_JOINER: Final = "\u200d"


def cut_snippet(text: str, start: int, end: int) -> tuple[int, str]:
    r"""Return the paragraph around a match, or as much of it as fits, cut between words.

    Args:
        text: The whole text.
        start: Start of the match, in characters.
        end: One past the last character of the match; a match longer than the passage is cut.

    Returns:
        Start of the passage, and the passage, unchanged.

    Examples:
        >>> cut_snippet("First.\nThe bridge opened on Monday.\nLast.", 11, 17)
        (7, 'The bridge opened on Monday.')
    """
    first = max(0, start - BEFORE_CHARS)
    if (line := text.rfind("\n", first, start)) >= 0:
        first = line + 1
    first = word_start(text, first, start)
    last = min(first + PASSAGE_CHARS, len(text))
    if (line := text.find("\n", end, last)) >= 0:
        return first, text[first:line]
    return first, text[first : word_end(text, last, min(end, last))]


def word_start(text: str, at: int, stop: int) -> int:
    """Return the first position from ``at`` to ``stop`` at which a word begins.

    Examples:
        >>> word_start("The bridge opened", 6, 11), word_start("The bridge opened", 4, 11)
        (11, 4)
    """
    for position in range(at, min(stop, at + MAX_WORD_CHARS) + 1):
        if _is_word_border(text, position) and not text[position : position + 1].isspace():
            return position
    while at < stop and not _is_character_border(text, at):
        at += 1
    return at


def word_end(text: str, at: int, stop: int) -> int:
    """Return the last position from ``at`` back to ``stop`` at which a word ends.

    Examples:
        >>> word_end("The bridge opened", 13, 3), word_end("The bridge opened", 10, 3)
        (10, 10)
    """
    for position in range(at, max(stop, at - MAX_WORD_CHARS) - 1, -1):
        if _is_word_border(text, position) and not text[position - 1 : position].isspace():
            return position
    while at > stop and not _is_character_border(text, at):
        at -= 1
    return at


def beginning(text: str, limit: int) -> str:
    """Return the beginning of a text on one line, cut between words, with an ellipsis.

    Examples:
        >>> beginning("The bridge opened on Monday.", 16), beginning("The bridge", 16)
        ('The bridge…', 'The bridge')
    """
    flat = " ".join(text[: 2 * limit].split())
    if len(flat) <= limit:
        return flat
    return flat[: word_end(flat, limit - 1, 1)].rstrip() + "…"


def _is_word_border(text: str, position: int) -> bool:
    """Return whether a position is at a space, or beside an ideograph, which is a word itself."""
    if position in {0, len(text)}:
        return True
    before, after = text[position - 1], text[position]
    if before.isspace() or after.isspace():
        return True
    wide = (
        unicodedata.east_asian_width(before) in "WF" or unicodedata.east_asian_width(after) in "WF"
    )
    return wide and _is_character_border(text, position)


def _is_character_border(text: str, position: int) -> bool:
    """Return whether a position is not before a combining character, and not at a joiner.

    References:
        Unicode Standard Annex 29, grapheme clusters, rules GB9 and GB11, simplified.
    """
    if position in {0, len(text)}:
        return True
    after = text[position]
    is_extension = unicodedata.category(after)[0] == "M" or "\U0001f3fb" <= after <= "\U0001f3ff"
    return not is_extension and after != _JOINER and text[position - 1] != _JOINER
