import pytest

from streams.clean.article import clean_article
from streams.config.feeds import TextFrom
from streams.outcome import Emit
from streams.records import HttpInfo, article_id
from streams.sources.feeds.article import (
    article_from_entry,
    article_from_page,
    has_full_text,
    needs_page,
    strip_markup,
)
from streams.sources.feeds.parsing.model import Entry
from tests.support.builders import FETCHED, TEXT, URL

LONG = "<p>" + "</p><p>".join(f"{n}. {TEXT}" for n in range(6)) + "</p>"

FULL = [
    ("full text", Entry(content=LONG), True),
    ("full text as description", Entry(summary=LONG), True),
    ("a teaser", Entry(summary="It rained."), False),
    ("WordPress's excerpt", Entry(content=LONG + "<p>[&#8230;]</p>"), False),
    ("a link to go on", Entry(content=LONG + '<a href="x">Read more »</a>'), False),
    ("an ellipsis", Entry(content=LONG + "It rained…"), False),
    ("markup only", Entry(content="<img>" * 1000), False),
]


@pytest.mark.parametrize(("name", "entry", "expected"), FULL)
def test_has_full_text_distinguishes_teasers(name: str, entry: Entry, *, expected: bool) -> None:
    assert has_full_text(entry) is expected, name


NEEDS = [
    (Entry(link=URL), TextFrom.AUTO, True),
    (Entry(link=URL, content=LONG), TextFrom.AUTO, False),
    (Entry(link=URL, content=LONG), TextFrom.PAGE, True),
    (Entry(link=URL), TextFrom.FEED, False),
    (Entry(link="urn:uuid:7"), TextFrom.PAGE, False),
    (Entry(), TextFrom.AUTO, False),
]


@pytest.mark.parametrize(("entry", "text_from", "expected"), NEEDS)
def test_needs_page_without_full_text(entry: Entry, text_from: TextFrom, *, expected: bool) -> None:
    assert needs_page(entry, text_from) is expected


def test_article_from_entry_is_accepted_by_cleaning() -> None:
    entry = Entry(id="7", link=URL, title="Harbor bridge <b>reopens</b>", content=LONG)
    article = article_from_entry(entry, source="news", feed_url="https://f.test/", fetched=FETCHED)

    outcome = clean_article(article, max_page_bytes=1_000_000)

    assert isinstance(outcome, Emit)
    assert outcome.record.title == "Harbor bridge reopens"
    assert "Engineers replaced forty cables" in outcome.record.text
    assert outcome.record.id == article_id(url=URL)


def test_article_from_entry_without_link_uses_guid() -> None:
    article = article_from_entry(Entry(id="7"), source="news", feed_url="", fetched=FETCHED)

    assert article.id == article_id(source="news", external_id="7")


def test_article_from_page_has_id_of_entry() -> None:
    entry = Entry(id="7", link=URL, title="Rain", published="2026-03-02")
    page = article_from_page(
        entry,
        source="news",
        feed_url="https://f.test/",
        fetched=FETCHED,
        body=b"<html></html>",
        content_type="text/html",
        charset="utf-8",
        http=HttpInfo(status=200),
    )

    feed = article_from_entry(entry, source="news", feed_url="https://f.test/", fetched=FETCHED)
    assert page.id == feed.id
    assert (page.published, page.title) == ("2026-03-02", "Rain")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [("a <b>b</b>", "a b"), ("a < b", "a < b"), ("&lt;b&gt;", "<b>"), ("a\n b", "a b")],
)
def test_strip_markup_removes_tags_and_entities(markup: str, expected: str) -> None:
    assert strip_markup(markup) == expected
