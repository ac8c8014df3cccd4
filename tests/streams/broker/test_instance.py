import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from streams.broker.config import Ports
from streams.broker.instance import broker_status, find_broker, require_broker, stop_broker
from streams.broker.launch import write_settings
from streams.broker.options import DataFolder
from streams.broker.state import BrokerState, Identity, read_state, write_state
from streams.errors import BrokerError

GONE = 2**22 + 1
"""Above the largest process id of Linux."""


@dataclass(frozen=True)
class Stale:
    """A folder whose state file names a broker, but none runs."""

    folder: DataFolder
    state: BrokerState


@pytest.fixture
def stale(tmp_path: Path) -> Stale:
    folder = DataFolder.at(tmp_path)
    state = BrokerState(
        bootstrap="127.0.0.1:9092",
        port=9092,
        pid=GONE,
        started=datetime(2026, 1, 1, tzinfo=UTC),
        version="4.3.1",
        log="",
        identity=Identity(cluster_id="A" * 22, directory_id="B" * 22),
    )
    write_state(folder.state, state)
    write_settings(folder, Ports(9092, 9093))
    return Stale(folder, state)


async def test_status_names_a_dead_process(stale: Stale) -> None:
    status = await broker_status(stale.folder.path)

    assert (status.broker, status.answers, status.died) == (None, False, GONE)


async def test_reused_process_id_is_not_a_broker(stale: Stale) -> None:
    write_state(stale.folder.state, replace(stale.state, pid=os.getpid()))

    assert find_broker(stale.folder.path) is None
    assert (await broker_status(stale.folder.path)).died == os.getpid()


async def test_stopped_broker_is_not_reported_dead(stale: Stale) -> None:
    assert await stop_broker(stale.folder.path) is None

    state = read_state(stale.folder.state)
    assert state == replace(stale.state, stopped=True, pid=None)
    assert (await broker_status(stale.folder.path)).died is None


async def test_missing_folder_has_no_broker_and_is_not_created(tmp_path: Path) -> None:
    data = tmp_path / "none"

    assert find_broker(data) is None
    assert await stop_broker(data) is None
    assert not data.exists()


def test_require_broker_names_the_command_that_starts_one(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="streams broker start"):
        require_broker(tmp_path)
