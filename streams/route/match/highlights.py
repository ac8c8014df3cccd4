"""Find the passages of title and text that clauses match."""

from collections.abc import Iterable, Iterator, Sequence

from streams.records import EnrichedArticle, Field, Highlight
from streams.route.match.facts import Article, ArticleFacts
from streams.route.match.indexed_text import IndexedText
from streams.route.match.occurrences import clause_occurrences
from streams.route.query.ast import WORD_FIELDS, QueryClause, QueryField
from streams.route.query.normalize import padded_words

MAX_HIGHLIGHTS = 20
"""Largest number of highlights of an alert: enough for a reader, and the alert stays small."""


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
    in_title = _word_matches(facts.title, clauses, QueryField.TITLE)
    in_text = _word_matches(facts.text, clauses, QueryField.TEXT)
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
    text: IndexedText, clauses: Sequence[QueryClause], field: QueryField
) -> list[tuple[int, int]]:
    return [
        (text.spans[found.reading][found.first][1], text.spans[found.reading][found.last][2])
        for clause in clauses
        if clause.field in WORD_FIELDS and clause.field in {field, QueryField.ANY}
        for found in clause_occurrences(clause)(text)
    ]


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
