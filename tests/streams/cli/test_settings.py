"""The settings of a command, with its broker."""

from pathlib import Path

import pytest

from streams.cli._settings import settings_with_broker
from streams.errors import BrokerError


def test_settings_with_broker_use_configured_broker() -> None:
    assert settings_with_broker(broker="kafka:9092").broker == "kafka:9092"


def test_settings_with_broker_fail_without_broker(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="streams broker start"):
        settings_with_broker(broker="", data=tmp_path)
