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
    """Brings jars from memory; each of ``breaks`` arrives broken that many times first."""

    def __init__(self, breaks: dict[str, int] | None = None) -> None:
        self.breaks = dict(breaks or {})
        self.asked: list[str] = []

    def __call__(self, coordinate: str, folder: Path) -> Path:
        self.asked.append(coordinate)
        folder.mkdir(parents=True)
        path = folder / "file.jar"
        broken = self.breaks.get(coordinate, 0)
        self.breaks[coordinate] = broken - 1
        path.write_bytes(CONTENTS[coordinate][: 2 if broken > 0 else None])
        return path


def offline(coordinate: str, folder: Path) -> Path:
    raise ConnectionError(coordinate, folder)


def bring(folder: Path, fetch: object, said: list[str] | None = None) -> None:
    fetch_jars(
        folder,
        JARS,
        fetch=fetch,  # type: ignore[arg-type]
        report=([] if said is None else said).append,
        stop=threading.Event(),
        pause=timedelta(0),
    )


def test_jars_are_fetched_once(tmp_path: Path) -> None:
    repository = Repository()

    bring(tmp_path, repository)
    bring(tmp_path, repository)

    assert sorted(repository.asked) == sorted(CONTENTS)
    assert cached_jars(tmp_path, JARS) == tuple(tmp_path / jar.name for jar in JARS)
    assert {path.read_bytes() for path in tmp_path.iterdir()} == set(CONTENTS.values())


def test_a_jar_that_arrives_broken_is_fetched_again(tmp_path: Path) -> None:
    bring(tmp_path, Repository({"g:two:2": 1}))

    assert (tmp_path / "two-2.jar").read_bytes() == b"second"


def test_a_jar_that_stays_broken_is_named_and_the_whole_ones_stay(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=r"g:two:2 .*digest.*NEWS_BROKER"):
        bring(tmp_path, Repository({"g:two:2": 9}))

    assert not (tmp_path / "two-2.jar").exists()
    assert cached_jars(tmp_path, JARS) is None
    assert cached_jars(tmp_path, JARS[:1]) is not None


def test_offline_without_a_cache_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=r"ConnectionError.*connect to the network"):
        bring(tmp_path, offline)


def test_offline_with_a_cache_needs_nothing(tmp_path: Path) -> None:
    bring(tmp_path, Repository())

    bring(tmp_path, offline)


def test_what_a_killed_process_left_is_cleared_and_what_it_had_is_used(tmp_path: Path) -> None:
    (tmp_path / "part-x" / "one").mkdir(parents=True)
    (tmp_path / "one-1.jar").write_bytes(b"first")
    (tmp_path / "two-2.jar").write_bytes(b"sec")
    repository = Repository()

    bring(tmp_path, repository)

    assert sorted(repository.asked) == ["g:three:3", "g:two:2"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(jar.name for jar in JARS)


def test_progress_is_told_and_ends_at_all_of_it(tmp_path: Path) -> None:
    said: list[str] = []

    bring(tmp_path, Repository(), said)

    assert said[-1].startswith(f"Fetching Kafka {KAFKA_VERSION}: 100 %")
    assert said == sorted(set(said), key=said.index)


def test_the_pins_are_whole_and_of_the_version_that_is_named() -> None:
    jars = read_pinned_jars()
    names = [jar.name for jar in jars]

    assert f"kafka_2.13-{KAFKA_VERSION}.jar" in names
    assert any(name.startswith("log4j-slf4j-impl-") for name in names)
    assert len(set(names)) == len(names)
    assert {len(jar.sha256) for jar in jars} == {64}
    assert parse_pins(pin_text(jars)) == jars
