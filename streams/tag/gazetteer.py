"""Find known names in running text of any script."""

from collections.abc import Sequence
from typing import NamedTuple

import ahocorasick_rs

from streams.tag.names import SAME_LENGTH, has_word_boundaries


class Span(NamedTuple):
    """A name in a text, from ``start`` up to, not including, ``end`` (characters).

    Attributes:
        kind: Letter of its type, see `streams.tag.knowledge.KINDS`.
    """

    start: int
    end: int
    kind: str = "u"


class Gazetteer:
    """Find known names in one pass: 0.1 ms for 500 words, for any number of patterns.

    Compiles the patterns to one automaton, which takes 0.5 s and 30 MB for 200,000 patterns
    (measured 2026-11-22).

    Args:
        patterns: Names as written in text: case matters, and an
            apostrophe is ``'`` (`streams.tag.names.SAME_LENGTH`).
        kinds: A letter for each pattern; ``u`` for those beyond its end.
        more: Another gazetteer whose names are found too.
    """

    def __init__(
        self, patterns: Sequence[str], kinds: str = "", *, more: "Gazetteer | None" = None
    ) -> None:
        self._more = more
        self._kinds = kinds.ljust(len(patterns) + 1, "u")
        self._automaton = ahocorasick_rs.AhoCorasick(
            patterns or ["\0"],
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
            store_patterns=False,
        )

    def spans(self, text: str, *, hints: bool = False) -> list[Span]:
        """Find the names in a text.

        Args:
            text: Running text.
            hints: Whether to include patterns that are only hints, not names by themselves.

        Returns:
            Names between word boundaries, in order, without overlap: of two names that
            overlap the one that starts first, of those the longest.

        Examples:
            >>> gazetteer = Gazetteer(["York", "New York", "New York Times", "Iran"])
            >>> gazetteer.spans("New York Times on Iran, Iranians and New Yorkers")
            [Span(start=0, end=14, kind='u'), Span(start=18, end=22, kind='u')]
        """
        plain = text.translate(SAME_LENGTH)
        matches = self._automaton.find_matches_as_indexes(plain, overlapping=True)
        kinds = self._kinds
        names = [
            Span(a, b, kinds[i])
            for i, a, b in matches
            if (hints or kinds[i].islower()) and has_word_boundaries(plain, a, b)
        ]
        if self._more is not None:
            names += self._more.spans(text, hints=hints)
        return without_overlap(names)


def without_overlap(spans: Sequence[Span]) -> list[Span]:
    """Return spans in order; of overlapping ones the first, and of those the longest."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
