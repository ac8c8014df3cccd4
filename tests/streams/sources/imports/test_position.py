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


def saved(path: Path, *, done: bool) -> ImportPosition:
    """Return the saved position of a file."""
    identity = file_identity(path)
    return position_record(identity, HALF, done=done, n_articles=2, n_refused=0, now=NOW)


def resume(path: Path, before: ImportPosition | None) -> Position | None:
    return resume_position(path, file_identity(path), before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of lines."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x" * 100)
    return path


def test_new_file_starts_at_beginning(file: Path) -> None:
    assert resume(file, None) == START


def test_finished_file_has_no_position(file: Path) -> None:
    assert resume(file, saved(file, done=True)) is None


def test_unfinished_file_resumes(file: Path) -> None:
    assert resume(file, saved(file, done=False)) == HALF


@pytest.mark.parametrize("size", [100, HEAD_BYTES, 3 * HEAD_BYTES])
def test_grown_file_resumes(size: int, file: Path) -> None:
    file.write_bytes(b"x" * size)
    before = saved(file, done=True)
    file.write_bytes(b"x" * size + b"y" * HEAD_BYTES)

    assert resume(file, before) == HALF


def test_grown_page_starts_at_beginning(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_bytes(b"<p>Rain.")
    before = saved(page, done=True)
    page.write_bytes(b"<p>Rain. Snow.")

    assert resume(page, before) == START


@pytest.mark.parametrize("data", [b"x" * 99, b"y" * 100, b"y" + b"x" * 200, b""])
def test_changed_file_starts_at_beginning(data: bytes, file: Path) -> None:
    before = saved(file, done=True)
    file.write_bytes(data)

    assert resume(file, before) == START


def test_file_identity_uses_absolute_path(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)

    assert file_identity(Path(file.name)).id == file_identity(file).id
    assert file_identity(file).id != msgspec.structs.replace(saved(file, done=True)).path


def test_file_identity_of_name_that_is_not_utf8(tmp_path: Path) -> None:
    name = tmp_path / b"\xff.jsonl".decode("utf-8", "surrogateescape")
    name.write_bytes(b"x")

    assert saved(name, done=True).path.endswith(".jsonl")
