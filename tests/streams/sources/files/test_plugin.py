"""A format of another package: bounded, and its errors cost one article or the rest of the file."""

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
    """A line, an article; one that says so is none, and one that says so is the last."""
    for line in stream:
        if line == b"bad\n":
            yield Rejected(reason=RejectReason.NOT_THIS_RECORD, detail="no news", value=line)
        elif line == b"broken\n":
            raise ValueError("no such element")
        else:
            yield raw_article(source=source, fetched=fetched, title=line.decode().strip(), body=b"")


def greedy_format(stream: BinaryIO, *, source: str, fetched: datetime) -> Iterator[RawArticle]:
    """All of it at once."""
    yield raw_article(source=source, fetched=fetched, body=stream.read())


def odd_format(stream: BinaryIO, *, source: str, fetched: datetime) -> Any:  # noqa: ARG001
    """No article."""
    return ["a text"]


def empty_source_format(stream: BinaryIO, *, source: str, fetched: datetime) -> Any:  # noqa: ARG001
    """An article that no reader takes."""
    return [raw_article(source="", fetched=fetched, body=stream.read())]


def read(
    path: Path, format_: SourceFormat, *, start: Position = START, max_bytes: int = 1000
) -> list[str]:
    """Titles, and what problems say."""
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
    """Where a test writes its file."""
    return tmp_path / "a.lines"


def test_plugin_gives_articles(path: Path) -> None:
    path.write_bytes(b"One\nTwo\n")

    assert read(path, line_format) == ["One", "Two"]


def test_plugin_gets_unpacked_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.lines.gz"
    path.write_bytes(gzip.compress(b"One\nTwo\n"))

    assert read(path, line_format) == ["One", "Two"]


def test_plugin_problem_names_file_and_number(path: Path) -> None:
    path.write_bytes(b"One\nbad\nThree\n")

    assert read(path, line_format) == ["One", f"not_this_record: {path}:2: no news", "Three"]


def test_plugin_exception_ends_the_file(path: Path) -> None:
    path.write_bytes(b"One\nbroken\nThree\n")

    said = f"{path}:2: ValueError: no such element (news-lines 1.0); the rest was not read"
    assert read(path, line_format) == ["One", f"unreadable_body: {said}"]


def test_plugin_reads_no_more_than_it_may(path: Path) -> None:
    path.write_bytes(b"x" * 1001)

    said = f"{path}:1: more than 1000 bytes once unpacked; the rest was not read"
    assert read(path, greedy_format) == [f"too_large: {said}"]


def test_plugin_reads_as_much_as_it_may(path: Path) -> None:
    path.write_bytes(b"x" * 1000)

    assert read(path, greedy_format) == [""]


def test_plugin_that_gives_something_else_is_named(path: Path) -> None:
    path.write_bytes(b"x")

    said = f"{path}:1: news-lines 1.0 gave str, neither an article nor a problem"
    assert read(path, odd_format) == [f"not_this_record: {said}"]


def test_plugin_article_is_checked(path: Path) -> None:
    path.write_bytes(b"x")

    [said] = read(path, empty_source_format)
    assert said.startswith(f"not_this_record: {path}:1: ")


def test_plugin_goes_on_after_a_position(path: Path) -> None:
    path.write_bytes(b"One\nTwo\nThree\n")

    assert read(path, line_format, start=Position(number=2)) == ["Three"]


def test_plugin_leaves_broken_packing_to_its_caller(tmp_path: Path) -> None:
    path = tmp_path / "a.lines.gz"
    path.write_bytes(gzip.compress(b"One\n" * 100)[:-9])

    with pytest.raises(EOFError):
        read(path, line_format)
