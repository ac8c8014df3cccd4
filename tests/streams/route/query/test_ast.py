"""Queries as data, and their text."""

import pytest
from hypothesis import given

from streams.route.query.ast import (
    And,
    Not,
    Or,
    QueryClause,
    QueryField,
    conjunction,
    disjunction,
    negation,
    query_text,
)
from tests.support.strategies import queries

A, B, C = (QueryClause(QueryField.ANY, value) for value in "abc")


def test_conjunction_flattens_nested_ones() -> None:
    assert conjunction([conjunction([A, B]), C]) == And((A, B, C))


def test_disjunction_flattens_nested_ones() -> None:
    assert disjunction([A, disjunction([B, C])]) == Or((A, B, C))


def test_conjunction_keeps_disjunction_inside() -> None:
    assert conjunction([disjunction([A, B]), C]) == And((Or((A, B)), C))


@pytest.mark.parametrize("join", [conjunction, disjunction])
def test_join_of_one_query_is_that_query(join) -> None:
    assert join([A]) == A


@pytest.mark.parametrize("join", [conjunction, disjunction])
def test_join_of_no_query_is_error(join) -> None:
    with pytest.raises(ValueError, match="no queries"):
        join([])


@given(queries())
def test_double_negation_is_the_query(query) -> None:
    assert negation(negation(query)) == query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (A, "a"),
        (QueryClause(QueryField.TITLE, "sport", prefix=True), "title:sport*"),
        (QueryClause(QueryField.ANY, "two words", prefix=True), '"two words*"'),
        (QueryClause(QueryField.ANY, "and"), '"and"'),
        (QueryClause(QueryField.ANY, 'a "b" \\'), r'"a \"b\" \\"'),
        (QueryClause(QueryField.ENTITY, "geonames:12"), 'entity:"geonames:12"'),
        (Not(A), "not a"),
        (Not(And((A, B))), "not (a and b)"),
        (Or((And((A, B)), C)), "(a and b) or c"),
        (And((Or((A, B)), Not(C))), "(a or b) and not c"),
    ],
)
def test_query_text_quotes_and_brackets_where_needed(query, expected: str) -> None:
    assert query_text(query) == expected
