"""Pushed articles: whose words they are."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from streams.records import RawArticle, article_id
from streams.serve.push.parse import parse_articles

NOW = datetime(2026, 3, 2, tzinfo=UTC)
URL = "https://www.paper.test/bank"
VICTIM = article_id(url=URL)
PAGE = f'<html><head><link rel="canonical" href="{URL}"></head><body><p>Closed.</p></body></html>'


def pushed(speaks_for: tuple[str, ...], **fields: Any) -> RawArticle:
    """Return the record of a pushed article."""
    line = orjson.dumps({"title": "Bank closes"} | fields)
    read, problems = parse_articles(
        line, lines=False, source="wire", fetched=NOW, speaks_for=speaks_for
    )
    assert problems == []
    return read[0].article


@pytest.mark.parametrize(
    ("speaks_for", "fields"),
    [
        pytest.param((), {"url": URL}, id="url"),
        pytest.param((), {"url": URL, "claimed_by": ""}, id="says-it-is-none"),
        pytest.param((), {"url": URL, "announced_by": "x", "http": {"status": 200}}, id="fetched"),
        pytest.param(("other.test",), {"url": URL}, id="other-domain"),
        pytest.param(("aper.test",), {"url": URL}, id="end-of-domain"),
        pytest.param(("paper.test",), {"url": URL, "id": article_id(url="x")}, id="other-id"),
        pytest.param(
            ("own.test",),
            {"url": "https://own.test/1", "http": {"status": 200, "url": URL}},
            id="landed",
        ),
        pytest.param((), {"id": VICTIM, "text": "Closed."}, id="id-alone"),
        pytest.param((), {"html": PAGE}, id="canonical"),
        pytest.param((), {"text": f"\n {PAGE}"}, id="page-as-text"),
        pytest.param((), {"source": "paper", "external_id": "7", "text": "x"}, id="source"),
    ],
)
def test_words_of_others_are_claims(speaks_for: tuple[str, ...], fields: dict[str, Any]) -> None:
    assert pushed(speaks_for, **fields).claimed_by == "wire"


@pytest.mark.parametrize(
    ("speaks_for", "fields"),
    [
        pytest.param(("*",), {"url": URL}, id="all"),
        pytest.param(("paper.test",), {"url": URL}, id="below-domain"),
        pytest.param(("paper.test",), {"url": URL, "id": VICTIM}, id="id-of-url"),
        pytest.param((), {"id": "wire-7", "text": "Rain."}, id="own-number"),
        pytest.param((), {"text": "Rain."}, id="text"),
        pytest.param((), {"text": "Rain. " * 20_000}, id="long-text"),
    ],
)
def test_own_words_are_no_claims(speaks_for: tuple[str, ...], fields: dict[str, Any]) -> None:
    assert pushed(speaks_for, **fields).claimed_by == ""
