"""A title or text with the words of all its readings, computed when first needed."""

from collections.abc import Mapping
from functools import cached_property

from streams.route.match.positions import word_positions
from streams.route.query.normalize import compounds, fold_text, pad, parted
from streams.route.query.readings import (
    WordSpan,
    altered_words,
    reading_spans,
    word_readings,
    written_word,
)


class IndexedText:
    """A title or text as queries see it.

    Args:
        source: The text as written.

    Attributes:
        source: The text as written.
        padded: Words of the first reading, as `streams.route.query.normalize.padded_words`.

    Examples:
        >>> text = IndexedText("E-mail from the U.S.")
        >>> text.padded, sorted(text.altered)
        (' e mail from the u s ', ['email', 'us'])
    """

    def __init__(self, source: str) -> None:
        self.source = source
        found = compounds(fold_text(source))
        words = parted(found)
        self.padded = f" {words} " if words else ""
        self._compounds = "" if found == words else found

    def __eq__(self, other: object) -> bool:
        """Return whether two texts are the same."""
        return isinstance(other, IndexedText) and self.source == other.source

    def __hash__(self) -> int:
        """Return a hash of the text."""
        return hash(self.source)

    @cached_property
    def altered(self) -> frozenset[str]:
        """Words of the readings but the first, where these differ from it."""
        return altered_words(self._compounds) if self._compounds else frozenset()

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of all readings."""
        return self.altered.union(self.padded.split())

    @cached_property
    def other_readings(self) -> tuple[str, ...]:
        """The readings but the first, padded."""
        return tuple(pad(words) for words in word_readings(self.source)[1:]) if self.altered else ()

    @cached_property
    def positions(self) -> Mapping[str, list[int]]:
        """Positions of each word in the first reading."""
        return word_positions(self.padded)

    @cached_property
    def other_positions(self) -> tuple[Mapping[str, list[int]], ...]:
        """Positions of each word in the other readings."""
        return tuple(map(word_positions, self.other_readings))

    @cached_property
    def spans(self) -> tuple[tuple[WordSpan, ...], ...]:
        """The words of each reading with their positions in the text."""
        return reading_spans(self.source)

    @cached_property
    def written(self) -> tuple[tuple[str, ...], ...]:
        """The words of each reading as they are written."""
        return tuple(
            tuple(written_word(self.source[start:end]) for _, start, end in spans)
            for spans in self.spans
        )
