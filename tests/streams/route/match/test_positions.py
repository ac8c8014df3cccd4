"""Phrases with a slop and words near each other, compared with a naive implementation."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.route.match.indexed_text import IndexedText
from streams.route.match.occurrences import clause_occurrences
from streams.route.query.ast import Near, QueryClause, QueryField
from streams.route.query.grammar import parse_query

WORD = st.sampled_from("abc")
PHRASE = st.lists(WORD, min_size=1, max_size=3)
TEXT = st.lists(WORD, max_size=8)


def spans(query: str, text: str) -> list[tuple[int, int]]:
    """Return the spans of a one-clause query in a text of lower-case letters and spaces."""
    clause = parse_query(query)
    assert isinstance(clause, QueryClause)
    return [(found.first, found.last) for found in clause_occurrences(clause)(IndexedText(text))]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("a", "b a c a", [(1, 1), (3, 3)]),
        ('"a b"', "a b a c b", [(0, 1)]),
        ('"a b"~1', "a b a c b", [(0, 1), (2, 4)]),
        ('"a ba*"', "a bar a b a baz", [(0, 1), (4, 5)]),
        ("a near/1 b", "a c b", [(0, 0), (2, 2)]),
        ("b near/1 a", "a c b", [(2, 2), (0, 0)][::-1]),
        ("a near/0 b", "a c b", []),
        ('"a b" near/0 "b a"', "a b a", []),
    ],
)
def test_occurrences_finds_occurrences(
    query: str, text: str, expected: list[tuple[int, int]]
) -> None:
    assert spans(query, text) == expected


@given(PHRASE, st.integers(0, 3), TEXT)
def test_occurrences_of_phrase_match_definition(phrase, slop, text) -> None:
    clause = QueryClause(QueryField.ANY, " ".join(phrase), slop=slop)
    at = [[place for place, word in enumerate(text) if word == wanted] for wanted in phrase]
    rising = [chosen for chosen in product(*at) if list(chosen) == sorted(set(chosen))]
    short = any(chosen[-1] - chosen[0] - len(phrase) + 1 <= slop for chosen in rising)

    assert any(clause_occurrences(clause)(IndexedText(" ".join(text)))) is short


@given(PHRASE, PHRASE, st.integers(0, 3), TEXT)
def test_occurrences_of_near_words_match_definition(left, right, within, text) -> None:
    clause = QueryClause(QueryField.ANY, " ".join(left), near=Near(" ".join(right), within=within))
    gaps = [
        max(second - first - len(left), first - second - len(right))
        for first, second in product(range(len(text)), repeat=2)
        if text[first : first + len(left)] == left and text[second : second + len(right)] == right
    ]

    found = any(clause_occurrences(clause)(IndexedText(" ".join(text))))

    assert found is any(0 <= gap <= within for gap in gaps)
