from pathlib import Path

from streams.broker.options import DataFolder


def test_a_folder_is_the_same_however_it_is_spelled(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)

    assert DataFolder.at(tmp_path / "link" / "x" / "..") == DataFolder(tmp_path.resolve())
    assert DataFolder.at(Path("~")) == DataFolder(Path.home().resolve())
