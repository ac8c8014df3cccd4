"""A format of another package: limits, and errors that skip an article or the rest of the file."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from streams.outcome import RejectReason
from streams.records import RawArticle
from streams.sources.article import raw_article
from streams.sources.bounded_reading import Meter
from streams.sources.files.piece import START, Position
from streams.sources.files.plugin import SourceFormat, pieces_of_plugin
from streams.sources.rejection import Rejected

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def line_format(
    stream: BinaryIO, *, source: str, fetched: datetime
) -> Iterator[RawArticle | Rejected]:
    """Yield an article per line; "bad" is rejected, and "broken" raises."""
    for line in stream:
        if line == b"bad\n":
            yield Rejected(reason=RejectReason.NOT_THIS_RECORD, detail="no news", value=line)
        elif line == b"broken\n":
            raise ValueError("no such element")
        else:
            yield raw_article(source=source, fetched=fetched, title=line.decode().strip(), body=b"")


def greedy_format(stream: BinaryIO, *, source: str, fetched: datetime) -> Iterator[RawArticle]:
    """Read the entire file as one article."""
    yield raw_article(source=source, fetched=fetched, body=stream.read())


def odd_format(stream: BinaryIO, *, source: str, fetched: datetime) -> Any:  # noqa: ARG001
    """Return a text instead of an article."""
    return ["a text"]


def empty_source_format(stream: BinaryIO, *, source: str, fetched: datetime) -> Any:  # noqa: ARG001
    """Return an invalid article."""
    return [raw_article(source="", fetched=fetched, body=stream.read())]


def read(
    path: Path, format_: SourceFormat, *, start: Position = START, max_bytes: int = 1000
) -> list[str]:
    """Return titles and details of rejections."""
    pieces = pieces_of_plugin(
        path,
        format_,
        package="news-lines 1.0",
        source="wire",
        now=lambda: NOW,
        meter=Meter(),
        start=start,
        max_bytes=max_bytes,
    )
    return [
        item.title if isinstance(item, RawArticle) else f"{item.reason}: {item.detail}"
        for item in (piece.item for piece in pieces)
        if item is not None
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a test."""
    return tmp_path / "a.lines"


def test_plugin_returns_articles(path: Path) -> None:
    path.write_bytes(b"One\nTwo\n")

    assert read(path, line_format) == ["One", "Two"]


def test_plugin_receives_decompressed_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.lines.gz"
    path.write_bytes(gzip.compress(b"One\nTwo\n", mtime=0))

    assert read(path, line_format) == ["One", "Two"]


def test_plugin_rejection_names_file_and_number(path: Path) -> None:
    path.write_bytes(b"One\nbad\nThree\n")

    assert read(path, line_format) == ["One", f"not_this_record: {path}:2: no news", "Three"]


def test_plugin_exception_ends_the_file(path: Path) -> None:
    path.write_bytes(b"One\nbroken\nThree\n")

    detail = f"{path}:2: ValueError: no such element (news-lines 1.0); the rest was not read"
    assert read(path, line_format) == ["One", f"unreadable_body: {detail}"]


def test_plugin_is_stopped_at_limit(path: Path) -> None:
    path.write_bytes(b"x" * 1001)

    detail = f"{path}:1: decompresses to more than 1000 bytes; the rest was not read"
    assert read(path, greedy_format) == [f"too_large: {detail}"]


def test_plugin_may_read_up_to_limit(path: Path) -> None:
    path.write_bytes(b"x" * 1000)

    assert read(path, greedy_format) == [""]


def test_plugin_with_wrong_type_is_named(path: Path) -> None:
    path.write_bytes(b"x")

    detail = f"{path}:1: news-lines 1.0 returned str, not RawArticle or Rejected"
    assert read(path, odd_format) == [f"not_this_record: {detail}"]


def test_plugin_article_is_validated(path: Path) -> None:
    path.write_bytes(b"x")

    [detail] = read(path, empty_source_format)
    assert detail.startswith(f"not_this_record: {path}:1: ")


def test_plugin_resumes_after_position(path: Path) -> None:
    path.write_bytes(b"One\nTwo\nThree\n")

    assert read(path, line_format, start=Position(number=2)) == ["Three"]


def test_plugin_raises_for_truncated_file(tmp_path: Path) -> None:
    path = tmp_path / "a.lines.gz"
    path.write_bytes(gzip.compress(b"One\n" * 100, mtime=0)[:-9])

    with pytest.raises(EOFError):
        read(path, line_format)
