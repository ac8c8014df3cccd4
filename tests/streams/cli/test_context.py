"""The settings of a command, with its broker."""

from pathlib import Path

import pytest

from streams.cli.context import settings_with_broker
from streams.errors import BrokerError


def test_settings_with_broker_take_the_one_that_is_set() -> None:
    assert settings_with_broker(broker="kafka:9092").broker == "kafka:9092"


def test_settings_with_broker_say_when_none_runs(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="streams broker start"):
        settings_with_broker(broker="", data=tmp_path)
