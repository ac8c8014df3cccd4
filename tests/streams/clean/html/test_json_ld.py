"""JSON-LD in the shapes met in the wild."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.html.json_ld import article_node, json_ld_nodes, text_of, texts_of, types_of

ARTICLE = '{"@type": "NewsArticle", "headline": "Rain"}'


@pytest.mark.parametrize(
    "script",
    [
        ARTICLE,
        f"[{ARTICLE}]",
        f"[[{ARTICLE}]]",
        f'{{"@graph": [{{"@type": "WebPage"}}, {ARTICLE}]}}',
        f'{{"@type": "WebPage", "mainEntity": {ARTICLE}}}',
        '{"@type": ["Thing", "https://schema.org/NewsArticle"], "headline": "Rain"}',
        f"<!-- {ARTICLE} -->",
        f"/*<![CDATA[*/{ARTICLE}/*]]>*/",
        f"{ARTICLE};",
        '{"@type": "NewsArticle", "headline": "Rain",}',
        '{"@type": "NewsArticle", "headline": "Rain", "description": "two\nlines"}',
    ],
)
def test_article_node_is_found_in_every_shape(script: str) -> None:
    assert article_node(json_ld_nodes([script]))["headline"] == "Rain"


@pytest.mark.parametrize("script", ["", "{", "null", "[1, 2]", '"text"', "[" * 100_000, "{}"])
def test_a_script_that_cannot_be_read_gives_no_article(script: str) -> None:
    assert article_node(json_ld_nodes([script])) == {}


@given(st.lists(st.text()))
def test_json_ld_nodes_answers_whatever_comes(scripts: list[str]) -> None:
    assert isinstance(json_ld_nodes(scripts), list)


def test_references_are_replaced_by_what_they_name() -> None:
    script = (
        '{"@graph": [{"@type": "Article", "headline": "Rain", "author": {"@id": "#ann"}},'
        '{"@type": "Person", "@id": "#ann", "name": "Ann Example"}]}'
    )

    assert text_of(article_node(json_ld_nodes([script]))["author"]) == "Ann Example"


def test_the_node_of_this_page_is_chosen() -> None:
    scripts = [
        '{"@type": "Article", "headline": "Snow", "url": "https://news.test/snow", "author": "A"}',
        '{"@type": "Article", "headline": "Rain", "url": "https://news.test/rain?x=1"}',
    ]

    node = article_node(json_ld_nodes(scripts), url="https://news.test/rain")

    assert node["headline"] == "Rain"


def test_many_nodes_are_bounded() -> None:
    script = "[" + ",".join(["{}"] * 50_000) + "]"

    assert len(json_ld_nodes([script])) <= 5000


def test_texts_of_reads_every_kind_of_value() -> None:
    assert texts_of([{"@value": "a"}, {"name": ["b"]}, " c ", None, 4, {"@id": "d"}]) == list(
        "abcd"
    )


def test_types_of_ignores_what_is_no_type() -> None:
    assert types_of({"@type": [4, "schema:Article"]}) == {"Article"}
