"""The state file: which broker runs in a folder, so that other commands find it."""

from datetime import datetime
from pathlib import Path

import msgspec


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Whose records lie in a folder, as Kafka's ``meta.properties`` has it.

    Attributes:
        cluster_id: Of the cluster, 22 characters.
        directory_id: Of this folder; the cluster's metadata names it for each partition.
        node_id: Of the broker.
    """

    cluster_id: str
    directory_id: str
    node_id: int = 1


class BrokerState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the broker of a folder; kept when it ends.

    Attributes:
        bootstrap: Where clients connect, ``host:port``.
        port: The same port.
        pid: Its process, alive or not; none when it has ended as it should, or never started.
        started: When that process was started.
        version: Of Kafka.
        log: Its log file.
        identity: Whose records it has.
        stopped: Whether somebody has stopped it, or is about to: then it is not missed.
    """

    bootstrap: str
    port: int
    pid: int | None
    started: datetime
    version: str
    log: str
    identity: Identity
    stopped: bool = False


def read_state(path: Path) -> BrokerState | None:
    """Read the state file; none if it is missing or was damaged, which a search makes good."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=BrokerState)
    except (OSError, msgspec.DecodeError):
        return None


def write_state(path: Path, state: BrokerState) -> None:
    """Write the state file so that a reader sees the old one or the new one, never half of it."""
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=2) + b"\n")
    part.replace(path)
