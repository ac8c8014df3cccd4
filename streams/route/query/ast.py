"""Queries as data: clauses joined by and, or, not; and their normal spelling as text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class QueryField(StrEnum):
    """The field of an article that a clause tests."""

    ANY = "any"
    """A word or phrase of title or text; the default when no field is named."""
    TITLE = "title"
    """A word or phrase of the title."""
    TEXT = "text"
    """A word or phrase of the text."""
    ENTITY = "entity"
    """A person, organization or place that the article names: whole canonical name, or id."""
    TYPE = "type"
    """Type of an entity that the article names, such as ``person``; see
    `streams.records.EntityType`."""
    LANGUAGE = "language"
    """Language of the article, ISO 639 code."""
    SOURCE = "source"
    """The source, the credited agency, or the name of the site: the whole name."""
    DOMAIN = "domain"
    """Domain of the URL, or a parent domain: ``example.org`` holds for ``news.example.org``."""
    TOPIC = "topic"
    """Section of the site, the whole section or a level of it: ``topic:politics`` holds for
    ``News / Politics``."""
    PUBLISHED = "published"
    """Year, month, day or period of the event time; see `streams.route.query.period`."""
    KIND = "kind"
    """Relation to the articles before it, see `ArticleKind`."""


class ArticleKind(StrEnum):
    """Relation of an article to the articles before it."""

    NEW = "new"
    """Seen for the first time."""
    REVISION = "revision"
    """A later version of a known article."""
    COPY = "copy"
    """Another article with the same text."""
    UNCHANGED = "unchanged"
    """A known article, fetched again, with the same text."""
    CORRECTION = "correction"
    """A corrected label: the original arrived after its copy."""


PREFIX_FIELDS = frozenset(
    {
        QueryField.ANY,
        QueryField.TITLE,
        QueryField.TEXT,
        QueryField.ENTITY,
        QueryField.SOURCE,
        QueryField.TOPIC,
    }
)
"""Fields whose values may end with ``*``."""

WORD_FIELDS = frozenset({QueryField.ANY, QueryField.TITLE, QueryField.TEXT})
"""Fields whose words have positions, for phrases with a slop and for `Near`."""


@dataclass(frozen=True, slots=True)
class Near:
    """The second word or phrase of a clause for two that are close to each other.

    Attributes:
        value: The value as written, without quotation marks and closing star.
        prefix: Whether the last word is a prefix.
        within: Largest number of words between the two; either may come first.
        exact: Whether case and accents must be as written.
    """

    value: str
    prefix: bool = False
    within: int = 10
    exact: bool = False


@dataclass(frozen=True, slots=True)
class QueryClause:
    """One condition on an article.

    Attributes:
        field: The field that is tested.
        value: The value as written, without quotation marks and closing star.
        prefix: Whether the last word is a prefix.
        slop: Largest total number of other words between those of a phrase.
        near: A word or phrase that must be close to it; ``None`` for most clauses.
        exact: Whether case and accents must be as written.
    """

    field: QueryField
    value: str
    prefix: bool = False
    slop: int = 0
    near: Near | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """A query that holds when its part does not."""

    part: "Query"


@dataclass(frozen=True, slots=True)
class And:
    """A query that holds when all its parts do; two or more parts, none of them an `And`."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """A query that holds when one of its parts does; two or more parts, none of them an `Or`."""

    parts: tuple["Query", ...]


Query = QueryClause | Not | And | Or
"""A query: a clause, or a combination of queries."""


def conjunction(parts: Iterable[Query]) -> Query:
    """Join queries by and; nested conjunctions are flattened, a single query is returned alone.

    Raises:
        ValueError: If there are no queries.
    """
    flat = _flat(parts, And)
    return flat[0] if len(flat) == 1 else And(flat)


def disjunction(parts: Iterable[Query]) -> Query:
    """Join queries by or; nested disjunctions are flattened, a single query is returned alone.

    Raises:
        ValueError: If there are no queries.
    """
    flat = _flat(parts, Or)
    return flat[0] if len(flat) == 1 else Or(flat)


def negation(query: Query) -> Query:
    """Negate a query; the negation of a negation is the query itself."""
    return query.part if isinstance(query, Not) else Not(query)


def query_clauses(query: Query) -> Iterator[QueryClause]:
    """Yield all clauses of a query in order, including repeated ones."""
    match query:
        case QueryClause():
            yield query
        case Not(part=part):
            yield from query_clauses(part)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from query_clauses(part)


def query_text(query: Query) -> str:
    """Return the text of a query; parsing it returns the same query.

    Examples:
        >>> sport = QueryClause(QueryField.TITLE, "sport", prefix=True)
        >>> minister = QueryClause(QueryField.ANY, "foreign minister")
        >>> query_text(conjunction([minister, negation(sport)]))
        '"foreign minister" and not title:sport*'
    """
    match query:
        case QueryClause():
            return _clause_text(query)
        case Not(part=part):
            return f"not {_inner_text(part)}"
        case And(parts=parts):
            return " and ".join(_inner_text(part) for part in parts)
        case Or(parts=parts):
            return " or ".join(_inner_text(part) for part in parts)


_BARE = re.compile(r"[^\W_]+(?:[.'-][^\W_]+)*")
"""Values that are written without quotation marks; fewer than the grammar accepts."""

_KEYWORDS = frozenset({"and", "or", "not", "near"})


def _clause_text(clause: QueryClause) -> str:
    field = "" if clause.field is QueryField.ANY else f"{clause.field}:"
    slop = f"~{clause.slop}" if clause.slop else ""
    sign = "=" if clause.exact else ""
    value = _value_text(clause.field, clause.value, prefix=clause.prefix)
    spelled = f"{field}{sign}{value}{slop}"
    if (near := clause.near) is None:
        return spelled
    sign = "=" if near.exact else ""
    other = _value_text(QueryField.ANY, near.value, prefix=near.prefix)
    return f"{spelled} near/{near.within} {sign}{other}"


def _value_text(field: QueryField, value: str, *, prefix: bool) -> str:
    star = "*" if prefix else ""
    bare = _BARE.fullmatch(value) and value.lower() not in _KEYWORDS
    if bare or field is QueryField.PUBLISHED:
        return f"{value}{star}"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}{star}"'


def _inner_text(query: Query) -> str:
    return f"({query_text(query)})" if isinstance(query, And | Or) else query_text(query)


def _flat(parts: Iterable[Query], kind: type[And] | type[Or]) -> tuple[Query, ...]:
    flat: list[Query] = []
    for part in parts:
        if isinstance(part, And | Or) and isinstance(part, kind):
            flat.extend(part.parts)
        else:
            flat.append(part)
    if not flat:
        raise ValueError("no queries to join")
    return tuple(flat)
