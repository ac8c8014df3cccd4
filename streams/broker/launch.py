"""A broker's process started in its folder and waited for; what becomes of it is written down."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from streams.broker.config import Ports, log4j2_properties, server_properties
from streams.broker.diagnosis import Diagnosis, FailureKind, diagnose
from streams.broker.instance import RunningBroker, running_broker
from streams.broker.options import KAFKA_VERSION, BrokerOptions, DataFolder
from streams.broker.process import end_process, runs_broker, spawn
from streams.broker.readiness import wait_until_answering
from streams.broker.state import BrokerState, Identity, write_state

PATIENCE = timedelta(seconds=5)
"""How long a broker that did not come up may take to end."""

SAID_BYTES = 256 * 1024
"""As much of the log's end is searched for a cause."""


def write_settings(folder: DataFolder, ports: Ports, *, node_id: int = 1) -> None:
    """Write what Kafka reads when it starts.

    Raises:
        BrokerError: If the folder's path is one that Kafka cannot have.
    """
    properties = server_properties(folder.records, ports=ports, node_id=node_id)
    folder.properties.write_text(properties, encoding="ascii")
    folder.logging.write_text(log4j2_properties(folder.log.name), encoding="ascii")


async def launch(
    folder: DataFolder,
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    port: int,
    identity: Identity,
    options: BrokerOptions,
) -> RunningBroker | Diagnosis:
    """Start a broker and wait until it answers; if it does not, nothing of it is left running.

    Args:
        folder: With settings and formatted records.
        command: That runs it.
        environment: For the command.
        port: Where clients connect, as in its settings.
        identity: Whose records these are.
        options: How it is to run.

    Returns:
        The broker, or why there is none.
    """
    said_before = folder.log.stat().st_size if folder.log.is_file() else 0
    pid = spawn(
        command,
        environment=environment,
        folder=folder.path,
        output=folder.output,
        die_with_parent=options.die_with_parent,
    )
    broker = running_broker(folder, pid, port, started_here=True)
    match await _came_up(broker, folder, identity, within=options.ready_within):
        case None:
            return broker
        case FailureKind.SLOW:
            seconds = options.ready_within.total_seconds()
            return Diagnosis(FailureKind.SLOW, f"it did not answer within {seconds:.0f} s")
        case _:
            return diagnose(_said(folder, said_before))


async def _came_up(
    broker: RunningBroker, folder: DataFolder, identity: Identity, *, within: timedelta
) -> FailureKind | None:
    """Wait for the answer; if anything else happens, the process is ended."""
    state = BrokerState(
        bootstrap=broker.bootstrap,
        port=broker.port,
        pid=broker.pid,
        started=broker.started,
        version=KAFKA_VERSION,
        log=str(broker.log),
        identity=identity,
    )
    ready = slow = False
    try:
        write_state(folder.state, state)
        ready = await wait_until_answering(
            broker.pid, folder, broker.port, cluster_id=identity.cluster_id, within=within
        )
    finally:
        if not ready:
            slow = runs_broker(broker.pid, folder.properties)
            await end_process(broker.pid, folder.properties, patience=PATIENCE)
            write_state(folder.state, replace(state, pid=None))
    if ready:
        return None
    return FailureKind.SLOW if slow else FailureKind.OTHER


def _said(folder: DataFolder, since: int) -> str:
    """Read what Kafka and Java have said since the log had a size."""
    log = folder.log.read_bytes() if folder.log.is_file() else b""
    new = log[since:] if len(log) >= since else log  # it was rolled
    return (folder.output.read_bytes() + new)[-SAID_BYTES:].decode(errors="replace")
