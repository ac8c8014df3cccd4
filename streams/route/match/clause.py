"""Compile clauses to functions that test the facts of an article."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from streams.route.match.facts import ArticleFacts
from streams.route.match.occurrences import altered_check, occurrence_check, required_words
from streams.route.query.ast import QueryClause, QueryField
from streams.route.query.forms import clause_forms
from streams.route.query.normalize import padded_words
from streams.route.query.period import parse_period

Predicate = Callable[[ArticleFacts], bool]
"""A compiled query: returns whether it holds for the facts of an article."""


@lru_cache(maxsize=10_000)
def clause_predicate(clause: QueryClause) -> Predicate:
    """Return a function that tests a clause by one search or comparison."""
    match clause.field:
        case QueryField.ANY | QueryField.TITLE | QueryField.TEXT:
            needs_positions = (
                clause.slop or clause.near or any(form.written for form in clause_forms(clause))
            )
            return _positions_check(clause) if needs_positions else _words_check(clause)
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
    forms = clause_forms(clause)
    is_word = not clause.prefix and all(len(form.words) == 1 for form in forms)
    if clause.field is QueryField.ANY and is_word:
        if len(forms) == 1:
            (word,) = forms[0].words
            return lambda facts: word in facts.words
        words = frozenset(form.words[0] for form in forms)
        return lambda facts: not words.isdisjoint(facts.words)
    needles = [form.padded.removesuffix(" ") if clause.prefix else form.padded for form in forms]
    concerns, in_others = altered_check(clause), _readings_check(clause, needles)
    if len(forms) > 1:
        in_any = _readings_check(clause, needles, is_first=True)
        return lambda facts: in_any(facts) or (concerns(facts.altered) and in_others(facts))
    (wanted,), whole = needles, required_words(clause)
    match clause.field:  # most candidates lack a word, which the set shows fastest
        case QueryField.TITLE:
            return lambda facts: (
                whole <= facts.title.words
                and (
                    wanted in facts.title.padded
                    or (concerns(facts.title.altered) and in_others(facts))
                )
            )
        case QueryField.TEXT:
            return lambda facts: (
                whole <= facts.text.words
                and (
                    wanted in facts.text.padded
                    or (concerns(facts.text.altered) and in_others(facts))
                )
            )
        case _:
            return lambda facts: (
                whole <= facts.words
                and (
                    wanted in facts.title.padded
                    or wanted in facts.text.padded
                    or (concerns(facts.altered) and in_others(facts))
                )
            )


def _readings_check(
    clause: QueryClause, needles: Sequence[str], *, is_first: bool = False
) -> Predicate:
    """Return a function that searches the first readings, or the others, for one of the needles."""
    in_title = clause.field in {QueryField.ANY, QueryField.TITLE}
    in_text = clause.field in {QueryField.ANY, QueryField.TEXT}

    def check(facts: ArticleFacts) -> bool:
        texts = (*([facts.title] if in_title else ()), *([facts.text] if in_text else ()))
        return any(
            needle in reading
            for text in texts
            for reading in ((text.padded,) if is_first else text.other_readings)
            for needle in needles
        )

    return check


def _positions_check(clause: QueryClause) -> Predicate:
    """Test word positions in title or text; a match does not extend from title to text."""
    occurs = occurrence_check(clause)
    match clause.field:
        case QueryField.TITLE:
            return lambda facts: occurs(facts.title)
        case QueryField.TEXT:
            return lambda facts: occurs(facts.text)
        case _:
            return lambda facts: occurs(facts.title) or occurs(facts.text)


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
