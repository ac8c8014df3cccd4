import hashlib
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from streams.broker.install.jars import (
    Jar,
    cached_jars,
    fetch_jars,
    parse_pins,
    pin_text,
    read_pinned_jars,
)
from streams.broker.options import KAFKA_VERSION
from streams.errors import BrokerError

CONTENTS = {"g:one:1": b"first", "g:two:2": b"second", "g:three:3": b"third"}
JARS = [
    Jar(coordinate=name, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    for name, data in CONTENTS.items()
]


class Repository:
    """Returns jars from memory; each of ``breaks`` is broken that number of times first."""

    def __init__(self, breaks: dict[str, int] | None = None) -> None:
        self.breaks = dict(breaks or {})
        self.requested: list[str] = []

    def __call__(self, coordinate: str, folder: Path) -> Path:
        self.requested.append(coordinate)
        folder.mkdir(parents=True)
        path = folder / "file.jar"
        broken = self.breaks.get(coordinate, 0)
        self.breaks[coordinate] = broken - 1
        path.write_bytes(CONTENTS[coordinate][: 2 if broken > 0 else None])
        return path


def offline(coordinate: str, folder: Path) -> Path:
    raise ConnectionError(coordinate, folder)


def download(folder: Path, fetch: object, reports: list[str] | None = None) -> None:
    fetch_jars(
        folder,
        JARS,
        fetch=fetch,  # type: ignore[arg-type]
        report=([] if reports is None else reports).append,
        stop=threading.Event(),
        pause=timedelta(0),
    )


def test_jars_are_downloaded_once(tmp_path: Path) -> None:
    repository = Repository()

    download(tmp_path, repository)
    download(tmp_path, repository)

    assert sorted(repository.requested) == sorted(CONTENTS)
    assert cached_jars(tmp_path, JARS) == tuple(tmp_path / jar.name for jar in JARS)
    assert {path.read_bytes() for path in tmp_path.iterdir()} == set(CONTENTS.values())


def test_broken_jar_is_downloaded_again(tmp_path: Path) -> None:
    download(tmp_path, Repository({"g:two:2": 1}))

    assert (tmp_path / "two-2.jar").read_bytes() == b"second"


def test_permanently_broken_jar_is_named_and_others_kept(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=r"g:two:2 .*digest.*NEWS_BROKER"):
        download(tmp_path, Repository({"g:two:2": 9}))

    assert not (tmp_path / "two-2.jar").exists()
    assert cached_jars(tmp_path, JARS) is None
    assert cached_jars(tmp_path, JARS[:1]) is not None


def test_offline_without_cache_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=r"ConnectionError.*connect to the network"):
        download(tmp_path, offline)


def test_offline_with_cache_downloads_nothing(tmp_path: Path) -> None:
    download(tmp_path, Repository())

    download(tmp_path, offline)

    assert cached_jars(tmp_path, JARS) is not None


def test_leftovers_are_deleted_and_complete_jars_reused(tmp_path: Path) -> None:
    (tmp_path / "part-x" / "one").mkdir(parents=True)
    (tmp_path / "one-1.jar").write_bytes(b"first")
    (tmp_path / "two-2.jar").write_bytes(b"sec")
    repository = Repository()

    download(tmp_path, repository)

    assert sorted(repository.requested) == ["g:three:3", "g:two:2"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(jar.name for jar in JARS)


def test_progress_is_reported_up_to_the_end(tmp_path: Path) -> None:
    reports: list[str] = []

    download(tmp_path, Repository(), reports)

    assert reports[-1].startswith(f"Downloading Kafka {KAFKA_VERSION}: 100 %")
    assert reports == sorted(set(reports), key=reports.index)


def test_pins_are_complete_and_of_the_named_version() -> None:
    jars = read_pinned_jars()
    names = [jar.name for jar in jars]

    assert f"kafka_2.13-{KAFKA_VERSION}.jar" in names
    assert any(name.startswith("log4j-slf4j-impl-") for name in names)
    assert len(set(names)) == len(names)
    assert {len(jar.sha256) for jar in jars} == {64}
    assert parse_pins(pin_text(jars)) == jars
