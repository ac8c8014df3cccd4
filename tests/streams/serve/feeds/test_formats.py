"""Feeds: valid for any article."""

from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from streams.records import (
    Alert,
    AlertKind,
    Clause,
    Entity,
    EntityType,
    Field,
    Highlight,
    Subscription,
)
from streams.serve.feeds.formats import FeedItem, atom_feed, content_html, json_feed

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
SEARCH = Subscription(id="storms", query='"storm" and bridge', name="Storms & <bridges>")
URL = "https://here.test/v1/searches/storms/feed.atom"


def alert(number: int = 1, **changes: Any) -> Alert:
    """Return an alert of the search."""
    article = f"6b626991-d331-5668-91ea-{number:012x}"
    fields = {
        "id": f"storms/{article}/1",
        "subscription_id": "storms",
        "article_id": article,
        "title": f"Storm {number}",
        "url": f"https://news.test/{number}",
        "published": NOW - timedelta(hours=1),
        "source": "wire",
        "summary": "A storm.",
    }
    return Alert(**(fields | changes))


def items(*alerts: Alert) -> list[FeedItem]:
    """Return items of a feed, the newest first."""
    return [FeedItem(item, NOW - timedelta(minutes=n)) for n, item in enumerate(alerts)]


def atom(*alerts: Alert) -> bytes:
    """Return a feed as Atom."""
    return atom_feed(SEARCH, items(*alerts), url=URL, changed=NOW)


def json(*alerts: Alert) -> dict[str, Any]:
    """Return a feed as JSON Feed."""
    feed: dict[str, Any] = orjson.loads(json_feed(SEARCH, items(*alerts), url=URL))
    return feed


def test_feedparser_reads_atom_feed() -> None:
    geneva = Entity(id="Q71", name="Geneva", type=EntityType.GPE, count=1, salience=0.5)

    feed = feedparser.parse(atom(alert(1, entities=(geneva,)), alert(2)))

    assert not feed.bozo
    assert (feed.feed.title, feed.feed.links[0].href) == ("Storms & <bridges>", URL)
    assert [entry.title for entry in feed.entries] == ["Storm 1", "Storm 2"]
    first = feed.entries[0]
    assert (first.link, first.author, first.summary) == ("https://news.test/1", "wire", "A storm.")
    assert (first.published_parsed[3], first.updated_parsed[3]) == (7, 8)
    assert [tag.term for tag in first.tags] == ["Geneva"]
    assert first.id.startswith("urn:uuid:")
    assert first.id != feed.entries[1].id


def test_json_feed_has_same_items() -> None:
    feed = json(alert(1), alert(2, kind=AlertKind.COPY, language="de"))

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == ["Storm 1", "Storm 2 (copy)"]
    assert feed["items"][1]["language"] == "de"
    ids = [entry.id for entry in feedparser.parse(atom(alert(1), alert(2))).entries]
    assert [item["id"] for item in feed["items"]] == ids


def test_feed_without_items_is_valid() -> None:
    feed = feedparser.parse(atom())

    assert (feed.bozo, feed.entries, feed.feed.updated_parsed[:4]) == (
        False,
        [],
        (2026, 3, 1, 8),
    )
    assert json()["items"] == []


def test_content_html_marks_matches_and_escapes() -> None:
    item = alert(
        passage="a <script> storm & more",
        passage_start=100,
        clauses=(Clause(text='"storm" and <b>'),),
        highlights=(
            Highlight(field=Field.TITLE, start=0, end=5),
            Highlight(field=Field.TEXT, start=111, end=116),
            Highlight(field=Field.TEXT, start=1111, end=1116),
        ),
    )

    assert content_html(item) == (
        "<p>a &lt;script&gt; <b>storm</b> &amp; more</p>"
        "<p>matched: &quot;storm&quot; and &lt;b&gt;</p>"
    )


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "data:text/html,x", "//x", "mailto:x"])
def test_links_are_http_only(url: str) -> None:
    assert b"alternate" not in atom(alert(url=url))
    assert "url" not in json(alert(url=url))["items"][0]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(texts, texts, texts, st.integers(0, 40), st.integers(0, 40))
def test_feed_is_valid_for_any_article(
    title: str, passage: str, source: str, start: int, end: int
) -> None:
    marks = (Highlight(field=Field.TEXT, start=start, end=end),)
    item = alert(title=title, passage=passage, source=source, summary=passage, highlights=marks)

    root = etree.fromstring(atom(item))
    (item,) = json(item)["items"]

    assert root.find("{*}entry/{*}title").text
    assert item["title"] == " ".join(title.split()) or "(no title)"
    assert etree.HTML(item["content_html"]) is not None
    assert "<script" not in item["content_html"]
