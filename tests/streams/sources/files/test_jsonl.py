import gzip
import lzma
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.records import RawArticle
from streams.sources.files.files import pieces_of_file
from streams.sources.files.piece import START, Piece, Position
from streams.sources.rejection import Rejected

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LINES = b'{"title": "One"}\n\n{"title": "Two"}\n{\n{"title": "Three"}\n'
PACKERS = {"a.jsonl": bytes, "a.jsonl.gz": gzip.compress, "a.jsonl.xz": lzma.compress}


def read(path: Path, start: Position = START) -> list[Piece]:
    return list(pieces_of_file(path, now=lambda: NOW, start=start))


def labels(pieces: list[Piece]) -> list[str]:
    return [
        piece.item.title if isinstance(piece.item, RawArticle) else piece.passed_over or "problem"
        for piece in pieces
    ]


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("stop", range(5))
def test_lines_resume_at_any_position(name: str, stop: int, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(PACKERS[name](LINES))

    pieces = read(path)

    assert labels(pieces) == ["One", "empty_line", "Two", "problem", "Three"]
    assert read(path, pieces[stop].position) == pieces[stop + 1 :]


def test_lines_keep_number_after_resume(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)

    problem = read(path, read(path)[1].position)[1].item

    assert isinstance(problem, Rejected)
    assert problem.detail.startswith(f"{path}:4: ")


def test_incomplete_last_line_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"title": "One"}\n{"title": "Tw')

    one, problem = read(path)
    with path.open("ab") as stream:
        stream.write(b'o"}\n')

    assert labels([one, problem]) == ["One", "problem"]
    assert problem.position == one.position
    assert labels(read(path, problem.position)) == ["Two"]


def test_complete_last_line_without_line_feed_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"title": "One"}')

    [one] = read(path)

    assert read(path, one.position) == []


def test_lines_of_shorter_file_cannot_resume(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(LINES[:20], mtime=0))

    [problem] = read(path, Position(inner=1000))

    assert isinstance(problem.item, Rejected)
    assert "become shorter" in problem.item.detail
