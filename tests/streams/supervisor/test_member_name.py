"""Two installations never have one name in a consumer group."""

import shutil
from pathlib import Path

import pytest

from streams.settings import Settings
from streams.supervisor.member_name import member_suffix
from streams.supervisor.pipeline import Pipeline, this_host


@pytest.fixture
def boot(tmp_path: Path) -> Path:
    """Return a file with the id of a boot."""
    path = tmp_path / "boot_id"
    path.write_text("3c8f0a\n", "ascii")
    return path


def test_name_stays_the_same_after_restart(tmp_path: Path, boot: Path) -> None:
    first = member_suffix(tmp_path / "data", boot_id=boot)

    assert member_suffix(tmp_path / "data", boot_id=boot) == first


def test_other_data_folder_has_other_name(tmp_path: Path, boot: Path) -> None:
    first = member_suffix(tmp_path / "a", boot_id=boot)

    assert member_suffix(tmp_path / "b", boot_id=boot) != first


def test_copied_data_folder_has_other_name(tmp_path: Path, boot: Path) -> None:
    first = member_suffix(tmp_path / "a", boot_id=boot)
    shutil.copytree(tmp_path / "a", tmp_path / "b")

    assert member_suffix(tmp_path / "b", boot_id=boot) != first


def test_cloned_machine_has_other_name(tmp_path: Path, boot: Path) -> None:
    first = member_suffix(tmp_path / "data", boot_id=boot)
    boot.write_text("77b1e2\n", "ascii")

    assert member_suffix(tmp_path / "data", boot_id=boot) != first


def test_system_without_boot_id_has_a_name(tmp_path: Path) -> None:
    first = member_suffix(tmp_path / "data", boot_id=tmp_path / "missing")

    assert member_suffix(tmp_path / "data", boot_id=tmp_path / "missing") == first


def test_folder_that_cannot_be_written_has_a_name(tmp_path: Path, boot: Path) -> None:
    (tmp_path / "file").write_text("")

    assert len(member_suffix(tmp_path / "file", boot_id=boot)) == 8


def test_processes_are_named_by_host_and_data_folder(tmp_path: Path) -> None:
    pipeline = Pipeline(Settings(data=tmp_path), {"tag": 2}, deliver=True)

    pipeline._name_members()

    unique = f"{this_host()}-{member_suffix(tmp_path)}"
    names = [
        child.command[-1] for child in pipeline.children if child.name in {"tag-2", "deliver-1"}
    ]
    assert names == [f"{unique}-2", f"{unique}-1"]
