"""The query language as data: clauses joined by and, or, not; and its one spelling as text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class QueryField(StrEnum):
    """What a clause asks about."""

    ANY = "any"
    """A word or phrase of title or text; also meant when no field is named."""
    TITLE = "title"
    """A word or phrase of the title."""
    TEXT = "text"
    """A word or phrase of the text."""
    ENTITY = "entity"
    """Somebody or something that the article names: whole canonical name, or id."""
    TYPE = "type"
    """It names an entity of this type, such as ``person``; see `schemas.EntityType`."""
    LANGUAGE = "language"
    """Language of the article, ISO 639 code."""
    SOURCE = "source"
    """Who delivered it, the agency credited, or the name of its site: the whole name."""
    DOMAIN = "domain"
    """Domain of its URL, or one above: ``example.org`` holds for ``news.example.org``."""
    TOPIC = "topic"
    """What its site files it under, the whole section or a level of it: ``topic:politics`` holds
    for ``News / Politics``."""
    PUBLISHED = "published"
    """Its time lies in this year, month, day, or between two; see `streams.route.query.period`."""
    KIND = "kind"
    """What it is among the articles before it, see `ArticleKind`."""


class ArticleKind(StrEnum):
    """What an article is among the articles before it."""

    NEW = "new"
    """Seen for the first time."""
    REVISION = "revision"
    """A later version of a known article."""
    COPY = "copy"
    """Another article that says the same."""
    UNCHANGED = "unchanged"
    """A known article, fetched again, with the same text."""
    CORRECTION = "correction"
    """A label that was set right: the original turned up after its copy."""


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
"""Fields whose words have places: phrases with a slop, and `Near`."""


@dataclass(frozen=True, slots=True)
class Near:
    """The second word or phrase of a clause that asks for two, close to each other.

    Attributes:
        value: As the author wrote it, without quotation marks and closing star.
        prefix: Whether its last word need only begin so.
        within: Words that may stand between the two; either may come first.
    """

    value: str
    prefix: bool = False
    within: int = 10


@dataclass(frozen=True, slots=True)
class QueryClause:
    """One question about an article.

    Attributes:
        field: What it asks about.
        value: As the author wrote it, without quotation marks and closing star.
        prefix: Whether the last word need only begin so.
        slop: Other words that may stand between those of a phrase, counted together.
        near: What stands close to it; none for most clauses.
    """

    field: QueryField
    value: str
    prefix: bool = False
    slop: int = 0
    near: Near | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its part does not."""

    part: "Query"


@dataclass(frozen=True, slots=True)
class And:
    """Holds when all its parts do; it has two or more, none of them an `And`."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Holds when one of its parts does; it has two or more, none of them an `Or`."""

    parts: tuple["Query", ...]


Query = QueryClause | Not | And | Or
"""A query: a clause, or queries joined."""


def both(parts: Iterable[Query]) -> Query:
    """Join queries by and: one is itself, nested ones are laid flat.

    Raises:
        ValueError: If there is none.
    """
    flat = tuple(_flat(parts, And))
    return flat[0] if len(flat) == 1 else And(_some(flat))


def either(parts: Iterable[Query]) -> Query:
    """Join queries by or: one is itself, nested ones are laid flat.

    Raises:
        ValueError: If there is none.
    """
    flat = tuple(_flat(parts, Or))
    return flat[0] if len(flat) == 1 else Or(_some(flat))


def negated(query: Query) -> Query:
    """Turn a query round; twice is once too often and gives the query itself."""
    return query.part if isinstance(query, Not) else Not(query)


def query_clauses(query: Query) -> Iterator[QueryClause]:
    """Give all clauses of a query in order, repeated ones too."""
    match query:
        case QueryClause():
            yield query
        case Not(part=part):
            yield from query_clauses(part)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from query_clauses(part)


def query_text(query: Query) -> str:
    """Spell a query so that reading it again gives the same query.

    Examples:
        >>> sport = QueryClause(QueryField.TITLE, "sport", prefix=True)
        >>> query_text(both([QueryClause(QueryField.ANY, "foreign minister"), negated(sport)]))
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
"""Values that need no quotation marks; fewer than the grammar takes."""

_KEYWORDS = frozenset({"and", "or", "not", "near"})


def _clause_text(clause: QueryClause) -> str:
    field = "" if clause.field is QueryField.ANY else f"{clause.field}:"
    slop = f"~{clause.slop}" if clause.slop else ""
    spelled = f"{field}{_value_text(clause.field, clause.value, prefix=clause.prefix)}{slop}"
    if clause.near is None:
        return spelled
    other = _value_text(QueryField.ANY, clause.near.value, prefix=clause.near.prefix)
    return f"{spelled} near/{clause.near.within} {other}"


def _value_text(field: QueryField, value: str, *, prefix: bool) -> str:
    star = "*" if prefix else ""
    bare = _BARE.fullmatch(value) and value.lower() not in _KEYWORDS
    if bare or field is QueryField.PUBLISHED:
        return f"{value}{star}"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}{star}"'


def _inner_text(query: Query) -> str:
    return f"({query_text(query)})" if isinstance(query, And | Or) else query_text(query)


def _flat(parts: Iterable[Query], kind: type[And] | type[Or]) -> Iterator[Query]:
    for part in parts:
        if isinstance(part, And | Or) and isinstance(part, kind):
            yield from part.parts
        else:
            yield part


def _some(parts: tuple[Query, ...]) -> tuple[Query, ...]:
    if not parts:
        raise ValueError("no queries to join")
    return parts
