"""Whether a query holds, and which clauses decide it."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.records import Change, Language, Site
from streams.route.match.evaluate import compile_query, evaluate_query, matched_clauses
from streams.route.match.facts import article_facts
from streams.route.query.ast import (
    And,
    Not,
    Or,
    Query,
    QueryClause,
    negation,
    query_clauses,
    query_text,
)
from streams.route.query.forms import clause_forms
from streams.route.query.grammar import parse_query
from tests.support.builders import duplicate_article, enriched_article, entity
from tests.support.naive_query import holds
from tests.support.strategies import articles, queries

ARTICLE = enriched_article(
    title="Außenministerin Baerbock meets Łukasz",
    text="The foreign minister’s talks in Genève, on 40 pages.\n\nSanctions were not a topic.",
    url="https://world.news.example.org/a",
    source="seeds",
    agency="ANI",
    site=Site(name="Complete News World", domain="example.org"),
    language=Language(code="en"),
    entities=(entity("Vladimir Putin", id="Q7747"), entity("Genève", id="geonames:2660646")),
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("BAERBOCK", True),
        ("aussenministerin", True),
        ("lukasz", True),
        ("geneve", True),
        ("gene", False),
        ("gene*", True),
        ('"foreign minister"', True),
        ('"foreign minister s talks"', True),
        ('"minister foreign"', False),
        ('"foreign min*"', True),
        ('"pages sanctions"', True),
        ('"lukasz the"', False),
        ("title:minister", False),
        ("text:minister", True),
        ("text:baerbock", False),
        ("40", True),
        ("entity:Q7747", True),
        ("entity:q7747", True),
        ("entity:Q774", False),
        ("entity:geonames:2660646", True),
        ('entity:"vladimir putin"', True),
        ("entity:putin", False),
        ("entity:geneve", True),
        ('entity:"vladimir*"', True),
        ("source:ani", True),
        ("source:seeds", True),
        ("source:an", False),
        ("source:complete", False),
        ('source:"complete*"', True),
        ("domain:example.org", True),
        ("domain:news.example.org", True),
        ("domain:org", True),
        ("domain:ample.org", False),
        ("language:en", True),
        ("language:de", False),
        ("type:gpe", True),
        ("type:person", False),
        ("published:2026-03-02", True),
        ("published:2026-03-01", False),
        ("published:2026-02..2026-03", True),
        ("published:..2025", False),
        ('"minister talks"~1', True),
        ('"minister talks"', False),
        ('"talks minister"~9', False),
        ('"foreign talks gen*"~3', True),
        ('"foreign talks gen*"~1', False),
        ('title:"minister talks"~1', False),
        ("pages near/4 minister", False),
        ("pages near/6 minister", True),
        ("minister near/6 pages", True),
        ('"foreign min*" near/1 talks', True),
        ("baerbock near talks", False),
        ("title:baerbock near/1 luk*", True),
        ("text:baerbock near/1 luk*", False),
        ("talks near talks", False),
        ("kind:new", True),
        ("kind:copy", False),
        ("baerbock and not title:sport", True),
        ("baerbock and not talks", False),
        ("sport or talks", True),
    ],
)
def test_compiled_query_holds(query: str, expected: bool) -> None:  # noqa: FBT001  # a table's column
    assert compile_query(parse_query(query))(article_facts(ARTICLE)) is expected


@pytest.mark.parametrize("change", list(Change))
def test_compiled_query_distinguishes_duplicates(change: Change) -> None:
    facts = article_facts(duplicate_article(change=change))

    assert compile_query(parse_query(f"kind:{change}"))(facts)


@given(queries(), articles())
def test_compiled_query_and_verdict_agree_with_naive_evaluator(query, article) -> None:
    facts = article_facts(article)

    expected = holds(query, article)

    assert compile_query(query)(facts) is expected
    assert evaluate_query(query, facts).holds is expected


@given(queries(), articles())
def test_compiled_negation_is_opposite(query, article) -> None:
    facts = article_facts(article)

    assert compile_query(negation(query))(facts) is not compile_query(query)(facts)


@given(queries(), articles(), st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_compiled_query_ignores_case_unless_exact(query, article, respelled) -> None:
    values = [value for clause in query_clauses(query) for value in (clause, clause.near) if value]
    assume(not any(form.written for value in values for form in clause_forms(value)))
    shouted = enriched_article(
        title=respelled(article.title),
        text=respelled(article.text),
        url=article.url,
        entities=tuple(entity(respelled(linked.name), id=linked.id) for linked in article.entities),
        language=article.language,
        agency=respelled(article.agency),
        section=respelled(article.section),
    )

    assert compile_query(query)(article_facts(article)) == compile_query(query)(
        article_facts(shouted)
    )


@given(queries(), articles(), st.data())
def test_verdict_clauses_decide_result(query, article, data) -> None:
    found = evaluate_query(query, article_facts(article))

    decided = dict(found.clauses)
    others = data.draw(st.dictionaries(st.sampled_from(leaves(query)), st.booleans()))

    assert settled(query, others | decided) == found.holds


def leaves(query: Query) -> list[QueryClause]:
    """Return all clauses of a query."""
    match query:
        case QueryClause():
            return [query]
        case Not(part=part):
            return leaves(part)
        case And(parts=parts) | Or(parts=parts):
            return [leaf for part in parts for leaf in leaves(part)]


def settled(query: Query, answers: dict[QueryClause, bool]) -> bool:
    """Return the result of a query for known results of its clauses; others do not hold."""
    match query:
        case QueryClause():
            return answers.get(query, False)
        case Not(part=part):
            return not settled(part, answers)
        case And(parts=parts):
            return all(settled(part, answers) for part in parts)
        case Or(parts=parts):
            return any(settled(part, answers) for part in parts)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("baerbock and language:en", "baerbock and language:en"),
        ("baerbock and language:de and entity:Q1", "not language:de"),
        ("(talks and baerbock) or kind:new", "kind:new"),
        ("sport or goal", "not sport and not goal"),
        ("baerbock and not title:sport*", "baerbock and not title:sport*"),
        ("baerbock and not (talks and geneve)", "talks and geneve"),
    ],
)
def test_verdict_text_shows_deciding_clauses(query: str, expected: str) -> None:
    assert str(evaluate_query(parse_query(query), article_facts(ARTICLE))) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("baerbock and language:en", ["baerbock", "language:en"]),
        ("sport or talks or baerbock or kind:new", ["talks", "baerbock", "kind:new"]),
        ("talks and not (sport or goal)", ["talks", "not sport", "not goal"]),
        ("talks and not (sport and baerbock)", ["talks", "not sport"]),
        ("(talks and baerbock and sport) or geneve", ["geneve"]),
        ("talks and (talks or geneve)", ["talks", "geneve"]),
    ],
)
def test_matched_clauses_are_all_that_hold(query: str, expected: list[str]) -> None:
    found = matched_clauses(parse_query(query), article_facts(ARTICLE))

    assert [query_text(one if holds else negation(one)) for one, holds in found] == expected


@given(queries(), articles())
def test_matched_clauses_are_empty_only_without_match(query, article) -> None:
    facts = article_facts(article)
    found = matched_clauses(query, facts)

    assert bool(found) is compile_query(query)(facts)
    assert all(compile_query(one)(facts) is holds for one, holds in found)
    assert not found or settled(query, dict(found))
