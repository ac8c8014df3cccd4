import os
from datetime import UTC, datetime
from pathlib import Path

from streams.records import RawArticle
from streams.sources.files.files import read_articles

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
