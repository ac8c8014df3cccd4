"""The line that WordPress adds to the articles of its feeds."""

from pathlib import Path

import feedparser
import pytest

from streams import raw_article
from streams.clean.article import clean_article
from streams.clean.body.feed_credit import without_feed_credit
from streams.outcome import Emit

TEXT = "The ferry Marta sails again from Tuesday, its owner said on Monday in the harbor of Vik."
POST = '<a href="https://news.example/2026/marta/">Marta sails again</a>'
SITE = '<a href="https://www.news.example">Harbor Gazette</a>'


def _text(html: str) -> str:
    raw = raw_article(
        source="test", url="https://news.example/2026/marta", title="Marta sails again", html=html
    )
    outcome = clean_article(raw, max_page_bytes=1 << 20)
    assert isinstance(outcome, Emit)
    return outcome.record.text


@pytest.mark.parametrize(
    "line",
    [
        f"The post {POST} appeared first on {SITE}.",
        f"Der Beitrag {POST} erschien zuerst auf {SITE}.",
        f"L’article {POST} est apparu en premier sur {SITE}.",
        f"{POST} yazısı ilk önce {SITE} üzerinde ortaya çıktı.",
        f"A {POST} bejegyzés először {SITE}-én jelent meg.",
        f"投稿 {POST} は {SITE} に最初に表示されました。",
        f"Сообщение {POST} появились сначала на {SITE}.",
    ],
)
def test_feed_credit_is_left_out(line: str) -> None:
    assert _text(f"<p>{TEXT}</p><p>{line}</p>") == TEXT


@pytest.mark.parametrize(
    "line",
    [
        'More is on <a href="https://news.example/b">a page</a>, said the clerk who sells tickets.',
        f"The owner told {SITE} on Monday that the ferry will sail until May and then be sold.",
    ],
)
def test_paragraph_with_links_is_kept(line: str) -> None:
    assert "\n\n" in _text(f"<p>{TEXT}</p><p>{line}</p>")


@pytest.mark.parametrize(
    "sentence",
    [
        "The post Marta sails again appeared first on Harbor Gazette.",
        "Der Beitrag Marta sails again erschien zuerst auf Harbor Gazette.",
        "La entrada Marta sails again se publicó primero en Harbor Gazette.",
    ],
)
def test_without_feed_credit_removes_last_sentence(sentence: str) -> None:
    assert without_feed_credit(f"{TEXT} {sentence}", "Marta sails again") == TEXT


@pytest.mark.parametrize(
    "sentence", ["The old Marta sails again.", "Marta sails again from Vik.", "It rained in Vik."]
)
def test_without_feed_credit_keeps_other_sentence(sentence: str) -> None:
    text = f"{TEXT} {sentence}"

    assert without_feed_credit(text, "Marta sails again") == text


@pytest.mark.parametrize("name", ["feed.xml", "feed-de.xml"])
def test_feed_credit_of_feed_from_field(shared: Path, name: str) -> None:
    path = shared / "cases/sources/12-wordpress-appeared-first" / name
    (entry,) = feedparser.parse(path.read_text().replace("{PORT}", "8080")).entries
    raw = raw_article(source="test", url=entry.link, html=entry.content[0].value)

    outcome = clean_article(raw, max_page_bytes=1 << 20)

    assert isinstance(outcome, Emit)
    assert outcome.record.text.endswith("when the mayor is back from leave.")
