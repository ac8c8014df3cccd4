"""Where words stand: phrases with a slop and words near each other are found by their places."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence

from streams.route.query.ast import QueryClause
from streams.route.query.normalize import normalized_words

WordPositions = Mapping[str, Sequence[int]]
"""Word to the places where it stands, rising; the first place is 0."""

WordSpan = tuple[int, int]
"""Place of the first and of the last word."""


def word_positions(padded: str) -> dict[str, list[int]]:
    """List where each word stands.

    Args:
        padded: As `streams.route.query.normalize.padded_words` spells a text.

    Examples:
        >>> word_positions(" to be or not to be ")
        {'to': [0, 4], 'be': [1, 5], 'or': [2], 'not': [3]}
    """
    found: dict[str, list[int]] = {}
    for place, word in enumerate(padded.split()):
        found.setdefault(word, []).append(place)
    return found


def clause_spans(clause: QueryClause) -> Callable[[WordPositions], Iterator[WordSpan]]:
    """Make ready to find where a clause about words holds.

    Returns:
        What gives, for the places of a title or text, the span of each occurrence; for two
        phrases that are near each other, the spans of both.

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

    def both(at: WordPositions) -> Iterator[WordSpan]:
        left = list(_spans(at, wanted, prefix=clause.prefix, slop=0))
        right = list(_spans(at, other, prefix=near.prefix, slop=0)) if left else []
        yield from _close(left, right, near.within)
        yield from _close(right, left, near.within)

    return both


def _spans(
    at: WordPositions, wanted: Sequence[str], *, prefix: bool, slop: int
) -> Iterator[WordSpan]:
    """Give, for each place of the first word, the shortest span, when it is short enough."""
    first, *rest = (
        _beginning(at, word) if prefix and place == len(wanted) - 1 else at.get(word, ())
        for place, word in enumerate(wanted)
    )
    for start in first:
        end = start
        for following in rest:
            index = bisect_right(following, end)
            if index == len(following):
                return  # what begins later finds no more of it
            end = following[index]
        if end - start - len(rest) <= slop:
            yield start, end


def _beginning(at: WordPositions, start: str) -> list[int]:
    return sorted(place for word, found in at.items() if word.startswith(start) for place in found)


def _close(left: Sequence[WordSpan], right: Sequence[WordSpan], within: int) -> Iterator[WordSpan]:
    """Give each pair of spans of which the left ends before the right begins, close to it."""
    starts = [start for start, _ in right]
    for span in left:
        index = bisect_right(starts, span[1])
        if index < len(starts) and starts[index] - span[1] - 1 <= within:
            yield span
            yield right[index]
