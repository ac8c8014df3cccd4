"""``streams schemas``: export and check."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.schemas import app, drift
from streams.errors import UsageError
from streams.records.describe import schema_files
from tests.conftest import ROOT


def test_export_writes_every_schema(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["export", str(tmp_path / "new")])

    assert result.exit_code == 0
    assert {path.name for path in (tmp_path / "new").iterdir()} == set(schema_files())
    assert f"{len(schema_files())} schemas in" in result.output


def test_second_export_changes_nothing(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["export", str(tmp_path)])

    result = CliRunner().invoke(app, ["export", "--check", str(tmp_path)])

    assert (result.exit_code, result.output) == (0, "")


def test_check_lists_drift_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "alerts.v1.json").write_text("{}")
    (tmp_path / "gone.v1.json").write_text("{}")

    result = CliRunner().invoke(app, ["export", "--check", str(tmp_path)])

    assert result.exit_code == 1
    assert f"{tmp_path}/alerts.v1.json: differs" in result.output
    assert f"{tmp_path}/articles.raw.v1.json: missing" in result.output
    assert f"{tmp_path}/gone.v1.json: no such topic" in result.output
    assert (tmp_path / "alerts.v1.json").read_text() == "{}"


def test_export_names_unwritable_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    result = CliRunner().invoke(app, ["export", str(tmp_path / "file")])

    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith(f"writing schemas to {tmp_path}/file: ")


def test_committed_schemas_are_current() -> None:
    assert drift(ROOT / "schemas" / "json", schema_files()) == []


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_schemas_without_arguments_shows_help(arguments: list[str]) -> None:
    assert "export" in CliRunner().invoke(app, arguments).output
