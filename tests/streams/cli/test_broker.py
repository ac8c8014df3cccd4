from pathlib import Path

import orjson
from typer.testing import CliRunner

from streams.cli.broker import app

RUNNER = CliRunner()


def test_status_without_broker_exits_with_3(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["status", "--data", str(tmp_path)])

    assert result.exit_code == 3
    assert f"streams broker start --data {tmp_path}" in result.output


def test_status_json_is_one_object(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["status", "--data", str(tmp_path), "--json"])

    assert result.exit_code == 3
    assert orjson.loads(result.stdout) == {"running": False, "died": None}


def test_stop_without_broker_succeeds(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["stop", "--data", str(tmp_path), "--json"])

    assert result.exit_code == 0
    assert orjson.loads(result.stdout) == {"stopped": False}


def test_invalid_folder_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    result = RUNNER.invoke(app, ["start", "--data", str(tmp_path / "file" / "kafka")])

    assert result.exit_code == 2
    assert "starting Kafka in" in result.output
    assert "Traceback" not in result.output
