"""A broker that runs: found by its folder, looked at, stopped."""

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
"""How long Kafka may take to end when asked; 0.3-0.6 s measured, more with much to write."""

ANOTHER_COMMAND = timedelta(minutes=2)
"""How long another command may be busy starting or stopping the same broker."""


@dataclass(frozen=True, kw_only=True)
class RunningBroker:
    """A local Kafka whose process lives.

    Attributes:
        bootstrap: Where clients connect, ``host:port``.
        port: The same port.
        pid: Its process.
        data: Its folder.
        log: Its log file.
        started: When its process was started.
        started_here: Whether the call that gave this has started it; else it ran before.
    """

    bootstrap: str
    port: int
    pid: int
    data: Path
    log: Path
    started: datetime
    started_here: bool = False

    async def stop(self) -> None:
        """End it; the records stay. If it was restarted since, its successor is meant."""
        await stop_broker(self.data)


@dataclass(frozen=True, kw_only=True)
class BrokerStatus:
    """How the broker of a folder stands.

    Attributes:
        broker: The one whose process lives.
        answers: Whether it answered just now.
        died: The process that is gone without having been stopped.
    """

    broker: RunningBroker | None
    answers: bool
    died: int | None


def find_broker(data: Path) -> RunningBroker | None:
    """Find the broker of a folder, by the state file or else among all processes.

    Args:
        data: The folder; need not exist.

    Returns:
        The broker, if its process lives; it may still be starting.
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
    """Describe the broker of a folder by its process and port."""
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
    """Find the broker of a folder.

    Raises:
        BrokerError: If none runs there.
    """
    broker = find_broker(data)
    if broker is None:
        raise BrokerError(
            f"no broker runs in {data}: start one with `streams broker start`, or set "
            "NEWS_BROKER=host:port"
        )
    return broker


async def broker_status(data: Path) -> BrokerStatus:
    """Look how the broker of a folder stands."""
    broker = find_broker(data)
    if broker is not None:
        answering = await fetch_metadata(broker.port)
        return BrokerStatus(broker=broker, answers=answering is not None, died=None)
    state = read_state(DataFolder.at(data).state)
    died = None if state is None or state.stopped else state.pid
    return BrokerStatus(broker=None, answers=False, died=died)


async def stop_broker(data: Path, *, patience: timedelta = PATIENCE) -> RunningBroker | None:
    """Stop the broker of a folder; the records stay.

    Args:
        data: The folder; need not exist.
        patience: How long it may take before it is killed; nothing that was acknowledged is lost
            then either, but the next start takes longer.

    Returns:
        What was stopped; none if none was running.

    Raises:
        BrokerError: If another command keeps it locked.
    """
    folder = DataFolder.at(data)
    if not folder.path.is_dir():
        return None
    async with file_lock(folder.lock, within=ANOTHER_COMMAND):
        broker = find_broker(data)
        _note(folder, stopped=True)  # first: whoever watches it is not to miss it
        if broker is not None:
            await end_process(broker.pid, folder.properties, patience=patience)
        _note(folder, stopped=True, pid=None)
    return broker


def _note(folder: DataFolder, **changes: object) -> None:
    """Change the state file, if there is one and there is room: it is no reason not to stop."""
    state = read_state(folder.state)
    if state is not None:
        with suppress(OSError):
            write_state(folder.state, replace(state, **changes))
