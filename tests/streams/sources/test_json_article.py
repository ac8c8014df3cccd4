import base64
import gzip
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.outcome import RejectReason
from streams.records import RawArticle, article_id, encode
from streams.sources.json_article import article_from_line
from streams.sources.rejection import Rejected
from tests.support.builders import raw_article

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def read(fields: Any) -> RawArticle | Rejected:
    data = fields if isinstance(fields, bytes) else orjson.dumps(fields)
    return article_from_line(data, source="wire", fetched=NOW, place="a.jsonl:3")


def article(fields: Any) -> RawArticle:
    result = read(fields)
    assert isinstance(result, RawArticle), result
    return result


def test_article_from_line_reads_own_record() -> None:
    ours = raw_article(fetched=NOW, published="2026-03-02T08:15:00Z", authors=("Ada Smith",))

    assert article(encode(ours)) == ours


def test_article_from_line_reads_wire_fields() -> None:
    line = {
        "id": "wire-1",
        "published": "1987-02-26T15:01:01Z",
        "title": "RAIN",
        "dateline": "OSLO, Feb 26 -",
        "text": "It rained.",
        "topics": ["weather"],
    }

    read = article(line)

    assert (read.external_id, read.published, read.title) == (
        "wire-1",
        "1987-02-26T15:01:01Z",
        "RAIN",
    )
    assert (read.body, read.content_type) == (b"OSLO, Feb 26 - It rained.", "text/plain")
    assert (read.source, read.fetched) == ("wire", NOW)
    assert read.id == article_id(source="wire", external_id="wire-1")


@pytest.mark.parametrize(
    ("line", "body", "content_type"),
    [
        ({"text": "Wet."}, b"Wet.", "text/plain"),
        ({"html": "<p>Wet.</p>"}, b"<p>Wet.</p>", "text/html"),
        ({"body": base64.b64encode(b"<p>Wet.").decode()}, b"<p>Wet.", "text/html"),
        ({"title": "Headline only"}, b"", "text/plain"),
        (
            {
                "body": base64.b64encode(gzip.compress(b"Wet.", mtime=0)).decode(),
                "encoding": "gzip",
            },
            b"Wet.",
            "text/html",
        ),
        ({"body": "V2V0Lg==", "content_type": "text/plain"}, b"Wet.", "text/plain"),
    ],
    ids=["text", "html", "body", "headline", "gzip", "content type"],
)
def test_article_from_line_reads_body_fields(
    line: dict[str, Any], body: bytes, content_type: str
) -> None:
    read = article(line)

    assert (read.body, read.content_type) == (body, content_type)


@pytest.mark.parametrize(
    ("value", "published"),
    [
        ("20220118", "20220118"),
        (None, ""),
        (1_772_409_600, "2026-03-02T00:00:00+00:00"),
        (1_772_409_600_000, "2026-03-02T00:00:00+00:00"),
        (1e300, "1e+300"),
    ],
)
def test_article_from_line_converts_numeric_times(value: Any, published: str) -> None:
    assert article({"title": "Rain", "published": value}).published == published


def test_article_from_line_reads_single_author() -> None:
    assert article({"title": "Rain", "authors": "Ada Smith"}).authors == ("Ada Smith",)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", RejectReason.NOT_JSON),
        (b"\xff", RejectReason.NOT_JSON),
        (b'{"x":' * 100_000, RejectReason.NOT_JSON),
        (b"[]", RejectReason.NOT_THIS_RECORD),
        ({"title": 7}, RejectReason.NOT_THIS_RECORD),
        ({"headline": "of another kind"}, RejectReason.NOT_THIS_RECORD),
        ({"title": "Rain", "url": "https://news.test/" + "a" * 9000}, RejectReason.NOT_THIS_RECORD),
        ({"body": "V2V0Lg==", "encoding": "gzip"}, RejectReason.UNREADABLE_BODY),
    ],
    ids=["cut off", "latin", "deep", "a list", "wrong type", "other fields", "url", "no gzip"],
)
def test_article_from_line_rejects_invalid_line(line: Any, reason: RejectReason) -> None:
    problem = read(line)

    assert isinstance(problem, Rejected)
    assert problem.reason is reason
    assert problem.detail.startswith("a.jsonl:3: ")
    assert problem.value


@given(st.binary(max_size=60))
def test_article_from_line_accepts_any_bytes(data: bytes) -> None:
    assert isinstance(read(data), RawArticle | Rejected)
