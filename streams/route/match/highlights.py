"""Find the passages of title and text that clauses match."""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from streams.records import EnrichedArticle, Field, Highlight
from streams.route.match.facts import Article, ArticleFacts
from streams.route.match.positions import WordPositions, clause_spans
from streams.route.query.ast import WORD_FIELDS, QueryClause, QueryField
from streams.route.query.normalize import normalize_text, normalized_words, padded_words

MAX_HIGHLIGHTS = 20
"""Largest number of highlights of an alert: enough for a reader, and the alert stays small."""

WordSpan = tuple[str, int, int]
"""A normalized word and its position: index of the first character, and one past the last."""


def word_spans(text: str) -> list[WordSpan]:
    """Return the words of a text with their positions.

    The words are those of `streams.route.query.normalize.normalized_words`; where one character
    becomes several words, all have its position.

    Examples:
        >>> word_spans("Über  Łódź!")
        [('uber', 0, 4), ('lodz', 6, 10)]
    """
    return [
        (word, at + start, at + end)
        for chunk, at in _chunks(text)
        for word, start, end in _chunk_spans(chunk)
    ]


def find_highlights(
    article: Article, facts: ArticleFacts, clauses: Iterable[QueryClause]
) -> tuple[Highlight, ...]:
    """Return the positions at which clauses match an article.

    Args:
        article: The article.
        facts: Facts of the article.
        clauses: Clauses that hold for it.

    Returns:
        The first `MAX_HIGHLIGHTS`, title first, in order, without overlap.
    """
    clauses = tuple(clauses)
    in_title = _word_matches(article.title, facts.title_positions, clauses, QueryField.TITLE)
    in_text = _word_matches(article.text, facts.text_positions, clauses, QueryField.TEXT)
    for clause in clauses:
        if clause.field is QueryField.ENTITY and isinstance(article, EnrichedArticle):
            for field, *span in _mentions(article, clause):
                (in_title if field is Field.TITLE else in_text).append((span[0], span[1]))
    return tuple(
        Highlight(field=field, start=start, end=end)
        for field, spans in ((Field.TITLE, in_title), (Field.TEXT, in_text))
        for start, end in _merged(spans)
    )[:MAX_HIGHLIGHTS]


def _word_matches(
    text: str, positions: WordPositions, clauses: Sequence[QueryClause], field: QueryField
) -> list[tuple[int, int]]:
    matches = [
        span
        for clause in clauses
        if clause.field in WORD_FIELDS and clause.field in {field, QueryField.ANY}
        for span in clause_spans(clause)(positions)
    ]
    if not matches:
        return []
    spans = word_spans(text)
    return [(spans[first][1], spans[last][2]) for first, last in matches]


def _mentions(article: EnrichedArticle, clause: QueryClause) -> Iterator[tuple[Field, int, int]]:
    beginning = padded_words(clause.value).removesuffix(" ")
    entity_ids = {
        entity.id
        for entity in article.entities
        if clause.value.lower() in {name.lower() for name in (entity.id, *entity.also)}
        or padded_words(entity.name) == padded_words(clause.value)
        or (clause.prefix and padded_words(entity.name).startswith(beginning))
    }
    for mention in article.mentions:
        if mention.entity_id in entity_ids:
            yield mention.field, mention.start, mention.end


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans sorted, with overlapping ones merged."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _chunks(text: str) -> Iterator[tuple[str, int]]:
    """Split a text at white space, which normalization does not join across."""
    at = 0
    for chunk in text.split():
        at = text.index(chunk, at)
        yield chunk, at
        at += len(chunk)


def _chunk_spans(chunk: str) -> Iterator[WordSpan]:
    words = normalized_words(chunk)
    plain = normalize_text(chunk)
    ends = _ends(chunk)
    if len(plain) != ends[-1]:  # combining characters change each other: rare marks, Hangul parts
        yield from ((word, 0, len(chunk)) for word in words)
        return
    at = 0
    for word in words:
        at = plain.index(word, at)
        first, last = bisect_left(ends, at + 1), bisect_left(ends, at + len(word))
        yield word, first, _with_marks(chunk, last + 1)
        at += len(word)


def _ends(chunk: str) -> list[int]:
    """Return, for each character, the end of its normalized text if each is normalized alone."""
    ends, total = [], 0
    for character in chunk:
        total += len(normalize_text(character))
        ends.append(total)
    return ends


def _with_marks(chunk: str, end: int) -> int:
    """Return the end of a span extended by the combining marks of its last character."""
    while end < len(chunk) and unicodedata.combining(chunk[end]):
        end += 1
    return end
