"""Start the process of a broker, wait until it answers, and write the outcome to its folder."""

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
"""How long a broker that did not start may take to end."""

LOG_TAIL_BYTES = 256 * 1024
"""Size of the end of the log that is searched for a cause."""


def write_settings(folder: DataFolder, ports: Ports, *, node_id: int = 1) -> None:
    """Write the files that Kafka reads when it starts.

    Raises:
        BrokerError: If Kafka cannot use the folder's path.
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
    """Start a broker and wait until it answers; if it does not, end its process.

    Args:
        folder: Folder with settings and formatted records.
        command: Command that runs the broker.
        environment: Environment of the command.
        port: Port for clients, as in the settings.
        identity: Owner of the records.
        options: How the broker is to run.

    Returns:
        The broker, or the cause of the failure.
    """
    log_size = folder.log.stat().st_size if folder.log.is_file() else 0
    pid = spawn(
        command,
        environment=environment,
        folder=folder.path,
        output=folder.output,
        die_with_parent=options.die_with_parent,
    )
    broker = running_broker(folder, pid, port, started_here=True)
    match await _wait_for_start(broker, folder, identity, within=options.ready_within):
        case None:
            return broker
        case FailureKind.SLOW:
            seconds = options.ready_within.total_seconds()
            return Diagnosis(FailureKind.SLOW, f"it did not answer within {seconds:.0f} s")
        case _:
            return diagnose(_output_since(folder, log_size))


async def _wait_for_start(
    broker: RunningBroker, folder: DataFolder, identity: Identity, *, within: timedelta
) -> FailureKind | None:
    """Wait for the answer; end the process if anything else happens."""
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


def _output_since(folder: DataFolder, log_size: int) -> str:
    """Return Java's output, and what Kafka has logged since its log had this size."""
    log = folder.log.read_bytes() if folder.log.is_file() else b""
    new = log[log_size:] if len(log) >= log_size else log  # it was rolled
    return (folder.output.read_bytes() + new)[-LOG_TAIL_BYTES:].decode(errors="replace")
