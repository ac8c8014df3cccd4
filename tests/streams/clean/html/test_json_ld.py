"""JSON-LD in the forms of real pages."""

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
def test_article_node_is_found_in_every_form(script: str) -> None:
    assert article_node(json_ld_nodes([script]))["headline"] == "Rain"


@pytest.mark.parametrize("script", ["", "{", "null", "[1, 2]", '"text"', "[" * 100_000, "{}"])
def test_article_node_of_invalid_script_is_empty(script: str) -> None:
    assert article_node(json_ld_nodes([script])) == {}


@given(st.lists(st.text()))
def test_json_ld_nodes_accepts_any_scripts(scripts: list[str]) -> None:
    assert isinstance(json_ld_nodes(scripts), list)


def test_json_ld_nodes_resolve_references() -> None:
    script = (
        '{"@graph": [{"@type": "Article", "headline": "Rain", "author": {"@id": "#ann"}},'
        '{"@type": "Person", "@id": "#ann", "name": "Ann Example"}]}'
    )

    assert text_of(article_node(json_ld_nodes([script]))["author"]) == "Ann Example"


def test_article_node_prefers_url_of_page() -> None:
    scripts = [
        '{"@type": "Article", "headline": "Snow", "url": "https://news.test/snow", "author": "A"}',
        '{"@type": "Article", "headline": "Rain", "url": "https://news.test/rain?x=1"}',
    ]

    node = article_node(json_ld_nodes(scripts), url="https://news.test/rain")

    assert node["headline"] == "Rain"


def test_json_ld_nodes_limits_nodes() -> None:
    script = "[" + ",".join(["{}"] * 50_000) + "]"

    assert len(json_ld_nodes([script])) <= 5000


def test_texts_of_accepts_every_kind_of_value() -> None:
    assert texts_of([{"@value": "a"}, {"name": ["b"]}, " c ", None, 4, {"@id": "d"}]) == list(
        "abcd"
    )


def test_types_of_ignores_other_values() -> None:
    assert types_of({"@type": [4, "schema:Article"]}) == {"Article"}


UPDATE = (
    '{"@type": "BlogPosting", "headline": "The storm has come", "datePublished": "2026-03-02",'
    ' "author": {"name": "Ann"}, "articleBody": "Roofs fly.", "url": "https://news.test/live#u1",'
    ' "@id": "#u1"}'
)
LIVE = '"headline": "Storm: live", "url": "https://news.test/live"'


GRAPH = (
    f'{{"@graph": [{UPDATE}, {{"@type": "LiveBlogPosting", "@id": "#live", {LIVE},'
    ' "liveBlogUpdate": [{"@id": "#u1"}]}]}'
)
PART = UPDATE[:-1].replace("/live#u1", "/u1") + ', "isPartOf": {"@id": "#live"}}'


@pytest.mark.parametrize(
    "scripts",
    [
        [f'{{"@type": "LiveBlogPosting", {LIVE}, "liveBlogUpdate": [{UPDATE}]}}'],
        [f'{{"@type": "NewsArticle", {LIVE}, "hasPart": {UPDATE}, "author": {{"@id": "#x"}}}}'],
        [f'{{"@type": "NewsArticle", {LIVE}, "comment": [{{"x": [{UPDATE}]}}]}}'],
        [GRAPH],
        [UPDATE, f'{{"@type": "NewsArticle", {LIVE}}}'],
        [PART, f'{{"@type": "NewsArticle", "@id": "#live", {LIVE}}}'],
        [f'{{"@type": "WebPage", "mainEntity": {{"@type": "Report", {LIVE}}}, "x": {UPDATE}}}'],
    ],
    ids=["update", "part", "comment", "reference", "fragment", "part-of", "main-entity"],
)
@pytest.mark.parametrize("title", ["Storm: live", "The storm has come"])
def test_article_node_is_never_part_of_another(scripts: list[str], title: str) -> None:
    node = article_node(json_ld_nodes(scripts), url="https://news.test/live", title=title)

    assert node["headline"] == "Storm: live"


def test_article_node_is_not_one_of_several_fragments() -> None:
    other = UPDATE.replace("u1", "u2")

    assert article_node(json_ld_nodes([UPDATE, other]), title="The storm has come") == {}


def test_article_node_accepts_only_fragment_with_title() -> None:
    nodes = json_ld_nodes([UPDATE])

    assert (
        article_node(nodes, title="The storm has come - News")["headline"] == "The storm has come"
    )
    assert article_node(nodes, title="Storm: live") == {}


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": %s}]}',
        '{"@type": "ItemList", "itemListElement": [%s]}',
        '{"@type": "WebPage", "relatedLink": [%s]}',
    ],
)
def test_article_of_list_is_not_the_page_itself(script: str) -> None:
    assert article_node(json_ld_nodes([script % ARTICLE])) == {}
