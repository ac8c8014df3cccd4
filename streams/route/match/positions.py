"""Match phrases with a slop, and words near each other, by the positions of words."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence

from streams.route.query.ast import QueryClause
from streams.route.query.normalize import normalized_words

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


def clause_spans(clause: QueryClause) -> Callable[[WordPositions], Iterator[PositionSpan]]:
    """Return a function that finds the occurrences of a clause.

    Returns:
        A function from the word positions of a title or text to the span of each occurrence; for
        two phrases that are near each other, the spans of both.

    Examples:
        >>> from streams.route.query.grammar import parse_query
        >>> spans = clause_spans(parse_query('"foreign minister"~2'))
        >>> list(spans(word_positions(" the foreign and prime minister ")))
        [(1, 4)]
    """
    wanted = tuple(normalized_words(clause.value))
    if clause.near is None:
        return lambda at: _spans(at, wanted, prefix=clause.prefix, slop=clause.slop)
    near, other = clause.near, tuple(normalized_words(clause.near.value))

    def near_spans(at: WordPositions) -> Iterator[PositionSpan]:
        left = list(_spans(at, wanted, prefix=clause.prefix, slop=0))
        right = list(_spans(at, other, prefix=near.prefix, slop=0)) if left else []
        yield from _close(left, right, near.within)
        yield from _close(right, left, near.within)

    return near_spans


def _spans(
    at: WordPositions, wanted: Sequence[str], *, prefix: bool, slop: int
) -> Iterator[PositionSpan]:
    """Yield, for each position of the first word, the shortest span, if it is short enough."""
    first, *rest = (
        _with_prefix(at, word) if prefix and position == len(wanted) - 1 else at.get(word, ())
        for position, word in enumerate(wanted)
    )
    for start in first:
        end = start
        for following in rest:
            index = bisect_right(following, end)
            if index == len(following):
                return  # a later start finds no more of this word either
            end = following[index]
        if end - start - len(rest) <= slop:
            yield start, end


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
