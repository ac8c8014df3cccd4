"""Start the local Kafka.

One broker belongs to one data folder. Nothing in the folder is ever deleted; stale files are
recognized and repaired, or explained.
"""

from collections.abc import Callable

from streams.broker.config import Ports
from streams.broker.diagnosis import FailureKind
from streams.broker.install.prepare import KafkaInstall, ensure_kafka
from streams.broker.instance import RunningBroker, find_broker
from streams.broker.launch import launch, write_settings
from streams.broker.options import DEFAULT_PORT, BrokerOptions, DataFolder
from streams.broker.process import java_environment
from streams.broker.readiness import wait_until_answering
from streams.broker.state import BrokerState, read_state
from streams.broker.storage import prepare_records
from streams.errors import BrokerError
from streams.runtime.file_lock import file_lock
from streams.runtime.ports import free_port, is_free
from streams.runtime.private_folder import ensure_private_folder

OnStartProgress = Callable[[str], None]
"""Gets a line about each slow part, and about choices."""

PORT_ATTEMPTS = 3
"""A free port can be taken by another program before Kafka listens on it."""


async def start_broker(
    options: BrokerOptions, *, progress: OnStartProgress | None = None
) -> RunningBroker:
    """Start the broker of a folder, or find it running; return when it answers.

    If several callers start it at once, one starts it and all get the same broker.

    Args:
        options: Folder, port and other options.
        progress: Gets a line about each slow part.

    Raises:
        BrokerError: If it cannot be started; the message has cause and remedy.
    """
    report = progress or (lambda _: None)
    folder = DataFolder.at(options.data)
    try:
        ensure_private_folder(folder.path)
        if find_broker(folder.path) is None:  # before taking the lock: the first time is slow
            await ensure_kafka(options.cache, report=report)
        async with file_lock(folder.lock, within=2 * options.ready_within):
            running = find_broker(folder.path)
            if running is not None:
                return await _join(running, options)
            kafka = await ensure_kafka(options.cache, report=report)
            return await _start(folder, options, kafka, report)
    except OSError as error:
        raise BrokerError(
            f"starting Kafka in {folder.path}: {error}; choose another folder with --data"
        ) from error


async def _join(running: RunningBroker, options: BrokerOptions) -> RunningBroker:
    if options.port not in (None, running.port):
        raise BrokerError(
            f"starting Kafka on port {options.port}: the broker in {running.data} runs at "
            f"{running.bootstrap}; stop it first, or choose another folder with --data"
        )
    folder = DataFolder(running.data)
    if not await wait_until_answering(
        running.pid, folder, running.port, within=options.ready_within
    ):
        raise BrokerError(
            f"waiting for Kafka in {running.data}: process {running.pid} does not answer at "
            f"{running.bootstrap}; `streams broker stop` ends it, see {running.log}"
        )
    return running


async def _start(
    folder: DataFolder, options: BrokerOptions, kafka: KafkaInstall, report: OnStartProgress
) -> RunningBroker:
    state = read_state(folder.state)
    known = state.identity if state else None
    identity = prepare_records(folder.records, known=known, checkpoint=kafka.checkpoint)
    if known is not None and known != identity:
        report(f"The former records in {folder.records} are gone; starting without records")
    for _ in range(PORT_ATTEMPTS):
        ports = _choose_ports(options, state, report)
        write_settings(folder, ports, node_id=identity.node_id)
        result = await launch(
            folder,
            kafka.command(folder, heap_mib=options.heap_mib),
            environment=java_environment(kafka.jars),
            port=ports.broker,
            identity=identity,
            options=options,
        )
        if isinstance(result, RunningBroker):
            return result
        if result.kind is not FailureKind.PORT_TAKEN or options.port is not None:
            raise BrokerError(f"starting Kafka in {folder.path}: {result.text} ({folder.log})")
    raise BrokerError("starting Kafka: each port was taken again; choose one with --port")


def _choose_ports(
    options: BrokerOptions, state: BrokerState | None, report: OnStartProgress
) -> Ports:
    """Return the ports: the requested one, the last one, Kafka's default, or any free one."""
    if options.port is not None:
        if not is_free(options.port):
            raise BrokerError(
                f"starting Kafka on port {options.port}: another program uses it; choose another "
                "with --port"
            )
        return Ports(options.port, free_port(avoid=[options.port]))
    wanted = state.port if state else DEFAULT_PORT
    port = free_port(wanted, DEFAULT_PORT)
    if port != wanted:
        report(f"Another program uses port {wanted}; using {port}")
    return Ports(port, free_port(avoid=[port]))
