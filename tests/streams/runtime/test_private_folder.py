"""Folders with keys and records are for their owner only."""

import stat
from pathlib import Path

import pytest

from streams.runtime.private_folder import ensure_private_folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_folder_is_for_its_owner(tmp_path: Path) -> None:
    ensure_private_folder(tmp_path / "a" / "data")

    assert mode(tmp_path / "a" / "data") == 0o700


@pytest.mark.parametrize(("before", "after"), [(0o755, 0o750), (0o777, 0o770), (0o700, 0o700)])
def test_existing_folder_is_closed_to_others(tmp_path: Path, before: int, after: int) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(before)

    ensure_private_folder(folder)

    assert mode(folder) == after
