"""``streams routes``: checked and shown."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from streams.cli.routes import app
from streams.route.rules import RouteFileError

ONE = '[[route]]\nname = "bridges"\nwhen = "bridge and not [x]"\nabout = "About [bridges]"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of one sound rule."""
    path = tmp_path / "my-routes.toml"
    path.write_text(ONE.replace(" and not [x]", ""))
    return path


def test_check_says_that_a_file_is_valid(file: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(file)])

    assert (result.exit_code, result.output) == (0, f"{file}: 1 valid route\n")


def test_check_tells_what_is_wrong_where(file: Path) -> None:
    file.write_text(ONE)

    result = CliRunner().invoke(app, ["check", str(file)])

    assert isinstance(result.exception, RouteFileError)
    assert str(result.exception).startswith(f"{file}:3: route 'bridges': `[x]` cannot stand here")


def test_check_takes_the_file_of_the_settings(file: Path) -> None:
    result = CliRunner().invoke(app, ["check"], env={"NEWS_ROUTES": str(file)})

    assert result.output.startswith(f"{file}: 1 valid route")


def test_list_shows_routes_and_what_they_are_about(file: Path) -> None:
    result = CliRunner().invoke(app, ["list", str(file)])

    assert [word in result.output for word in ("bridges", "About [bridges]", "unmatched")] == [
        True,
        True,
        True,
    ]


def test_list_prints_one_object_a_line(file: Path) -> None:
    result = CliRunner().invoke(app, ["list", "--json", str(file)])

    assert [orjson.loads(line) for line in result.output.splitlines()] == [
        {
            "route": "bridges",
            "when": "bridge",
            "about": "About [bridges]",
            "topic": "routed.bridges.v1",
        }
    ]
