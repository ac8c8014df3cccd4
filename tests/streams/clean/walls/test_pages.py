"""Whole pages: walls in many languages are dropped, articles that sound like them are not."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams.clean.article import clean_article
from streams.outcome import Drop, DropReason, Emit
from streams.records import RawArticle
from tests.support.builders import raw_article

PAGES = [
    json.loads(line)
    for line in (Path(__file__).parent / "pages.jsonl").read_text("utf-8").splitlines()
]
WALLS = [page for page in PAGES if page["wall"]]
ARTICLES = [page for page in PAGES if not page["wall"]]
TEASER = "The county buys the island of Hesta from the bank that had seized it."
ERRORS_AND_WALLS = {
    DropReason.NOT_FOUND,
    DropReason.BLOCKED,
    DropReason.CONSENT_WALL,
    DropReason.SCRIPT_REQUIRED,
    DropReason.EMPTY_SHELL,
}


def _name(page: dict[str, Any]) -> str:
    return f"{page['title']}-{page['heading']}"[:50]


def _raw(page: dict[str, Any], **changes: object) -> RawArticle:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in page["text"])
    heading = f"<h1>{page['heading']}</h1>" if page["heading"] else ""
    return raw_article(
        body=(
            f'<!doctype html><html><head><meta charset="utf-8"><title>{page["title"]}</title>'
            f'</head><body><nav><a href="/">Home</a> <a href="/n">News</a></nav>'
            f"<main>{heading}{paragraphs}</main></body></html>"
        ),
        **{"title": "", "charset": "utf-8"} | changes,
    )


@pytest.mark.parametrize("page", WALLS, ids=_name)
def test_wall_is_no_article(page: dict[str, Any]) -> None:
    outcome = clean_article(_raw(page), max_page_bytes=100_000)

    assert isinstance(outcome, Drop)
    assert outcome.reason in ERRORS_AND_WALLS


@pytest.mark.parametrize("page", WALLS, ids=_name)
def test_entry_with_wall_keeps_words_of_feed(page: dict[str, Any]) -> None:
    raw = _raw(page, title="County buys island", summary=TEASER, feed_url="https://news.test/f")
    outcome = clean_article(raw, max_page_bytes=100_000)

    assert isinstance(outcome, Emit)
    article = outcome.record
    assert (article.title, article.text, article.id) == ("County buys island", TEASER, raw.id)
    assert article.receipts[0].rule == "feed"
    assert article.receipts[0].evidence.startswith("page not used: ")


@pytest.mark.parametrize("page", ARTICLES, ids=_name)
def test_article_that_sounds_like_wall_is_article(page: dict[str, Any]) -> None:
    outcome = clean_article(_raw(page), max_page_bytes=100_000)

    assert isinstance(outcome, Emit)
    assert page["text"][0][:30] in outcome.record.text
    assert outcome.record.receipts[0].rule != "feed"


@pytest.mark.parametrize(
    ("title", "heading", "text"),
    [
        ("Vik", "Az oldal nem található", "A keresett oldal nem létezik vagy törölték."),
        ("วิก", "ไม่พบหน้าที่ต้องการ", "หน้าที่คุณค้นหาไม่มีอยู่หรือถูกลบไปแล้ว"),
        ("Vik", "Ukurasa haupatikani", "Ukurasa unaotafuta haupo au umehamishwa."),
        ("vik.example is for sale", "Buy this domain", "Its owner asks 999 USD for it."),
    ],
)
def test_page_without_a_word_of_its_entry_is_not_used(title: str, heading: str, text: str) -> None:
    wall = {"title": title, "heading": heading, "text": [text]}
    raw = _raw(wall, title="County buys island", summary=TEASER, feed_url="https://news.test/f")
    outcome = clean_article(raw, max_page_bytes=100_000)

    assert isinstance(outcome, Emit)
    assert outcome.record.text == TEASER
    assert "other page" in outcome.record.receipts[0].evidence


def test_short_page_with_a_word_of_its_entry_is_used() -> None:
    short = {"title": "Hesta sold", "heading": "", "text": ["The islands are the county's now."]}
    raw = _raw(short, title="County buys island", feed_url="https://news.test/f")
    outcome = clean_article(raw, max_page_bytes=100_000)

    assert isinstance(outcome, Emit)
    assert outcome.record.text == "The islands are the county's now."


@pytest.mark.parametrize("teasers", [3, 12])
def test_error_page_with_teasers_is_no_article(teasers: int) -> None:
    cards = "".join(
        f'<div><h3><a href="/a{n}">Council repairs bridge number {n} of the county</a></h3>'
        f"<p>The council of Vik decided on Monday to repair bridge {n} before winter.</p></div>"
        for n in range(teasers)
    )
    body = f"<title>Vik Post</title><h1>Page not found</h1><p>Most read today</p>{cards}"
    outcome = clean_article(raw_article(body=body), max_page_bytes=100_000)

    assert isinstance(outcome, Drop)
    assert outcome.reason is DropReason.NOT_FOUND


@pytest.mark.parametrize(
    ("folder", "emitted"),
    [("33-headlines-that-sound-like-errors", True), ("13-error-page-with-status-200", False),
     ("11-consent-wall-behind-link", False)],
)  # fmt: skip
def test_shared_cases(shared: Path, folder: str, emitted: bool) -> None:  # noqa: FBT001
    pages = sorted((shared / "cases" / "sources" / folder).glob("*.html"))
    outcomes = [
        clean_article(raw_article(body=page.read_bytes(), title=""), max_page_bytes=100_000)
        for page in pages
    ]

    assert outcomes
    assert {isinstance(outcome, Emit) for outcome in outcomes} == {emitted}
