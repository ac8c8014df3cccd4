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


def saved(path: Path, body: bytes = b"<p>Rain.", at: datetime = WRITTEN) -> Path:
    """A page saved at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def read(path: Path) -> list[RawArticle]:
    found = list(read_articles(path, now=lambda: NOW))
    return [article for article in found if isinstance(article, RawArticle)]


def test_a_page_was_fetched_when_its_file_was_written(tmp_path: Path) -> None:
    [page] = read(saved(tmp_path / "a.html"))

    assert page.fetched == WRITTEN


def test_a_file_of_tomorrow_was_fetched_today(tmp_path: Path) -> None:
    [page] = read(saved(tmp_path / "a.html", at=datetime(2099, 1, 1, tzinfo=UTC)))

    assert page.fetched == NOW


def test_a_page_is_published_where_it_says(tmp_path: Path) -> None:
    body = b'<link rel="canonical" href="https://news.test/a/rain-in-oslo">'

    [page] = read(saved(tmp_path / "a.html", body))

    assert page.url == "https://news.test/a/rain-in-oslo"


def test_an_index_knows_better_than_the_page(tmp_path: Path) -> None:
    body = b'<link rel="canonical" href="https://news.test/a/rain-in-oslo">'
    saved(tmp_path / "sub" / "a.html", body)
    saved(tmp_path / "sub" / "b.html", body)
    (tmp_path / "index.csv").write_text(
        "file,url,fetched\nsub/a.html,https://news.test/x,2026-01-01\nsub/b.html,https://news.test/y,\n"
    )
    (tmp_path / "sub" / "index.csv").write_text("file,url\nb.html,https://news.test/z\n")

    pages = read(tmp_path)

    assert [page.url for page in pages] == ["https://news.test/x", "https://news.test/z"]
    assert [page.fetched for page in pages] == [datetime(2026, 1, 1, tzinfo=UTC), WRITTEN]


def test_the_index_of_its_folder_counts_for_a_single_page(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("file,url\na.html,https://news.test/x\n")

    [page] = read(saved(tmp_path / "a.html"))

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
    # An article of another site, or a home page, is not this page.
    (SAVED + OTHER, URL),
    ('<link rel="canonical" href="https://news.test/">', ""),
    ('<link rel="canonical" href="/a/rain-in-oslo">', ""),
    ('<link rel="stylesheet" href="https://news.test/a.css">', ""),
    ('<link rel="canonical" href="javascript:alert(1)">', ""),
    ("<p>Rain.", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("page", "url"), PAGES, ids=[str(n) for n in range(len(PAGES))])
def test_own_url_is_what_the_page_says(page: str, url: str) -> None:
    assert own_url(page.encode()) == url


@given(dirty_html())
def test_own_url_bears_any_page(page: str) -> None:
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
def test_own_url_takes_no_longer_for_a_hostile_page(page: bytes) -> None:
    start = time.process_time()

    own_url(page)

    assert time.process_time() - start < 1.0
