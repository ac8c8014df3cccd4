"""One article from standard input: a page or a text, up to the largest body."""

from datetime import UTC, datetime
from io import BytesIO

import pytest

from streams.errors import UsageError
from streams.records import RawArticle
from streams.sources.bounded_reading import MAX_BODY_BYTES
from streams.sources.files.stdin import article_from_stdin

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def read(body: bytes) -> RawArticle:
    """Read an article from bytes."""
    return article_from_stdin(BytesIO(body), now=NOW)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"\xef\xbb\xbf\n <HTML lang=en>", "text/html"),
        (b"<p>A fragment</p>", "text/html"),
        (b"A headline\n\nA text with a < b and 3 > 2.", "text/plain"),
        (b"<pre-dawn raid", "text/plain"),
        (b" " * 5000 + b"<p>", "text/plain"),
        (b"", "text/plain"),
    ],
    ids=["page", "mark", "fragment", "text", "no tag", "late", "nothing"],
)
def test_article_from_stdin_detects_page(body: bytes, content_type: str) -> None:
    article = read(body)

    assert (article.content_type, article.source, article.fetched) == (content_type, "stdin", NOW)


def test_article_from_stdin_refuses_large_input() -> None:
    with pytest.raises(UsageError, match=r"^standard input: more than \d+ bytes"):
        read(b"x" * (MAX_BODY_BYTES + 1))
