"""Find the running broker of a folder, report its state, stop it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from streams.broker.config import HOST, broker_port
from streams.broker.options import DataFolder
from streams.broker.process import end_process, find_process, runs_broker, started_at
from streams.broker.readiness import fetch_metadata
from streams.broker.state import read_state, write_state
from streams.errors import BrokerError
from streams.runtime.file_lock import file_lock

PATIENCE = timedelta(seconds=15)
"""How long Kafka may take to end; 0.3-0.6 s measured, more if much is to be written."""

ANOTHER_COMMAND = timedelta(minutes=2)
"""How long another command may take to start or stop the same broker."""


@dataclass(frozen=True, kw_only=True)
class RunningBroker:
    """A local Kafka whose process is alive.

    Attributes:
        bootstrap: Address for clients, ``host:port``.
        port: Port of that address.
        pid: Process id.
        data: Folder of the broker.
        log: Log file.
        started: Start time of the process.
        started_here: Whether the call that returned this started the process.
    """

    bootstrap: str
    port: int
    pid: int
    data: Path
    log: Path
    started: datetime
    started_here: bool = False

    async def stop(self) -> None:
        """Stop the broker, or its successor if it was restarted; the records are kept."""
        await stop_broker(self.data)


@dataclass(frozen=True, kw_only=True)
class BrokerStatus:
    """State of the broker of a folder.

    Attributes:
        broker: The broker, if its process is alive.
        answers: Whether it has just answered.
        died: Id of a process that ended without being stopped.
    """

    broker: RunningBroker | None
    answers: bool
    died: int | None


def find_broker(data: Path) -> RunningBroker | None:
    """Find the broker of a folder by the state file, or else among all processes.

    Args:
        data: Folder of the broker; need not exist.

    Returns:
        The broker if its process is alive; it may still be starting.
    """
    folder = DataFolder.at(data)
    state = read_state(folder.state)
    if state is not None and state.pid and runs_broker(state.pid, folder.properties):
        return running_broker(folder, state.pid, state.port)
    if state is not None and state.stopped:
        return None
    try:
        port = broker_port(folder.properties.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    pid = find_process(folder.properties)
    return None if pid is None or port is None else running_broker(folder, pid, port)


def running_broker(
    folder: DataFolder, pid: int, port: int, *, started_here: bool = False
) -> RunningBroker:
    """Return the broker of a folder with this process and port."""
    return RunningBroker(
        bootstrap=f"{HOST}:{port}",
        port=port,
        pid=pid,
        data=folder.path,
        log=folder.log,
        started=started_at(pid),
        started_here=started_here,
    )


def require_broker(data: Path) -> RunningBroker:
    """Return the running broker of a folder.

    Raises:
        BrokerError: If no broker runs there.
    """
    broker = find_broker(data)
    if broker is None:
        raise BrokerError(
            f"no broker runs in {data}: start one with `streams broker start`, or set "
            "NEWS_BROKER=host:port"
        )
    return broker


async def broker_status(data: Path) -> BrokerStatus:
    """Return the state of the broker of a folder."""
    broker = find_broker(data)
    if broker is not None:
        answering = await fetch_metadata(broker.port)
        return BrokerStatus(broker=broker, answers=answering is not None, died=None)
    state = read_state(DataFolder.at(data).state)
    died = None if state is None or state.stopped else state.pid
    return BrokerStatus(broker=None, answers=False, died=died)


async def stop_broker(data: Path, *, patience: timedelta = PATIENCE) -> RunningBroker | None:
    """Stop the broker of a folder; the records are kept.

    Args:
        data: Folder of the broker; need not exist.
        patience: How long it may take before it is killed; even then no acknowledged record is
            lost, but the next start takes longer.

    Returns:
        The stopped broker; None if none was running.

    Raises:
        BrokerError: If another command holds the lock for too long.
    """
    folder = DataFolder.at(data)
    if not folder.path.is_dir():
        return None
    async with file_lock(folder.lock, within=ANOTHER_COMMAND):
        broker = find_broker(data)
        _update_state(folder, stopped=True)  # first, so that no watchdog restarts it
        if broker is not None:
            await end_process(broker.pid, folder.properties, patience=patience)
        _update_state(folder, stopped=True, pid=None)
    return broker


def _update_state(folder: DataFolder, **changes: object) -> None:
    """Change the state file if it exists; a full disk does not prevent the stop."""
    state = read_state(folder.state)
    if state is not None:
        with suppress(OSError):
            write_state(folder.state, replace(state, **changes))
