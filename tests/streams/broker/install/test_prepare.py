from pathlib import Path
from typing import Literal

from streams.broker.config import MAIN_CLASS
from streams.broker.install.prepare import KafkaInstall
from streams.broker.options import DataFolder


def command(home: Path, archive: Literal["use", "write"] = "use") -> list[str]:
    kafka = KafkaInstall((home / "a.jar",), home / "checkpoint", home / "java.classes")
    return kafka.command(DataFolder(home / "data"), heap_mib=200, archive=archive)


def test_command_ends_with_the_settings(tmp_path: Path) -> None:
    properties = DataFolder(tmp_path / "data").properties

    assert command(tmp_path)[-2:] == [MAIN_CLASS, str(properties)]
    assert "-Xmx200m" in command(tmp_path)


def test_archive_is_used_only_if_it_exists(tmp_path: Path) -> None:
    flag = f"-XX:AOTCache={tmp_path / 'java.classes'}"
    without = command(tmp_path)
    (tmp_path / "java.classes").touch()

    assert flag not in without
    assert flag in command(tmp_path)


def test_archive_is_written_to_a_partial_file(tmp_path: Path) -> None:
    flag = f"-XX:AOTCacheOutput={tmp_path / 'java.classes'}.part"

    assert flag in command(tmp_path, archive="write")
