import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given

from streams.records import RawArticle
from streams.sources.files.files import read_articles
from streams.sources.files.page import own_url
from tests.support.strategies import dirty_html

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WRITTEN = datetime(2026, 2, 1, 8, tzinfo=UTC)


def save_page(path: Path, body: bytes = b"<p>Rain.", at: datetime = WRITTEN) -> Path:
    """Write a page with a time of last change."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def read(path: Path) -> list[RawArticle]:
    items = list(read_articles(path, now=lambda: NOW))
    return [article for article in items if isinstance(article, RawArticle)]


def test_page_fetched_is_time_of_file(tmp_path: Path) -> None:
    [page] = read(save_page(tmp_path / "a.html"))

    assert page.fetched == WRITTEN


def test_page_fetched_is_not_in_future(tmp_path: Path) -> None:
    [page] = read(save_page(tmp_path / "a.html", at=datetime(2099, 1, 1, tzinfo=UTC)))

    assert page.fetched == NOW


def test_page_url_is_canonical_link(tmp_path: Path) -> None:
    body = b'<link rel="canonical" href="https://news.test/a/rain-in-oslo">'

    [page] = read(save_page(tmp_path / "a.html", body))

    assert page.url == "https://news.test/a/rain-in-oslo"


def test_index_has_precedence_over_page(tmp_path: Path) -> None:
    body = b'<link rel="canonical" href="https://news.test/a/rain-in-oslo">'
    save_page(tmp_path / "sub" / "a.html", body)
    save_page(tmp_path / "sub" / "b.html", body)
    (tmp_path / "index.csv").write_text(
        "file,url,fetched\nsub/a.html,https://news.test/x,2026-01-01\nsub/b.html,https://news.test/y,\n"
    )
    (tmp_path / "sub" / "index.csv").write_text("file,url\nb.html,https://news.test/z\n")

    pages = read(tmp_path)

    assert [page.url for page in pages] == ["https://news.test/x", "https://news.test/z"]
    assert [page.fetched for page in pages] == [datetime(2026, 1, 1, tzinfo=UTC), WRITTEN]


def test_index_applies_to_single_page(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("file,url\na.html,https://news.test/x\n")

    [page] = read(save_page(tmp_path / "a.html"))

    assert page.url == "https://news.test/x"


URL = "https://news.test/a/rain-in-oslo"
OTHER = '<link rel="canonical" href="https://x.test/a/snow-2026">'
SAVED = f"<!-- saved from url=(0032){URL} -->"
PAGES = [
    (f'<link rel="canonical" href="{URL}">', URL),
    (f"<LINK REL=canonical HREF={URL} />", URL),
    (f"<link\nhref='{URL}?a=1&amp;b=2'\nrel='shortlink canonical'>", f"{URL}?a=1&b=2"),
    (f'<meta property="og:url" content="{URL}">', URL),
    (f'<meta content="{URL}" name="og:url">', URL),
    (f"<meta property=og:url content=https://x.test/a/b-2><link rel=canonical href={URL}>", URL),
    (SAVED, URL),
    (f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Fri -->", URL),
    (f'{SAVED}<link rel="canonical" href="/a/snow-in-oslo">', "https://news.test/a/snow-in-oslo"),
    # An article of another site or a home page is not accepted.
    (SAVED + OTHER, URL),
    ('<link rel="canonical" href="https://news.test/">', ""),
    ('<link rel="canonical" href="/a/rain-in-oslo">', ""),
    ('<link rel="stylesheet" href="https://news.test/a.css">', ""),
    ('<link rel="canonical" href="javascript:alert(1)">', ""),
    ("<p>Rain.", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("page", "url"), PAGES, ids=[str(n) for n in range(len(PAGES))])
def test_own_url_of_declaration(page: str, url: str) -> None:
    assert own_url(page.encode()) == url


@given(dirty_html())
def test_own_url_accepts_any_page(page: str) -> None:
    assert isinstance(own_url(page.encode("utf-8", "replace")), str)


HOSTILE = [
    b"<link " * 200_000,
    b"<link rel=canonical " + b"href " * 200_000,
    b"<meta property='og:url' " + b"a='" * 300_000 + b">",
    b"<!-- saved from url=(" + b"0" * 1_000_000,
    b"<link rel=canonical href=" + b"x" * 1_000_000,
    b"<link>" * 200_000,
]


@pytest.mark.parametrize("page", HOSTILE, ids=[str(n) for n in range(len(HOSTILE))])
def test_own_url_is_fast_for_hostile_page(page: bytes) -> None:
    start = time.process_time()

    own_url(page)

    assert time.process_time() - start < 1.0
