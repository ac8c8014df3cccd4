"""The rules in force: the file that is named, the one here, the shipped ones."""

from pathlib import Path

import pytest

from streams.config.routes import (
    SHIPPED,
    load_routes,
    required_topics,
    route_file,
    watched_routes,
)
from streams.config.routes_file import RouteFileError
from streams.errors import UsageError
from streams.settings import Settings

ONE = '[[route]]\nname = "one"\nwhen = "bridge"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_load_routes_without_a_file_takes_the_shipped_ones(folder: Path) -> None:  # noqa: ARG001  # the working directory
    assert "us-russia" in [rule.name for rule in load_routes()]
    assert route_file() == SHIPPED


def test_load_routes_takes_the_file_in_the_working_directory(folder: Path) -> None:
    (folder / "routes.toml").write_text(ONE)

    assert [rule.name for rule in load_routes()] == ["one"]


def test_load_routes_takes_the_file_that_is_named(folder: Path) -> None:
    (folder / "routes.toml").write_text(ONE)
    (folder / "mine.toml").write_bytes(b"\xef\xbb\xbf" + ONE.replace("one", "mine").encode())

    assert [rule.name for rule in load_routes(folder / "mine.toml")] == ["mine"]


def test_load_routes_names_the_file_that_is_wrong(folder: Path) -> None:
    (folder / "mine.toml").write_text(ONE + ONE)

    with pytest.raises(RouteFileError, match=r"mine\.toml:5: a second route"):
        load_routes(folder / "mine.toml")


def test_load_routes_names_the_file_that_is_not_there(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"reading the rules in .*gone\.toml: No such file"):
        load_routes(folder / "gone.toml")


def test_load_routes_names_the_file_that_is_no_text(folder: Path) -> None:
    (folder / "picture.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(UsageError, match=r"reading the rules in .*picture\.toml: not UTF-8"):
        load_routes(folder / "picture.toml")


def test_watched_routes_gives_changed_rules_once(folder: Path) -> None:
    file = folder / "mine.toml"
    file.write_text(ONE)
    watched = watched_routes(file)

    assert not watched.refresh()
    file.write_text("# only words about them\n" + ONE)
    assert not watched.refresh()
    file.write_text(ONE.replace("one", "two"))
    assert watched.refresh()
    assert [rule.name for rule in watched.value] == ["two"]
    assert not watched.refresh()


def test_watched_routes_keeps_the_rules_and_says_what_is_wrong(folder: Path) -> None:
    file = folder / "mine.toml"
    file.write_text(ONE)
    watched = watched_routes(file)
    file.write_text(ONE + ONE)

    assert not watched.refresh()
    assert [rule.name for rule in watched.value] == ["one"]
    assert "mine.toml:5: a second route" in watched.problem


def test_watched_routes_gets_over_a_file_that_is_away_for_a_moment(folder: Path) -> None:
    file = folder / "mine.toml"
    file.write_text(ONE)
    watched = watched_routes(file)
    file.unlink()

    assert not watched.refresh()
    assert "No such file" in watched.problem
    file.write_text(ONE)
    assert not watched.refresh()
    assert watched.problem == ""


def test_watched_routes_takes_a_file_that_appears_here(folder: Path) -> None:
    watched = watched_routes()
    (folder / "routes.toml").write_text(ONE)

    assert watched.refresh()
    assert [rule.name for rule in watched.value] == ["one"]


def test_required_topics_reads_the_rules(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        required_topics(Settings(broker="127.0.0.1:1", routes=tmp_path / "none.toml"))
