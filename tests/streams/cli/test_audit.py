"""``streams audit`` without a broker."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.main import app
from streams.errors import BrokerError


@pytest.mark.parametrize("arguments", [["audit"], ["audit", "--json"]])
def test_audit_without_broker_fails(arguments: list[str], tmp_path: Path) -> None:
    environment = {"NEWS_BROKER": "", "NEWS_DATA": str(tmp_path)}

    result = CliRunner().invoke(app, arguments, env=environment)

    assert isinstance(result.exception, BrokerError)
    assert "streams broker start" in str(result.exception)
    assert result.stdout == ""
