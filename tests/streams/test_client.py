from datetime import UTC, datetime
from typing import Any

import pytest

from streams.client import raw_article, record_time
from streams.errors import UsageError
from streams.records import Alert, DeadLetter, Record, article_id
from tests.support.builders import FETCHED, PUBLISHED, enriched_article
from tests.support.builders import raw_article as sound_article

SENT = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "body", "content_type", "charset"),
    [
        ({"text": "Wet."}, b"Wet.", "text/plain", ""),
        ({"html": "<p>Wet."}, b"<p>Wet.", "text/html", "utf-8"),
        ({"html": b"<p>Wet."}, b"<p>Wet.", "text/html", ""),
        ({}, b"", "text/plain", ""),
    ],
    ids=["text", "decoded page", "page", "headline only"],
)
def test_raw_article_accepts_text_or_page(
    fields: dict[str, Any], body: bytes, content_type: str, charset: str
) -> None:
    article = raw_article(source="x", title="Rain", **fields)

    assert (article.body, article.content_type, article.charset) == (body, content_type, charset)


def test_raw_article_sets_other_fields() -> None:
    article = raw_article(source="x", title="Rain", external_id="7", fetched=FETCHED, authors=["A"])

    assert article.id == article_id(source="x", external_id="7")
    assert (article.fetched, article.authors) == (FETCHED, ("A",))


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "Wet.", "html": "<p>Wet."},
        {"url": "https://news.test/" + "a" * 9000},
        {"summary": "x" * 5_000_000},
        {"title": "lone \ud800"},
    ],
    ids=["two bodies", "long url", "large", "surrogate"],
)
def test_raw_article_refuses_unusable_values(fields: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="raw_article: "):
        raw_article(source="x", **fields)


@pytest.mark.parametrize(
    ("record", "time"),
    [
        (enriched_article(), PUBLISHED),
        (sound_article(published="2026-03-01"), datetime(2026, 3, 1, tzinfo=UTC)),
        (DeadLetter(stage="clean", reason="not_json", detail="", time=FETCHED), FETCHED),
        (
            Alert(
                id="a", subscription_id="s", article_id=article_id(body=b""), published=PUBLISHED
            ),
            PUBLISHED,
        ),
        (Alert(id="a", subscription_id="s", article_id=article_id(body=b"")), SENT),
    ],
    ids=["article", "raw", "dead letter", "alert", "alert without time"],
)
def test_record_time_is_the_event_time_if_any(record: Record, time: datetime) -> None:
    assert record_time(record, SENT) == time
