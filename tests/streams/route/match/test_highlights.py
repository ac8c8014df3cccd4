"""Positions at which clauses match an article."""

from itertools import pairwise

import pytest
from hypothesis import given

from streams.records import EnrichedArticle, Field, Highlight
from streams.route.match.evaluate import evaluate_query
from streams.route.match.facts import article_facts
from streams.route.match.highlights import MAX_HIGHLIGHTS, find_highlights
from streams.route.query.ast import query_clauses
from streams.route.query.grammar import parse_query
from tests.support.builders import duplicate_article, enriched_article, entity, mention
from tests.support.strategies import articles, queries

HOLDS = "Präsident Putin kam."
ARTICLE = enriched_article(
    title="STRASSE nach Łódź gesperrt",
    text=f"Die Straße (E 75) nach Lodz ist zu. {HOLDS}",
    entities=(entity("Vladimir Putin", id="Q7747"),),
    mentions=(
        mention("Putin", within=f"Die Straße (E 75) nach Lodz ist zu. {HOLDS}", entity_id="Q7747"),
    ),
)


def shown(query: str, article: EnrichedArticle = ARTICLE) -> list[str]:
    """Return the highlighted texts."""
    clauses = query_clauses(parse_query(query))
    return [
        getattr(article, highlight.field)[highlight.start : highlight.end]
        for highlight in find_highlights(article, article_facts(article), clauses)
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("straße", ["STRASSE", "Straße"]),
        ("title:lodz", ["Łódź"]),
        ("text:lodz", ["Lodz"]),
        ('"e 75 nach"', ["E 75) nach"]),
        ('"straße nach"~2', ["STRASSE nach", "Straße (E 75) nach"]),
        ("gesp*", ["gesperrt"]),
        ("straße near/3 lodz", ["STRASSE", "Łódź", "Straße", "Lodz"]),
        ('"die straße" or "straße e"', ["Die Straße (E"]),
        ("entity:Q7747", ["Putin"]),
        ('entity:"vladimir*"', ["Putin"]),
        ("entity:Q1 or language:de or kind:new", []),
    ],
)
def test_highlights_cover_words_as_written(query: str, expected: list[str]) -> None:
    assert shown(query) == expected


def test_highlights_are_limited() -> None:
    assert len(shown("go", enriched_article(text="go stop " * 99))) == MAX_HIGHLIGHTS


def test_highlights_of_duplicate() -> None:
    article = duplicate_article(title="A bridge")
    clauses = [*query_clauses(parse_query("title:bridge or entity:Q1"))]

    assert find_highlights(article, article_facts(article), clauses) == (
        Highlight(field=Field.TITLE, start=2, end=8),
    )


@given(queries(), articles())
def test_highlights_are_within_field_without_overlap(query, article) -> None:
    facts = article_facts(article)
    clauses = [clause for clause, holds in evaluate_query(query, facts).clauses if holds]
    found = find_highlights(article, facts, clauses)

    assert list(found) == sorted(
        found, key=lambda highlight: (highlight.field is Field.TEXT, highlight.start)
    )
    assert all(highlight.end <= len(getattr(article, highlight.field)) for highlight in found)
    assert all(
        highlight.end <= other.start
        for highlight, other in pairwise(found)
        if highlight.field is other.field
    )
