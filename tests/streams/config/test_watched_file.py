"""Configuration files that change, become invalid, appear and disappear at run time."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from streams.config.watched_file import SETTLED_SECONDS, WatchedFile
from streams.errors import UsageError


class CountingLoader:
    """Reads a number from a file, and counts the calls."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.n_loads = 0

    def __call__(self) -> int:
        self.n_loads += 1
        try:
            return int(self.path.read_text())
        except FileNotFoundError:
            return 0
        except ValueError as error:
            raise UsageError(f"{self.path}: {error}") from None


@pytest.fixture
def load(tmp_path: Path) -> CountingLoader:
    path = tmp_path / "number"
    path.write_text("1")
    make_old(path)
    return CountingLoader(path)


def make_old(path: Path) -> None:
    """Make a file old enough that its time identifies its version."""
    then = path.stat().st_mtime - 2 * SETTLED_SECONDS
    os.utime(path, (then, then))


def write_in_place(path: Path) -> None:
    path.write_text("2")


def write_and_set_time_back(path: Path) -> None:
    before = path.stat()
    path.write_text("2")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(path: Path) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text("2")
    make_old(fresh)
    fresh.replace(path)


@pytest.mark.parametrize("change", [write_in_place, write_and_set_time_back, replace])
def test_refresh_loads_new_version_once(
    load: CountingLoader, change: Callable[[Path], None]
) -> None:
    watched = WatchedFile(load.path, load)

    change(load.path)

    assert [watched.refresh(), watched.refresh()] == [True, False]
    assert watched.value == 2


def test_refresh_distinguishes_versions_of_same_time(load: CountingLoader) -> None:
    load.path.write_text("2")
    watched = WatchedFile(load.path, load)
    now = load.path.stat()

    load.path.write_text("3")
    os.utime(load.path, ns=(now.st_atime_ns, now.st_mtime_ns))

    assert watched.refresh()
    assert watched.value == 3


def test_refresh_does_not_read_an_unchanged_file(load: CountingLoader) -> None:
    watched = WatchedFile(load.path, load)

    changes = {watched.refresh() for _ in range(9)}

    assert (changes, load.n_loads) == ({False}, 1)


def test_refresh_ignores_a_version_with_the_same_value(load: CountingLoader) -> None:
    watched = WatchedFile(load.path, load)

    load.path.write_text("1 ")

    assert not watched.refresh()
    assert load.n_loads == 2


def test_refresh_logs_problem_once_and_keeps_value(load: CountingLoader) -> None:
    watched = WatchedFile(load.path, load)
    load.path.write_text("one")

    with capture_logs() as logs:
        changes = [watched.refresh() for _ in range(3)]

    assert (changes, watched.value) == ([False] * 3, 1)
    assert "'one'" in watched.problem
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [
        ("configuration not reloaded", "critical")
    ]


def test_refresh_clears_problem_of_repaired_file(load: CountingLoader) -> None:
    watched = WatchedFile(load.path, load)
    load.path.write_text("one")
    watched.refresh()

    load.path.write_text("1")

    assert not watched.refresh()
    assert watched.problem == ""


def test_refresh_logs_problem_again_after_valid_version(load: CountingLoader) -> None:
    watched = WatchedFile(load.path, load)

    with capture_logs() as logs:
        for text in ("one", "1", "one"):
            load.path.write_text(text)
            watched.refresh()

    assert [entry["event"] for entry in logs] == ["configuration not reloaded"] * 2


def test_refresh_detects_removed_and_created_file(load: CountingLoader) -> None:
    watched = WatchedFile(load.path, load)

    load.path.unlink()
    gone = (watched.refresh(), watched.value)
    load.path.write_text("5")

    assert gone == (True, 0)
    assert (watched.refresh(), watched.value) == (True, 5)


def test_watched_file_refuses_invalid_first_version(load: CountingLoader) -> None:
    load.path.write_text("one")

    with pytest.raises(UsageError, match="one"):
        WatchedFile(load.path, load)
