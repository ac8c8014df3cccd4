"""Satisfiability and implication of queries."""

import pytest
from hypothesis import given

from streams.route.match.evaluate import compile_query
from streams.route.match.facts import article_facts
from streams.route.query.canonical import canonical_query
from streams.route.query.grammar import parse_query
from streams.route.query.implication import can_hold, covers, implies
from tests.support.strategies import articles, clauses, queries


@pytest.mark.parametrize(
    "query",
    [
        "a and not a",
        "title:bridge and not bridge",
        '"harbor bridge" and not bridge',
        '"harbor bridge"~3 and not harbor',
        "harbor near bridge and not bridge",
        "harbor near/2 bridge and not harbor near/5 bridge",
        "bridge and not brid*",
        "language:en and language:de",
        "published:1987 and published:2026",
        "published:2026-03-02 and not published:2026-03",
        "domain:news.test and not domain:test",
        'source:"the copy" and not source:"the*"',
        "(a or b) and not a and not b",
        "a and (kind:copy or b) and not (kind:copy or kind:correction) and not b",
    ],
)
def test_can_hold_finds_contradictions(query: str) -> None:
    assert not can_hold(parse_query(query))


@pytest.mark.parametrize(
    "query",
    [
        "title:a and title:b",
        "bridge and not title:bridge",
        "harbor and bridge and not harbor near bridge",
        '"harbor bridge"~3 and not "harbor bridge"',
        "brid* and not bridge",
        "entity:a and entity:b",
        'entity:q1 and not entity:"q1*"',
        "type:person and type:org",
    ],
)
def test_can_hold_accepts_satisfiable_queries(query: str) -> None:
    assert can_hold(parse_query(query))


def test_can_hold_gives_up_on_large_queries() -> None:
    large = " and ".join(f"(a{n} or b{n} or c{n})" for n in range(60))

    assert can_hold(parse_query(f"{large} and not a1 and not b1 and (c1 and x or c1 and y)"))


def test_covers_respects_brackets() -> None:
    assert covers(parse_query("a and (b or c)"), parse_query("(b and a) or (c and a)"))
    assert not covers(parse_query("a and b"), parse_query("a"))


@given(clauses(), clauses(), articles())
def test_implied_clause_holds_with_implying_one(one, other, article) -> None:
    facts = article_facts(article)
    one, other = canonical_query(one), canonical_query(other)

    assert not (implies(one, other) and compile_query(one)(facts)) or compile_query(other)(facts)


@given(queries(), articles())
def test_query_that_matches_an_article_can_hold(query, article) -> None:
    assert can_hold(query) or not compile_query(query)(article_facts(article))
