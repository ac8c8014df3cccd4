from pathlib import Path

from streams.broker.options import DataFolder


def test_data_folder_is_the_same_in_any_spelling(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)

    assert DataFolder.at(tmp_path / "link" / "x" / "..") == DataFolder(tmp_path.resolve())
    assert DataFolder.at(Path("~")) == DataFolder(Path.home().resolve())
