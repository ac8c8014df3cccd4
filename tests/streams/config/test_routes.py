"""Loading rules: the named file, the one in the working directory, the shipped one."""

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

RULE = '[[route]]\nname = "one"\nwhen = "bridge"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_load_routes_defaults_to_shipped_rules(folder: Path) -> None:  # noqa: ARG001  # the working directory
    assert "us-russia" in [rule.name for rule in load_routes()]
    assert route_file() == SHIPPED


def test_load_routes_reads_file_in_working_directory(folder: Path) -> None:
    (folder / "routes.toml").write_text(RULE)

    assert [rule.name for rule in load_routes()] == ["one"]


def test_load_routes_reads_named_file(folder: Path) -> None:
    (folder / "routes.toml").write_text(RULE)
    (folder / "mine.toml").write_bytes(b"\xef\xbb\xbf" + RULE.replace("one", "mine").encode())

    assert [rule.name for rule in load_routes(folder / "mine.toml")] == ["mine"]


def test_load_routes_error_names_file_and_line(folder: Path) -> None:
    (folder / "mine.toml").write_text(RULE + RULE)

    with pytest.raises(RouteFileError, match=r"mine\.toml:5: a second route"):
        load_routes(folder / "mine.toml")


def test_load_routes_error_names_missing_file(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"reading the rules in .*gone\.toml: No such file"):
        load_routes(folder / "gone.toml")


def test_load_routes_error_names_binary_file(folder: Path) -> None:
    (folder / "picture.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(UsageError, match=r"reading the rules in .*picture\.toml: not UTF-8"):
        load_routes(folder / "picture.toml")


def test_watched_routes_reload_once_per_change(folder: Path) -> None:
    file = folder / "mine.toml"
    file.write_text(RULE)
    watched = watched_routes(file)

    assert not watched.refresh()
    file.write_text("# a comment\n" + RULE)
    assert not watched.refresh()
    file.write_text(RULE.replace("one", "two"))
    assert watched.refresh()
    assert [rule.name for rule in watched.value] == ["two"]
    assert not watched.refresh()


def test_watched_routes_keep_rules_on_invalid_change(folder: Path) -> None:
    file = folder / "mine.toml"
    file.write_text(RULE)
    watched = watched_routes(file)
    file.write_text(RULE + RULE)

    assert not watched.refresh()
    assert [rule.name for rule in watched.value] == ["one"]
    assert "mine.toml:5: a second route" in watched.problem


def test_watched_routes_survive_missing_file(folder: Path) -> None:
    file = folder / "mine.toml"
    file.write_text(RULE)
    watched = watched_routes(file)
    file.unlink()

    assert not watched.refresh()
    assert "No such file" in watched.problem
    file.write_text(RULE)
    assert not watched.refresh()
    assert watched.problem == ""


def test_watched_routes_read_file_created_later(folder: Path) -> None:
    watched = watched_routes()
    (folder / "routes.toml").write_text(RULE)

    assert watched.refresh()
    assert [rule.name for rule in watched.value] == ["one"]


def test_required_topics_reads_rules(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        required_topics(Settings(broker="127.0.0.1:1", routes=tmp_path / "none.toml"))
