from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from streams.records import ImportPosition
from streams.sources.files.piece import START, Position
from streams.sources.imports.position import (
    HEAD_BYTES,
    file_identity,
    position_record,
    resume_position,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HALF = Position(offset=7, inner=3, number=2)


def known(path: Path, *, done: bool) -> ImportPosition:
    """What is remembered of a file as it is now."""
    identity = file_identity(path)
    return position_record(identity, HALF, done=done, n_articles=2, n_refused=0, now=NOW)


def begin(path: Path, before: ImportPosition | None) -> Position | None:
    return resume_position(path, file_identity(path), before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of lines."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x" * 100)
    return path


def test_a_file_that_nobody_knows_is_begun(file: Path) -> None:
    assert begin(file, None) == START


def test_a_file_that_was_read_to_its_end_has_nothing_new(file: Path) -> None:
    assert begin(file, known(file, done=True)) is None


def test_a_file_that_was_not_read_to_its_end_is_gone_on_with(file: Path) -> None:
    assert begin(file, known(file, done=False)) == HALF


@pytest.mark.parametrize("size", [100, HEAD_BYTES, 3 * HEAD_BYTES])
def test_a_file_that_has_grown_is_gone_on_with(size: int, file: Path) -> None:
    file.write_bytes(b"x" * size)
    before = known(file, done=True)
    file.write_bytes(b"x" * size + b"y" * HEAD_BYTES)

    assert begin(file, before) == HALF


def test_a_page_that_has_grown_is_another_page(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_bytes(b"<p>Rain.")
    before = known(page, done=True)
    page.write_bytes(b"<p>Rain. Snow.")

    assert begin(page, before) == START


@pytest.mark.parametrize("data", [b"x" * 99, b"y" * 100, b"y" + b"x" * 200, b""])
def test_a_file_that_is_not_the_same_is_begun(data: bytes, file: Path) -> None:
    before = known(file, done=True)
    file.write_bytes(data)

    assert begin(file, before) == START


def test_a_file_is_known_by_its_absolute_path(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)

    assert file_identity(Path(file.name)).id == file_identity(file).id
    assert file_identity(file).id != msgspec.structs.replace(known(file, done=True)).path


def test_a_name_that_is_no_text_has_an_identity(tmp_path: Path) -> None:
    name = tmp_path / b"\xff.jsonl".decode("utf-8", "surrogateescape")
    name.write_bytes(b"x")

    assert known(name, done=True).path.endswith(".jsonl")
