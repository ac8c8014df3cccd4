"""A clause in, what asks it of an article out."""

from collections.abc import Callable
from functools import lru_cache

from streams.route.match.facts import ArticleFacts
from streams.route.match.positions import clause_spans
from streams.route.query.ast import QueryClause, QueryField
from streams.route.query.normalize import padded_words
from streams.route.query.period import parse_period

Predicate = Callable[[ArticleFacts], bool]
"""A query made ready to be asked of many articles."""


@lru_cache(maxsize=10_000)
def clause_predicate(clause: QueryClause) -> Predicate:
    """Make a clause ready to be asked: one search, or one comparison."""
    match clause.field:
        case QueryField.ANY | QueryField.TITLE | QueryField.TEXT:
            return _places_check(clause) if clause.slop or clause.near else _words_check(clause)
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


def _places_check(clause: QueryClause) -> Predicate:
    """Ask for words at places; in title or in text, never from one into the other."""
    found = clause_spans(clause)
    in_title = clause.field in {QueryField.ANY, QueryField.TITLE}
    in_text = clause.field in {QueryField.ANY, QueryField.TEXT}
    return lambda facts: (
        (in_title and any(found(facts.title_places))) or (in_text and any(found(facts.text_places)))
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
