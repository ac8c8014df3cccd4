"""The canonical form of queries."""

import pytest
from hypothesis import given

from streams.route.match.evaluate import compile_query
from streams.route.match.facts import article_facts
from streams.route.query.ast import Not, negation, query_text
from streams.route.query.canonical import canonical_query
from streams.route.query.grammar import parse_query
from tests.support.strategies import articles, queries


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("b and a", "A and B"),
        ("a or b or a", "(b) or a"),
        ("Genève", "geneve"),
        ("E-Mail", '"e\u2010mail!"'),
        ("entity:Q159", "entity:q159"),
        ("source:ANI", 'source:"ani"'),
        ("a near/2 É", "A near/2 e"),
        ("(a and b) or c", "c or (b and a)"),
    ],
)
def test_canonical_query_is_equal_for_equal_searches(query: str, same: str) -> None:
    assert canonical_query(parse_query(query)) == canonical_query(parse_query(same))


@pytest.mark.parametrize(("query", "other"), [("a near/2 b", "a near/3 b"), ("title:a", "a")])
def test_canonical_query_differs_for_different_searches(query: str, other: str) -> None:
    assert canonical_query(parse_query(query)) != canonical_query(parse_query(other))


@given(queries())
def test_canonical_query_is_idempotent_and_parsable(query) -> None:
    once = canonical_query(query)
    readable = once.part if isinstance(once, Not) else once

    assert canonical_query(once) == once
    assert query_text(negation(negation(readable))) == query_text(readable)


@given(queries(), articles())
def test_canonical_query_matches_the_same_articles(query, article) -> None:
    facts = article_facts(article)

    assert compile_query(canonical_query(query))(facts) == compile_query(query)(facts)
