"""docs/reference/queries.md: its examples match, and its errors are errors."""

import re

import pytest

from streams.route.match.evaluate import compile_query
from streams.route.match.facts import article_facts
from streams.route.query import grammar
from streams.route.query.ast import ArticleKind, QueryField
from streams.route.query.errors import QuerySyntaxError
from streams.route.query.grammar import parse_query
from streams.route.search_query import parse_search
from tests.conftest import ROOT
from tests.support.builders import TEXT, TITLE, enriched_article, entity

DOCUMENT = (ROOT / "docs/reference/queries.md").read_text()
ARTICLE = article_facts(
    enriched_article(entities=(entity("Russia", id="Q159"),), section="News / World")
)


def blocks(language: str) -> list[str]:
    """Return the fenced blocks in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def lines(language: str, index: int = 0) -> list[str]:
    """Return the lines of one block in a language."""
    return blocks(language)[index].splitlines()


CLAUSES = [
    clause
    for row in re.findall(r"^\| (`.*?) \|", DOCUMENT, re.MULTILINE)
    for clause in re.findall(r"`([^`]+)`", row)
]


def test_article_of_the_examples_is_that_of_the_tests() -> None:
    assert TITLE in DOCUMENT
    assert TEXT.split("\n", maxsplit=1)[0] in DOCUMENT


@pytest.mark.parametrize("query", lines("query", 0))
def test_documented_matches_match(query: str) -> None:
    assert compile_query(parse_query(query))(ARTICLE)


@pytest.mark.parametrize("query", lines("query", 1))
def test_documented_non_matches_do_not_match(query: str) -> None:
    assert not compile_query(parse_query(query))(ARTICLE)


@pytest.mark.parametrize("query", CLAUSES)
def test_documented_clauses_can_be_parsed(query: str) -> None:
    assert parse_query(query)


@pytest.mark.parametrize("field", [*QueryField, *(f"kind:{kind}" for kind in ArticleKind)])
def test_every_field_and_kind_is_documented(field: str) -> None:
    assert field == QueryField.ANY or any(clause.startswith(field) for clause in CLAUSES)


@pytest.mark.parametrize("query", lines("refused"))
def test_documented_errors_are_errors(query: str) -> None:
    with pytest.raises(QuerySyntaxError):
        parse_query(query)


@pytest.mark.parametrize("query", lines("broad"))
def test_documented_broad_queries_are_refused_only_as_searches(query: str) -> None:
    parse_query(query)

    with pytest.raises(QuerySyntaxError, match="large part of all articles"):
        parse_search(query)


def test_documented_grammar_is_that_of_the_source() -> None:
    (documented,) = [block for block in blocks("text") if block.startswith("query ")]
    source = grammar.__doc__ or ""

    assert documented.split() == source[source.index("query   =") :].split("\n\n", 1)[0].split()
