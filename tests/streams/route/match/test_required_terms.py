"""Terms by which a query is indexed."""

import pytest
from hypothesis import given

from streams.route.match.evaluate import compile_query
from streams.route.match.facts import article_facts
from streams.route.match.percolator import article_features
from streams.route.match.required_terms import required_terms
from streams.route.query.grammar import parse_query
from tests.support.strategies import articles, queries

RARE = {"rare": 0.01, "source:ani": 0.02, "common": 0.9}


def share(feature: str) -> float:
    """Return the known share of a few features."""
    return RARE.get(feature, 0.5)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Bridge", {"bridge"}),
        ('"common rare word"', {"rare"}),
        ('"common rare"~3', {"rare"}),
        ("common near rare", {"rare"}),
        ("bridg*", {"bridg*"}),
        ('"rare bridg*"', {"rare"}),
        ("rare and common", {"rare"}),
        ("rare or common", {"rare", "common"}),
        ("(rare or source:ANI) and common", {"rare", "source:ani"}),
        ("common and not rare", {"common"}),
        ("not (not rare or common)", {"rare"}),
        ("not (not rare and not common)", {"rare", "common"}),
        ('entity:"Vladimir Putin"', {"name:vladimir putin", "id:vladimir putin"}),
        ("entity:Q7747", {"name:q7747", "id:q7747"}),
        ('entity:"vladimir p*"', {"name:vladimir p*"}),
        ('source:"the a*"', {"source:the a*"}),
        ("domain:news.test", {"domain:news.test"}),
        ("kind:copy and published:2026", {"kind:copy"}),
        ("type:person", {"type:person"}),
    ],
)
def test_required_terms_are_the_rarest(query: str, expected: set[str]) -> None:
    assert required_terms(parse_query(query), share) == expected


@pytest.mark.parametrize("query", ["published:2026", "rare or published:2026"])
def test_required_terms_are_none_without_required_feature(query: str) -> None:
    assert required_terms(parse_query(query), share) is None


@given(queries(), articles())
def test_required_terms_occur_in_matching_articles(query, article) -> None:
    facts = article_facts(article)
    needed = required_terms(query, share)
    had = article_features(facts)

    hit = needed is None or any(
        one.startswith(need[:-1]) if need.endswith("*") else one == need
        for need in needed
        for one in had
    )

    assert hit or not compile_query(query)(facts)
