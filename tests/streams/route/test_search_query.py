"""Queries of saved searches: limits and broad queries."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.route.match.evaluate import compile_query
from streams.route.match.facts import article_facts
from streams.route.query.errors import QuerySyntaxError
from streams.route.query.grammar import parse_query
from streams.route.search_query import MAX_SEARCH_CHARS, parse_search
from tests.support.naive_query import holds
from tests.support.query_texts import is_readable, query_texts
from tests.support.strategies import articles

MAX_CALLS = 100_000
"""Twice what the most expensive query of 1,000 characters takes, 500 brackets around a word."""


@pytest.mark.parametrize(
    "query",
    [
        "bridge",
        "language:de and merkel",
        "entity:Q30 and kind:copy",
        "source:ANI",
        "br*",
        "th* and bridge",
        "compan*",
        "domain:bbc.co.uk",
        " or ".join(f"firm{number}" for number in range(80)),
    ],
)
def test_parse_search_accepts_specific_query(query: str) -> None:
    assert parse_search(query) == parse_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "kind:new",
        "language:en",
        "published:2026..",
        "the",
        '"of the"',
        "bridge or kind:copy",
        "type:person and not bridge",
        "bridge or not kind:new",
        "th*",
        "an*",
        "co*",
        "re*",
        "=the*",
        "title:th*",
        '"of th*"',
        "bridge or st*",
        "(th* and an*) or harbor",
        "domain:com",
        "domain:co.uk",
        "year or bank or company or market or shares",
        " or ".join(f"{first}{second}*" for first in "bcdfgh" for second in "aeiou"),
    ],
)
def test_parse_search_refuses_broad_query(query: str) -> None:
    with pytest.raises(QuerySyntaxError, match=r"large part of all articles|without `not`"):
        parse_search(query)


def test_parse_search_refuses_long_text() -> None:
    with pytest.raises(QuerySyntaxError, match="longer than 1,000 characters"):
        parse_search("a" * (MAX_SEARCH_CHARS + 1))


def test_parse_search_refuses_too_many_clauses() -> None:
    with pytest.raises(QuerySyntaxError, match="101 clauses; expected at most 100"):
        parse_search(" or ".join(["ab"] * 101))


@pytest.mark.parametrize(
    "query",
    [
        "a or " * 199 + "a",
        "(" * 499 + "a" + ")" * 499,
        "not " * 249 + "a",
        "a near " * 140 + "a",
        '"' * 1000,
        "title:a " * 125,
        "(a and (b or " * 70 + "c",
        "\\" * 1000,
        '"a"~1 ' * 160,
    ],
    ids=lambda query: query[:12],
)
def test_parse_search_takes_bounded_work(query: str) -> None:
    n_calls(query)  # fills caches
    # Steps, not seconds: the machine may be busy.
    assert n_calls(query) < MAX_CALLS


def n_calls(query: str) -> int:
    """Return the number of calls that it takes to parse or refuse a query, also of C functions."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        parse_search(query)
    except QuerySyntaxError as error:
        str(error)
    finally:
        sys.setprofile(None)
    return calls


@given(st.text(max_size=200))
def test_parse_search_is_total(text: str) -> None:
    assert n_calls(text) < 10 * MAX_CALLS


@given(query_texts(), articles())
def test_parse_search_of_any_text_agrees_with_naive_evaluation(text: str, article) -> None:
    try:
        query, problem = parse_search(text), None
    except QuerySyntaxError as error:
        query, problem = None, error

    assert problem is None or is_readable(problem, text)
    assert query is None or compile_query(query)(article_facts(article)) is holds(query, article)
