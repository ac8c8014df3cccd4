"""A title or text with the words of all its readings, computed when first needed."""

from collections.abc import Mapping
from functools import cached_property

from streams.route.match.positions import word_positions
from streams.route.query.normalize import PLAIN_SPELLINGS, fold_text, pad, words_of
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
        folded = fold_text(source)
        self.padded = pad(words_of(folded.translate(PLAIN_SPELLINGS)))
        self._folded: str | None = folded

    def __eq__(self, other: object) -> bool:
        """Return whether two texts are the same."""
        return isinstance(other, IndexedText) and self.source == other.source

    def __hash__(self) -> int:
        """Return a hash of the text."""
        return hash(self.source)

    @cached_property
    def altered(self) -> frozenset[str]:
        """Words of the readings but the first, where these differ from it."""
        folded, self._folded = self._folded, None  # not needed again
        return altered_words(fold_text(self.source) if folded is None else folded)

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
