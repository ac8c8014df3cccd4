import gzip
from datetime import UTC, datetime
from typing import Any

import pytest

from streams.outcome import RejectReason
from streams.records import Encoding, RawArticle, article_id, encode
from streams.records.topics import MIB, RAW
from streams.sources.article import PACKED_ABOVE_BYTES, raw_article, unpacked_body, validate
from streams.sources.rejection import Rejected

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def article(**changes: Any) -> RawArticle:
    return raw_article(**{"source": "wire", "fetched": NOW, "body": b"It rained."} | changes)


@pytest.mark.parametrize(
    ("fields", "identity"),
    [
        ({"url": "HTTPS://News.Test/a?utm_source=x"}, {"url": "https://news.test/a"}),
        ({"external_id": "7"}, {"source": "wire", "external_id": "7"}),
        ({"title": "Rain"}, {"title": "Rain", "body": b"It rained."}),
        ({"url": "no url", "external_id": "7"}, {"source": "wire", "external_id": "7"}),
    ],
    ids=["canonical url", "external id", "title and body", "unusable url"],
)
def test_raw_article_id_uses_first_identifier(
    fields: dict[str, Any], identity: dict[str, Any]
) -> None:
    assert article(**fields).id == article_id(**identity)


def test_raw_article_keeps_invalid_url() -> None:
    assert article(url="no url").url == "no url"


@pytest.mark.parametrize(
    ("n_bytes", "encoding"),
    [(PACKED_ABOVE_BYTES, Encoding.IDENTITY), (PACKED_ABOVE_BYTES + 1, Encoding.GZIP)],
)
def test_raw_article_compresses_large_body(n_bytes: int, encoding: Encoding) -> None:
    body = b"x" * n_bytes

    packed = article(body=body)

    assert packed.encoding is encoding
    assert unpacked_body(packed.body, packed.encoding) == body


def test_raw_article_id_does_not_depend_on_compression() -> None:
    body = b"x" * (PACKED_ABOVE_BYTES + 1)

    assert article(body=body).id == article_id(body=body)


def test_raw_article_is_deterministic() -> None:
    body = b"x" * (PACKED_ABOVE_BYTES + 1)

    assert encode(article(body=body)) == encode(article(body=body))


@pytest.mark.parametrize(
    "body",
    [
        b"no gzip",
        gzip.compress(b"x" * 1000, mtime=0)[:-9],
        gzip.compress(b"\0" * (17 * MIB), mtime=0),
    ],
)
def test_unpacked_body_refuses_invalid_gzip_and_bombs(body: bytes) -> None:
    with pytest.raises(ValueError, match="body"):
        unpacked_body(body, Encoding.GZIP)


def test_validate_returns_valid_article() -> None:
    valid = article(title="Rain")

    assert validate(valid, place="a.txt") == valid


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"url": "https://news.test/" + "a" * 9000}, RejectReason.NOT_THIS_RECORD),
        ({"source": ""}, RejectReason.NOT_THIS_RECORD),
        ({"title": "lone \ud800 surrogate"}, RejectReason.NOT_THIS_RECORD),
        ({"summary": "x" * RAW.max_bytes}, RejectReason.TOO_LARGE),
    ],
    ids=["long url", "no source", "surrogate", "large"],
)
def test_validate_rejects_invalid_article(changes: dict[str, Any], reason: RejectReason) -> None:
    problem = validate(article(**changes), place="a.txt")

    assert isinstance(problem, Rejected)
    assert problem.reason is reason
    assert problem.detail.startswith("a.txt: ")
