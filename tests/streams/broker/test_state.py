from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.broker.state import BrokerState, Identity, read_state, write_state

STATE = BrokerState(
    bootstrap="127.0.0.1:9092",
    port=9092,
    pid=4711,
    started=datetime(2026, 11, 22, 12, tzinfo=UTC),
    version="4.3.1",
    log="/data/broker.log",
    identity=Identity(cluster_id="A" * 22, directory_id="B" * 22),
)


def test_state_round_trips(tmp_path: Path) -> None:
    write_state(tmp_path / "broker.json", STATE)

    assert read_state(tmp_path / "broker.json") == STATE
    assert [path.name for path in tmp_path.iterdir()] == ["broker.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": "no"}'])
def test_damaged_state_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broker.json"
    path.write_text(text)

    assert read_state(path) is None


def test_missing_state_is_none(tmp_path: Path) -> None:
    assert read_state(tmp_path / "broker.json") is None
