"""Facts of an article that queries test."""

import pytest

from streams.records import Change, Language, Revision, Site
from streams.route.match.facts import article_facts, article_kind
from streams.route.query.ast import ArticleKind
from tests.support.builders import duplicate_article, enriched_article, entity


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        (enriched_article(), ArticleKind.NEW),
        (enriched_article(revision=Revision(number=2)), ArticleKind.REVISION),
        (duplicate_article(change=Change.COPY), ArticleKind.COPY),
        (duplicate_article(change=Change.UNCHANGED), ArticleKind.UNCHANGED),
        (duplicate_article(change=Change.CORRECTION), ArticleKind.CORRECTION),
    ],
)
def test_article_kind_of_versions_and_duplicates(article, expected: ArticleKind) -> None:
    assert article_kind(article) is expected


def test_article_facts_have_every_field() -> None:
    article = enriched_article(
        title="Über Geneva",
        text="Talks failed.",
        url="https://www.News.Test:8080/a",
        source="ANI-Feed",
        agency="ANI",
        site=Site(name="News Test", domain="News.test"),
        language=Language(code="de"),
        section="News / World",
        entities=(entity("Geneva", id="Q71", also=("geonames:2660646",)),),
    )

    facts = article_facts(article)

    assert (facts.kind, facts.language) == (ArticleKind.NEW, "de")
    assert (facts.title.padded, facts.text.padded) == (" uber geneva ", " talks failed ")
    assert (facts.entity_ids, facts.entity_names) == (
        frozenset({"q71", "geonames:2660646"}),
        (" geneva ",),
    )
    assert facts.sources == (" ani feed ", " ani ", " news test ")
    assert facts.topics == (" news world ", " news ", " world ")
    assert facts.hosts == (".www.news.test", ".news.test")


@pytest.mark.parametrize("url", ["", "http://[broken", "no url at all"])
def test_article_facts_accept_any_url(url: str) -> None:
    assert article_facts(enriched_article(url=url, site=Site())).hosts == ()


def test_article_facts_of_duplicate_have_no_entities() -> None:
    assert article_facts(duplicate_article()).entity_ids == frozenset()
