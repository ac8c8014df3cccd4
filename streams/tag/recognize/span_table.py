"""Find the spans that overlap another one without comparing it with all of them."""

from collections.abc import Iterable, Iterator

from streams.tag.gazetteer import Span

_BUCKET = 32
"""Characters of a bucket: about five words, so that most names are in one and few share it."""


class SpanTable:
    """Spans of a text by the pieces of the text that they touch.

    Args:
        spans: Spans in any order; equal ones are kept once.

    Examples:
        >>> table = SpanTable([Span(0, 4), Span(90, 99)])
        >>> table.overlapping(Span(95, 120))
        [Span(start=90, end=99, kind='u')]
        >>> table.replace([Span(90, 99)], Span(85, 120))
        >>> sorted(table)
        [Span(start=0, end=4, kind='u'), Span(start=85, end=120, kind='u')]
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans: dict[Span, None] = {}
        self._buckets: dict[int, list[Span]] = {}
        for span in spans:
            self._add(span)

    def __iter__(self) -> Iterator[Span]:
        return iter(self._spans)

    def overlapping(self, span: Span) -> list[Span]:
        """Return the spans that share a character with a span."""
        found = {
            other: None
            for bucket in _touched(span)
            for other in self._buckets.get(bucket, ())
            if other.start < span.end and span.start < other.end
        }
        return list(found)

    def replace(self, former: Iterable[Span], span: Span) -> None:
        """Add a span in place of others."""
        for other in former:
            del self._spans[other]
            for bucket in _touched(other):
                self._buckets[bucket].remove(other)
        self._add(span)

    def _add(self, span: Span) -> None:
        if span not in self._spans:
            self._spans[span] = None
            for bucket in _touched(span):
                self._buckets.setdefault(bucket, []).append(span)


def _touched(span: Span) -> range:
    return range(span.start // _BUCKET, (span.end - 1) // _BUCKET + 1)
