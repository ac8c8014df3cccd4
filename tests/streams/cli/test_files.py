from pathlib import Path

import pytest

from streams.cli._files import require_files
from streams.errors import UsageError


def test_require_files_finds_files_and_counts_others(tmp_path: Path) -> None:
    (tmp_path / "wire.jsonl").write_text("{}\n")
    (tmp_path / "logo.png").write_bytes(b"")

    found = require_files(tmp_path)

    assert (list(found.files), found.n_others) == ([tmp_path / "wire.jsonl"], 1)


def test_require_files_refuses_folder_without_readable_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r": contains no readable files$"):
        require_files(tmp_path)
