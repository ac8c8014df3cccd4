"""``streams schemas``: files written, and drift found."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.schemas import DEFAULT_FOLDER, app, contract_files, drift
from streams.errors import UsageError
from streams.records.describe import schema_files
from tests.conftest import ROOT


def test_export_writes_every_schema(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["export", str(tmp_path / "new")])

    assert result.exit_code == 0
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        *schema_files(),
        "asyncapi.json",
    }
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
    assert f"{tmp_path}/asyncapi.json: missing" in result.output


def test_check_finds_a_changed_asyncapi_document(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["export", str(tmp_path)])
    (tmp_path / "asyncapi.json").write_text("{}")

    result = CliRunner().invoke(app, ["export", "--check", str(tmp_path)])

    assert (result.exit_code, result.output) == (1, f"{tmp_path}/asyncapi.json: differs\n")


def test_export_names_unwritable_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    result = CliRunner().invoke(app, ["export", str(tmp_path / "file")])

    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith(f"writing schemas to {tmp_path}/file: ")


def test_committed_schemas_have_not_drifted() -> None:
    files = {ROOT / path: content for path, content in contract_files(DEFAULT_FOLDER).items()}

    assert ROOT / "schemas" / "asyncapi.json" in files
    assert drift(ROOT / DEFAULT_FOLDER, files) == []


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_schemas_without_arguments_shows_help(arguments: list[str]) -> None:
    assert "export" in CliRunner().invoke(app, arguments).output
