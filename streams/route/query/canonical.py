"""Compute the canonical form of queries that differ in order, repetition, case or accents."""

from dataclasses import replace

from streams.route.query.ast import (
    WORD_FIELDS,
    And,
    Not,
    Or,
    Query,
    QueryClause,
    QueryField,
    conjunction,
    disjunction,
    negation,
    query_text,
)
from streams.route.query.forms import canonical_value
from streams.route.query.normalize import normalized_words


def canonical_query(query: Query) -> Query:
    """Return the form of a query that is equal for equal searches.

    Idempotent; the result holds for the same articles. Not complete: queries that are equal only
    by the laws of logic have different forms.

    Examples:
        >>> from streams.route.query.grammar import parse_query
        >>> query_text(canonical_query(parse_query("Genève and (BRIDGE and geneve)")))
        'bridge and geneve'
    """
    match query:
        case QueryClause():
            return _canonical_clause(query)
        case Not(part=part):
            return negation(canonical_query(part))
        case And(parts=parts):
            return conjunction(_sorted(conjunction(map(canonical_query, parts)), And))
        case Or(parts=parts):
            return disjunction(_sorted(disjunction(map(canonical_query, parts)), Or))


def _sorted(joined: Query, kind: type[And] | type[Or]) -> list[Query]:
    parts = joined.parts if isinstance(joined, And | Or) and isinstance(joined, kind) else (joined,)
    return sorted(set(parts), key=query_text)


def _canonical_clause(clause: QueryClause) -> QueryClause:
    if clause.field in WORD_FIELDS:
        near = clause.near and replace(
            clause.near, value=canonical_value(clause.near.value, exact=clause.near.exact)
        )
        value = canonical_value(clause.value, exact=clause.exact)
        return replace(clause, value=value, near=near)
    if clause.field in _NAMES:
        return replace(clause, value=_plain(clause.value))
    return replace(clause, value=clause.value.lower()) if clause.field in _LOWER else clause


_NAMES = frozenset({QueryField.SOURCE, QueryField.TOPIC})
"""Fields whose names are compared word by word."""

_LOWER = frozenset({QueryField.ENTITY})
"""Fields whose values keep their punctuation, since they may be ids."""


def _plain(value: str) -> str:
    return " ".join(normalized_words(value))
