"""``streams routes``: validation, list, samples and lint."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from streams.cli.routes import app
from streams.config.routes_file import RouteFileError

ONE = '[[route]]\nname = "bridges"\nwhen = "bridge and not [x]"\nabout = "About [bridges]"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one valid route."""
    path = tmp_path / "my-routes.toml"
    path.write_text(ONE.replace(" and not [x]", ""))
    return path


def test_check_reports_valid_file(file: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(file)])

    assert (result.exit_code, result.output) == (0, f"{file}: 1 valid route\n")


def test_check_reports_error_with_line(file: Path) -> None:
    file.write_text(ONE)

    result = CliRunner().invoke(app, ["check", str(file)])

    assert isinstance(result.exception, RouteFileError)
    assert str(result.exception).startswith(f"{file}:3: route 'bridges': unexpected `[x]`")


def test_check_uses_file_of_settings(file: Path) -> None:
    result = CliRunner().invoke(app, ["check"], env={"NEWS_ROUTES": str(file)})

    assert result.output.startswith(f"{file}: 1 valid route")


def test_list_shows_routes_with_descriptions(file: Path) -> None:
    result = CliRunner().invoke(app, ["list", str(file)])

    assert [word in result.output for word in ("bridges", "About [bridges]", "unmatched")] == [
        True,
        True,
        True,
    ]


def test_list_json_prints_one_object_per_line(file: Path) -> None:
    result = CliRunner().invoke(app, ["list", "--json", str(file)])

    assert [orjson.loads(line) for line in result.output.splitlines()] == [
        {
            "route": "bridges",
            "when": "bridge",
            "about": "About [bridges]",
            "topic": "routed.bridges.v1",
        }
    ]


SAMPLES = """
[[route.test]]
title = "The bridge is open"
[[route.test]]
title = "The tunnel is open"
wanted = false
"""


def test_test_counts_passed_samples(file: Path) -> None:
    file.write_text(file.read_text() + SAMPLES)

    result = CliRunner().invoke(app, ["test", str(file)])

    assert (result.exit_code, result.output) == (0, f"{file}: 2 of 2 tests passed\n")


def test_test_explains_misrouted_sample(file: Path) -> None:
    file.write_text(file.read_text() + SAMPLES.replace("tunnel", "toll bridge"))

    result = CliRunner().invoke(app, ["test", str(file)])

    assert result.exit_code == 1
    assert result.output == (
        f"{file}:8: bridges: 'The toll bridge is open' matches, but should not: bridge\n"
        f"{file}: 1 of 2 tests passed\n"
    )


def test_lint_reports_problems(file: Path) -> None:
    file.write_text(file.read_text() + "[[route]]\nname = 'b'\nwhen = 'title:bridge and x'\n")

    result = CliRunner().invoke(app, ["lint", str(file)])

    assert (result.exit_code, result.output) == (
        1,
        f"{file}: b: every article for this route also goes to `bridges`\n",
    )


def test_lint_reports_no_problems(file: Path) -> None:
    result = CliRunner().invoke(app, ["lint", str(file)])

    assert (result.exit_code, result.output) == (0, f"{file}: no problems\n")
