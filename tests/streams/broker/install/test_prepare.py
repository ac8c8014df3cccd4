from pathlib import Path
from typing import Literal

from streams.broker.config import MAIN_CLASS
from streams.broker.install.prepare import KafkaInstall
from streams.broker.options import DataFolder


def command(home: Path, archive: Literal["use", "write"] = "use") -> list[str]:
    kafka = KafkaInstall((home / "a.jar",), home / "checkpoint", home / "java.classes")
    return kafka.command(DataFolder(home / "data"), heap_mib=200, archive=archive)


def test_a_broker_is_started_with_its_settings_last_so_that_it_is_recognized(
    tmp_path: Path,
) -> None:
    properties = DataFolder(tmp_path / "data").properties

    assert command(tmp_path)[-2:] == [MAIN_CLASS, str(properties)]
    assert "-Xmx200m" in command(tmp_path)


def test_the_archive_is_used_only_when_it_is_there(tmp_path: Path) -> None:
    flag = f"-XX:AOTCache={tmp_path / 'java.classes'}"
    without = command(tmp_path)
    (tmp_path / "java.classes").touch()

    assert flag not in without
    assert flag in command(tmp_path)


def test_the_archive_is_written_beside_its_place(tmp_path: Path) -> None:
    flag = f"-XX:AOTCacheOutput={tmp_path / 'java.classes'}.part"

    assert flag in command(tmp_path, archive="write")
