"""Compile clauses to functions that test the facts of an article."""

from collections.abc import Callable
from functools import lru_cache

from streams.route.match.facts import ArticleFacts
from streams.route.match.positions import clause_spans
from streams.route.query.ast import QueryClause, QueryField
from streams.route.query.normalize import padded_words
from streams.route.query.period import parse_period

Predicate = Callable[[ArticleFacts], bool]
"""A compiled query: returns whether it holds for the facts of an article."""


@lru_cache(maxsize=10_000)
def clause_predicate(clause: QueryClause) -> Predicate:
    """Return a function that tests a clause by one search or comparison."""
    match clause.field:
        case QueryField.ANY | QueryField.TITLE | QueryField.TEXT:
            return _positions_check(clause) if clause.slop or clause.near else _words_check(clause)
        case QueryField.ENTITY:
            return _entity_check(clause)
        case QueryField.SOURCE:
            matches = _name_check(clause)
            return lambda facts: any(matches(name) for name in facts.sources)
        case QueryField.TOPIC:
            matches = _name_check(clause)
            return lambda facts: any(matches(name) for name in facts.topics)
        case _:
            return _label_check(clause)


def _label_check(clause: QueryClause) -> Predicate:
    value = clause.value
    match clause.field:
        case QueryField.DOMAIN:
            return lambda facts: any(host.endswith(f".{value}") for host in facts.hosts)
        case QueryField.PUBLISHED:
            start, end = parse_period(value)
            return lambda facts: start <= facts.time < end
        case QueryField.TYPE:
            return lambda facts: value in facts.entity_types
        case QueryField.LANGUAGE:
            return lambda facts: facts.language == value
        case _:
            return lambda facts: facts.kind == value


def _words_check(clause: QueryClause) -> Predicate:
    wanted = padded_words(clause.value)
    if clause.field is QueryField.ANY and not clause.prefix and wanted.count(" ") == 2:  # noqa: PLR2004  # around the one word
        word = wanted.strip()
        return lambda facts: word in facts.words
    wanted = wanted.removesuffix(" ") if clause.prefix else wanted
    match clause.field:
        case QueryField.TITLE:
            return lambda facts: wanted in facts.title
        case QueryField.TEXT:
            return lambda facts: wanted in facts.text
        case _:
            return lambda facts: wanted in facts.title or wanted in facts.text


def _positions_check(clause: QueryClause) -> Predicate:
    """Test word positions in title or text; a match does not extend from title to text."""
    spans = clause_spans(clause)
    in_title = clause.field in {QueryField.ANY, QueryField.TITLE}
    in_text = clause.field in {QueryField.ANY, QueryField.TEXT}
    return lambda facts: (
        (in_title and any(spans(facts.title_positions)))
        or (in_text and any(spans(facts.text_positions)))
    )


def _entity_check(clause: QueryClause) -> Predicate:
    matches = _name_check(clause)
    wanted_id = clause.value.lower()
    if clause.prefix:
        return lambda facts: any(matches(name) for name in facts.entity_names)
    return lambda facts: (
        wanted_id in facts.entity_ids or any(matches(name) for name in facts.entity_names)
    )


def _name_check(clause: QueryClause) -> Callable[[str], bool]:
    wanted = padded_words(clause.value)
    if clause.prefix:
        beginning = wanted.removesuffix(" ")
        return lambda name: name.startswith(beginning)
    return lambda name: name == wanted
