"""The state file: the broker that runs in a folder, so that other commands find it."""

from datetime import datetime
from pathlib import Path

import msgspec


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Owner of the records in a folder, as in Kafka's ``meta.properties``.

    Attributes:
        cluster_id: Id of the cluster, 22 characters.
        directory_id: Id of this folder; the cluster's metadata names it for each partition.
        node_id: Id of the broker.
    """

    cluster_id: str
    directory_id: str
    node_id: int = 1


class BrokerState(msgspec.Struct, frozen=True, kw_only=True):
    """The last known state of the broker of a folder; kept when the broker ends.

    Attributes:
        bootstrap: Address for clients, ``host:port``.
        port: Port of that address.
        pid: Process id, alive or not; None if it was ended in order or never started.
        started: Start time of that process.
        version: Version of Kafka.
        log: Log file.
        identity: Owner of the records.
        stopped: Whether a command has stopped it or is about to; then it is not restarted.
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
    """Read the state file; None if it is missing or damaged, which a search compensates."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=BrokerState)
    except (OSError, msgspec.DecodeError):
        return None


def write_state(path: Path, state: BrokerState) -> None:
    """Write the state file atomically: a reader sees the old or the new content."""
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=2) + b"\n")
    part.replace(path)
