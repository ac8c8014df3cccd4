from pathlib import Path

import pytest

from streams.cli.paths import readable_file, readable_folder
from streams.errors import UsageError


def test_what_can_be_read_is_given_back(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("{}")

    assert readable_file(file) == file
    assert readable_file([file]) == [file]
    assert readable_file(None) is None
    assert readable_folder(tmp_path) == tmp_path


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a folder; give a file"):
        readable_file(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    with pytest.raises(UsageError, match="a file; give a folder"):
        readable_folder(tmp_path / "a")


@pytest.mark.parametrize("name", ["nowhere", "x" * 300])
def test_what_is_not_there_is_named(name: str) -> None:
    with pytest.raises(UsageError, match=f"^{name}: "):
        readable_file(Path(name))
