"""Raw articles of feed entries, and what cleaning makes of them."""

import hashlib

import pytest

from streams.clean.article import clean_article
from streams.config.feeds import TextFrom
from streams.outcome import Emit
from streams.records import CleanArticle, HttpInfo, article_id
from streams.sources.feeds.article import (
    article_from_entry,
    article_from_page,
    has_full_text,
    needs_page,
    strip_markup,
)
from streams.sources.feeds.parsing.model import Entry
from streams.sources.feeds.parsing.parse import parse_feed
from tests.support.builders import FETCHED, TEXT, URL
from tests.support.pages import page

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


WALL = b"<title>Before you continue</title><h1>Before you continue</h1><p>We use cookies.</p>"
QUARRY = "The quarry at Vik was sold to its forty workers on Friday. The county gave a loan."
AGGREGATOR = (
    b"<rss version='2.0'><channel><title>News search</title><item>"
    b"<title>Nordlinje wins contract - Harbor Gazette</title><link>https://agg.test/r/CB7</link>"
    b"<description>&lt;a href='/r/CB7'&gt;Nordlinje wins contract&lt;/a&gt;&amp;nbsp;"
    b"&lt;font&gt;Harbor Gazette&lt;/font&gt;</description>"
    b"<source url='https://gazette.test'>Harbor Gazette</source></item></channel></rss>"
)


def _cleaned(entry: Entry, body: bytes, *, status: int = 200, landed: str = "") -> CleanArticle:
    raw = article_from_page(
        entry,
        source="news",
        feed_url="https://f.test/",
        fetched=FETCHED,
        body=body,
        content_type="text/html",
        charset="utf-8",
        http=HttpInfo(status=status, url=landed),
    )
    outcome = clean_article(raw, max_page_bytes=1_000_000)
    assert isinstance(outcome, Emit)
    return outcome.record


@pytest.mark.parametrize(
    ("body", "landed", "reason"),
    [
        (WALL, "", "consent_wall"),
        (b"<title>Vik Post</title><h1>Seite nicht gefunden</h1>", "", "not_found"),
        (
            b"<title>Vik Post</title><noscript>Enable JavaScript!</noscript>",
            "",
            "script",
        ),
        (page(title="News of the day").encode(), "https://news.test/", "section_page"),
        (b"%PDF-1.4 " + bytes(range(256)) * 20, "", "unreadable_body"),
        (b"<p>" + b"x" * 1_000_001, "", "too_large"),
        (b"<p " + b"a=1 " * 5000 + b">", "", "too_large"),
    ],
)
def test_entry_without_readable_page_keeps_words_of_feed(
    body: bytes, landed: str, reason: str
) -> None:
    entry = Entry(link=URL, title="Quarry sold", summary=QUARRY, authors=("Ann Lee",))

    article = _cleaned(entry, body, landed=landed)

    assert (article.title, article.text, article.summary) == ("Quarry sold", QUARRY, QUARRY)
    assert [author.name for author in article.authors] == ["Ann Lee"]
    assert (article.id, article.url) == (article_id(url=URL), URL)
    assert f"page not used: {reason}" in article.receipts[0].evidence


def test_entry_with_content_keeps_its_paragraphs() -> None:
    entry = Entry(link=URL, title="Quarry sold", content=f"<p>{QUARRY}</p><p>It is old.</p>")

    assert _cleaned(entry, WALL).text == f"{QUARRY}\n\nIt is old."


def test_entry_of_aggregator_loses_publisher_and_repeated_headline() -> None:
    [entry] = parse_feed(AGGREGATOR, url="https://agg.test/rss").entries

    article = _cleaned(entry, WALL)
    own = article_from_entry(entry, source="news", feed_url="https://f.test/", fetched=FETCHED)

    assert (article.title, article.text) == ("Nordlinje wins contract", "")
    assert (own.title, own.body) == ("Nordlinje wins contract", b"")


def test_title_keeps_what_is_no_publisher() -> None:
    entry = Entry(title="Rain - wind - Gazette", publisher="Gazette of Vik", link=URL)

    assert _cleaned(entry, WALL).title == "Rain - wind - Gazette"


def test_entry_with_page_larger_than_a_record_has_text_of_feed() -> None:
    noise = hashlib.shake_128(b"7").digest(4 << 20)
    entry = Entry(link=URL, title="Quarry sold", summary=QUARRY)

    article = _cleaned(entry, b"<title>Quarry</title><p>" + noise)

    assert (article.title, article.text) == ("Quarry sold", QUARRY)
