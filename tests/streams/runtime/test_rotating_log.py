"""A log file and its predecessor stay within a size, whatever is written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.runtime.rotating_log import RotatingLog


def sizes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def test_full_log_is_kept_as_former_one(tmp_path: Path) -> None:
    log = RotatingLog(tmp_path / "clean-1.log", max_bytes=20)

    for number in range(5):
        log.write(b"line %d\n" % number)

    log.close()
    assert (log.former_path.read_bytes(), log.path.read_bytes()) == (b"line 3\n", b"line 4\n")


@given(
    max_bytes=st.integers(2, 60),
    chunks=st.lists(st.binary(max_size=40) | st.just(b"a line\n"), max_size=12),
)
def test_logs_stay_within_their_size_and_keep_the_end(
    tmp_path_factory: pytest.TempPathFactory, max_bytes: int, chunks: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("logs")
    log = RotatingLog(folder / "x.log", max_bytes=max_bytes)

    for chunk in chunks:
        log.write(chunk)
        assert sizes(folder) <= max_bytes
    log.close()

    kept = (log.former_path.read_bytes() if log.former_path.exists() else b"") + (
        log.path.read_bytes() if log.path.exists() else b""
    )
    assert b"".join(chunks).endswith(kept)


def test_log_of_an_older_version_is_rotated_at_once(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "clean-1.log"
    path.parent.mkdir()
    path.write_bytes(b"x" * 100 + b"end")

    log = RotatingLog(path, max_bytes=20)
    log.write(b"new\n")
    log.close()

    assert (log.former_path.read_bytes(), path.read_bytes()) == (b"xxxxxxxend", b"new\n")


def test_log_that_cannot_be_written_is_lost(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")

    RotatingLog(blocked / "clean-1.log", max_bytes=20).write(b"line\n")

    assert blocked.read_text() == ""
