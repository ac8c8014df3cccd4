"""``streams demo``, without starting Kafka."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.demo import program_as_typed
from streams.cli.main import app


def test_demo_help_explains_download() -> None:
    shown = CliRunner().invoke(app, ["demo", "--help"]).output

    assert [word for word in ("--keep", "--svg", "NEWS_BROKER") if word not in shown] == []


def test_demo_reports_invalid_setting_before_start() -> None:
    result = CliRunner().invoke(app, ["demo"], env={"NEWS_WINDOW": "0"})

    assert str(result.exception).startswith("setting NEWS_WINDOW: ")


def test_program_outside_path_is_typed_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "streams"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    by_path = program_as_typed(str(program))
    monkeypatch.setenv("PATH", str(program.parent))

    assert (by_path, program_as_typed(str(program))) == ("bin/streams", "streams")
