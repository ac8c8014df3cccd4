from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import RawArticle, article_id
from streams.sources.files.text import article_from_text

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def article(data: bytes) -> RawArticle:
    return article_from_text(data, source="seeds", fetched=NOW)


def test_article_from_text_reads_header_of_seed(seeds: Path) -> None:
    data = (seeds / "000_4ca3d1f29f86ce73.txt").read_bytes()
    url = "https://news.webindia123.com/news/Articles/World/20220119/3895548.html"

    read = article(data)

    assert read.title.startswith("Amid Ukraine crisis US State Secy Blinken to meet Russian")
    assert (read.published, read.url, read.id) == ("20220118", url, article_id(url=url))
    assert read.content_type == "text/plain"
    assert data.endswith(read.body)
    assert read.body.startswith(b'"Secretary Blinken will begin his trip in Kyiv')


def test_article_from_text_reads_saved_page_as_body(seeds: Path) -> None:
    data = (seeds / "004_0d3588d5f7b7052f.txt").read_bytes()

    read = article(data)

    assert read.body == data
    assert (read.title, read.published, read.url) == ("", "", "")
    assert read.content_type == "text/plain"


@pytest.mark.parametrize(
    ("data", "title", "body"),
    [
        (b"Rain\r\n20260301\r\nhttp://news.test/a\r\nWet.\r\n", "Rain", b"Wet.\r\n"),
        (b"\xef\xbb\xbfRain\n20260301\nhttp://news.test/a\nWet.", "Rain", b"Wet."),
        (b"Caf\xe9\n20260301\nhttp://news.test/a\n", "Café", b""),
        (b"Rain\n20260301\nhttp://news.test/a", "Rain", b""),
    ],
    ids=["crlf", "byte order mark", "cp1252", "no body"],
)
def test_article_from_text_reads_header_variants(data: bytes, title: str, body: bytes) -> None:
    read = article(data)

    assert (read.title, read.published, read.url) == (title, "20260301", "http://news.test/a")
    assert read.body == body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Rain\n20260301\n",
        b"Rain\n20261301\nhttp://news.test/a\nWet.",
        b"Rain\n2026-03-01\nhttp://news.test/a\nWet.",
        b"Rain\n20260301\nnews.test/a\nWet.",
        b"\n20260301\nhttp://news.test/a\nWet.",
    ],
    ids=["empty", "no url", "month 13", "other date", "no scheme", "no title"],
)
def test_article_from_text_without_header_is_body(data: bytes) -> None:
    assert article(data).body == data


@given(st.binary(max_size=200))
def test_article_from_text_accepts_any_bytes(data: bytes) -> None:
    assert data.endswith(article(data).body)
