"""Finds known names in running text, whatever script they are in."""

from collections.abc import Sequence
from typing import NamedTuple

import ahocorasick_rs

from streams.tag.names import SAME_LENGTH, is_whole


class Span(NamedTuple):
    """A name in a text, from ``start`` up to, not including, ``end`` (characters).

    Attributes:
        kind: Letter of what it names, see `streams.tag.knowledge.KINDS`.
    """

    start: int
    end: int
    kind: str = "u"


class Gazetteer:
    """All patterns in one automaton: 0.1 ms for 500 words, whatever the number of patterns."""

    def __init__(
        self, patterns: Sequence[str], kinds: str = "", *, more: "Gazetteer | None" = None
    ) -> None:
        """Compile the patterns; 0.5 s and 30 MB for 200,000 (measured 2026-11-22).

        Args:
            patterns: Names as they stand in text: case counts, and an
                apostrophe is ``'`` (`streams.tag.names.SAME_LENGTH`).
            kinds: A letter for each pattern; ``u`` where it is too short.
            more: Another gazetteer whose names are found too.
        """
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
            hints: Whether to give also those that are no names by themselves.

        Returns:
            Whole words only, in order, without overlap: of two names that
            overlap the one that starts first, of those the longest.

        Examples:
            >>> gazetteer = Gazetteer(["York", "New York", "New York Times", "Iran"])
            >>> gazetteer.spans("New York Times on Iran, Iranians and New Yorkers")
            [Span(start=0, end=14, kind='u'), Span(start=18, end=22, kind='u')]
        """
        plain = text.translate(SAME_LENGTH)
        found = self._automaton.find_matches_as_indexes(plain, overlapping=True)
        kinds = self._kinds
        whole = [
            Span(a, b, kinds[i])
            for i, a, b in found
            if (hints or kinds[i].islower()) and is_whole(plain, a, b)
        ]
        if self._more is not None:
            whole += self._more.spans(text, hints=hints)
        return without_overlap(whole)


def without_overlap(spans: Sequence[Span]) -> list[Span]:
    """Keep what starts first, and of that the longest; in order."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
