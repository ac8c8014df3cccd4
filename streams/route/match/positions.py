"""Match phrases with a slop, and words near each other, by the positions of words."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

WordPositions = Mapping[str, Sequence[int]]
"""Positions of each word, ascending, counted from 0."""

PositionSpan = tuple[int, int]
"""Positions of the first and of the last word."""


def word_positions(padded: str) -> dict[str, list[int]]:
    """Return the positions of each word.

    Args:
        padded: Words in the form of `streams.route.query.normalize.padded_words`.

    Examples:
        >>> word_positions(" to be or not to be ")
        {'to': [0, 4], 'be': [1, 5], 'or': [2], 'not': [3]}
    """
    positions: dict[str, list[int]] = {}
    for position, word in enumerate(padded.split()):
        positions.setdefault(word, []).append(position)
    return positions


def places_of(at: WordPositions, words: Sequence[str], *, prefix: bool) -> list[Sequence[int]]:
    """Return the positions of each word of a phrase; the last one may be a prefix.

    Examples:
        >>> places_of(word_positions(" to be or to begin "), ("to", "be"), prefix=True)
        [[0, 3], [1, 4]]
    """
    *whole, last = words
    ends = _with_prefix(at, last) if prefix else at.get(last, ())
    return [*(at.get(word, ()) for word in whole), ends]


def phrase_spans(places: Sequence[Sequence[int]], *, slop: int = 0) -> Iterator[PositionSpan]:
    """Yield, for each position of the first word, the shortest span, if it is short enough.

    Args:
        places: Positions of each word of a phrase.
        slop: Largest total number of other words between them.

    Examples:
        >>> at = word_positions(" the foreign and prime minister ")
        >>> list(phrase_spans(places_of(at, ("foreign", "minister"), prefix=False), slop=2))
        [(1, 4)]
    """
    first, *rest = places
    for start in first:
        end = start
        for following in rest:
            index = bisect_right(following, end)
            if index == len(following):
                return  # a later start finds no more of this word either
            end = following[index]
        if end - start - len(rest) <= slop:
            yield start, end


def near_spans(
    left: Sequence[PositionSpan], right: Sequence[PositionSpan], within: int
) -> Iterator[PositionSpan]:
    """Yield the spans of each pair that are close to each other, in either order.

    Args:
        left: Spans of one value, by their start.
        right: Spans of the other, by their start.
        within: Largest number of words between the two.
    """
    yield from _close(left, right, within)
    yield from _close(right, left, within)


def _with_prefix(at: WordPositions, prefix: str) -> list[int]:
    return sorted(
        position
        for word, positions in at.items()
        if word.startswith(prefix)
        for position in positions
    )


def _close(
    left: Sequence[PositionSpan], right: Sequence[PositionSpan], within: int
) -> Iterator[PositionSpan]:
    """Yield the spans of each pair in which the right one starts closely after the left one."""
    starts = [start for start, _ in right]
    for span in left:
        index = bisect_right(starts, span[1])
        if index < len(starts) and starts[index] - span[1] - 1 <= within:
            yield span
            yield right[index]
