import gzip
import hashlib
import lzma
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.errors import UsageError
from streams.outcome import RejectReason
from streams.records import RawArticle
from streams.records.topics import MIB
from streams.sources.bounded_reading import KEPT_BYTES, MAX_LINE_BYTES, Meter
from streams.sources.files.files import find_files, read_articles
from streams.sources.rejection import Rejected

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LINES = b'{"title": "One"}\n\n{"title": "Two"}\n'


def read(path: Path, source: str = "") -> list[RawArticle | Rejected]:
    return list(read_articles(path, now=lambda: NOW, source=source))


def problem_in(path: Path) -> Rejected:
    [problem] = read(path)
    assert isinstance(problem, Rejected)
    return problem


def sources_and_titles(path: Path) -> list[tuple[str, str]]:
    return [(item.source, item.title) for item in read(path) if isinstance(item, RawArticle)]


def test_read_articles_reads_seeds(seeds: Path) -> None:
    articles = read(seeds)

    assert [type(article) for article in articles] == [RawArticle, RawArticle]
    assert {article.source for article in articles if isinstance(article, RawArticle)} == {"seeds"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("wire.jsonl", LINES),
        ("wire.jsonl.gz", gzip.compress(LINES, mtime=0)),
        ("wire.jsonl.xz", lzma.compress(LINES)),
    ],
)
def test_read_articles_names_source_after_file(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    assert sources_and_titles(path) == [("wire", "One"), ("wire", "Two")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", b"<p>Wet."),
        ("a.html.gz", gzip.compress(b"<p>Wet.", mtime=0)),
        ("A.HTM", b"<p>Wet."),
    ],
)
def test_read_articles_reads_page_unchanged(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "archive" / name
    path.parent.mkdir()
    path.write_bytes(data)

    [page] = read(path)

    assert isinstance(page, RawArticle)
    assert (page.body, page.content_type, page.url) == (b"<p>Wet.", "text/html", "")
    assert (page.source, page.fetched) == ("archive", NOW)


def test_read_articles_uses_given_source(tmp_path: Path) -> None:
    (tmp_path / "wire.jsonl").write_bytes(b'{"title": "One"}')

    [article] = read(tmp_path, source="agency")

    assert isinstance(article, RawArticle)
    assert article.source == "agency"


def test_read_articles_sorts_files_by_path(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a/1.txt", "c.txt", ".git/hidden.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())

    bodies = [article.body for article in read(tmp_path) if isinstance(article, RawArticle)]

    assert bodies == [b"a/1.txt", b"b/2.txt", b"c.txt"]


def test_read_articles_continues_after_invalid_line(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    path.write_bytes(b'{"title": "One"}\n{\n{"title": "Three"}')

    one, problem, three = read(path)

    assert isinstance(problem, Rejected)
    assert (problem.reason, problem.value) == (RejectReason.NOT_JSON, b"{\n")
    assert problem.detail.startswith(f"{path}:2: ")
    assert isinstance(one, RawArticle)
    assert isinstance(three, RawArticle)


def test_read_articles_rejects_large_page_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.html"
    chunk = bytes(range(256)) * 4096
    with path.open("wb") as stream:
        stream.writelines([chunk] * 30)

    tracemalloc.start()
    problem = problem_in(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert problem.reason is RejectReason.TOO_LARGE
    assert str(30 * MIB) in problem.detail
    assert hashlib.sha256(chunk * 30).hexdigest() in problem.detail
    assert problem.value == chunk[:KEPT_BYTES]
    assert peak < 20 * MIB


def test_read_articles_rejects_page_larger_than_record(tmp_path: Path) -> None:
    path = tmp_path / "dense.html"
    noise = b"".join(hashlib.sha512(str(i).encode()).digest() for i in range(70_000))
    path.write_bytes(noise)

    problem = problem_in(path)

    assert problem.reason is RejectReason.TOO_LARGE
    assert hashlib.sha256(noise).hexdigest() in problem.detail
    assert problem.value == noise[:KEPT_BYTES]


@pytest.mark.parametrize("name", ["bomb.html.gz", "bomb.jsonl.gz"])
@pytest.mark.slow
def test_read_articles_rejects_decompression_bomb(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.writelines([b"\0" * MIB] * 300)

    tracemalloc.start()
    problem = problem_in(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert problem.reason is RejectReason.TOO_LARGE
    assert peak < 64 * MIB


def test_read_articles_continues_after_long_line(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    long = b" " * (MAX_LINE_BYTES + 1) + b"\n"
    path.write_bytes(long + b'{"title": "Two"}\n')

    problem, two = read(path)

    assert isinstance(problem, Rejected)
    assert problem.reason is RejectReason.TOO_LARGE
    assert hashlib.sha256(long).hexdigest() in problem.detail
    assert isinstance(two, RawArticle)


@pytest.mark.parametrize("name", ["a.html.gz", "a.jsonl.gz", "a.jsonl.xz"])
def test_read_articles_rejects_corrupt_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"neither gzip nor xz")

    problem = problem_in(path)

    assert problem.reason is RejectReason.UNREADABLE_BODY
    assert problem.value == b"neither gzip nor xz"


def test_read_articles_yields_lines_of_truncated_file(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl.gz"
    path.write_bytes(gzip.compress(LINES, mtime=0)[:-8])

    *articles, problem = read(path)

    assert [article.title for article in articles if isinstance(article, RawArticle)] == [
        "One",
        "Two",
    ]
    assert isinstance(problem, Rejected)
    assert problem.reason is RejectReason.UNREADABLE_BODY


def test_read_articles_counts_bytes_on_disk(tmp_path: Path) -> None:
    (tmp_path / "wire.jsonl.gz").write_bytes(gzip.compress(LINES, mtime=0))
    (tmp_path / "a.txt").write_bytes(b"Wet.")
    meter = Meter()

    list(read_articles(tmp_path, now=lambda: NOW, meter=meter))

    assert meter.n_bytes == sum(entry.stat().st_size for entry in tmp_path.iterdir())


@pytest.mark.parametrize("name", ["nothing.jsonl", "notes.pdf"])
def test_read_articles_refuses_unknown_path(name: str, tmp_path: Path) -> None:
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")

    with pytest.raises(UsageError, match=name):
        read(tmp_path / name)


def test_find_files_counts_ignored_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Wet.")
    (tmp_path / "README.md").write_bytes(b"# Read me")

    found = find_files(tmp_path)

    assert (found.files, found.n_others) == ((tmp_path / "a.txt",), 1)


def test_read_articles_reads_wire_collection(shared: Path) -> None:
    path = shared / "evals" / "replay" / "reuters-21578.jsonl.xz"

    articles = read(path)

    assert len(articles) == 21_578
    assert {type(article) for article in articles} == {RawArticle}
    assert len({article.id for article in articles if isinstance(article, RawArticle)}) == 21_578
