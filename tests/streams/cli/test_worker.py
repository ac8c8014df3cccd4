"""``streams worker``: its arguments."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.main import app
from streams.errors import BrokerError, UsageError
from streams.topology import STAGES, Stage


def test_worker_lists_stages_for_unknown_one() -> None:
    result = CliRunner().invoke(app, ["worker", "cleen"])

    assert isinstance(result.exception, UsageError)
    assert "clean, dedupe, tag, route" in str(result.exception)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_worker_without_broker_fails(stage: Stage, tmp_path: Path) -> None:
    environment = {"NEWS_BROKER": "", "NEWS_DATA": str(tmp_path)}

    result = CliRunner().invoke(app, ["worker", stage.name], env=environment)

    assert isinstance(result.exception, BrokerError)


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_worker_refuses_invalid_port(port: str) -> None:
    result = CliRunner().invoke(app, ["worker", "clean", "--http-port", port])

    assert (result.exit_code, "--http-port" in result.stderr) == (2, True)
