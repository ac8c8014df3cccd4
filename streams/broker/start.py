"""The local Kafka is started here.

One broker belongs to one folder of data. Nothing in it is ever deleted; what is stale is
recognized and made good, or explained.
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

OnStartProgress = Callable[[str], None]
"""Told in a line what takes time, or what was chosen."""

PORT_ATTEMPTS = 3
"""A port that was free can be taken before Kafka has it."""


async def start_broker(
    options: BrokerOptions, *, progress: OnStartProgress | None = None
) -> RunningBroker:
    """Start the broker of a folder, or find that it runs; return when it answers.

    Of several callers at once one starts it, and all get the same.

    Args:
        options: Which folder, which port, how it is to run.
        progress: Told what takes time.

    Raises:
        BrokerError: If it cannot be started; the message says why and what helps.
    """
    report = progress or (lambda _: None)
    folder = DataFolder.at(options.data)
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        if find_broker(folder.path) is None:  # before the lock: the first time takes long
            await ensure_kafka(options.cache, report=report)
        async with file_lock(folder.lock, within=2 * options.ready_within):
            running = find_broker(folder.path)
            if running is not None:
                return await _joined(running, options)
            kafka = await ensure_kafka(options.cache, report=report)
            return await _started(folder, options, kafka, report)
    except OSError as error:
        raise BrokerError(
            f"starting Kafka in {folder.path}: {error}; choose another folder with --data"
        ) from error


async def _joined(running: RunningBroker, options: BrokerOptions) -> RunningBroker:
    if options.port not in (None, running.port):
        raise BrokerError(
            f"starting Kafka at port {options.port}: the one in {running.data} runs at "
            f"{running.bootstrap}; stop it first, or choose another folder with --data"
        )
    folder = DataFolder(running.data)
    if not await wait_until_answering(
        running.pid, folder, running.port, within=options.ready_within
    ):
        raise BrokerError(
            f"waiting for Kafka in {running.data}: process {running.pid} does not answer at "
            f"{running.bootstrap}; `streams broker stop` ends it, {running.log} may tell why"
        )
    return running


async def _started(
    folder: DataFolder, options: BrokerOptions, kafka: KafkaInstall, report: OnStartProgress
) -> RunningBroker:
    before = read_state(folder.state)
    known = before.identity if before else None
    identity = prepare_records(folder.records, known=known, checkpoint=kafka.checkpoint)
    if known is not None and known != identity:
        report(f"The records that were in {folder.records} are gone; starting with none")
    for _ in range(PORT_ATTEMPTS):
        ports = _ports(options, before, report)
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
        if result.trouble is not FailureKind.PORT_TAKEN or options.port is not None:
            raise BrokerError(f"starting Kafka in {folder.path}: {result.text} ({folder.log})")
    raise BrokerError("starting Kafka: each port was taken again; name one with --port")


def _ports(options: BrokerOptions, before: BrokerState | None, report: OnStartProgress) -> Ports:
    """Choose the ports: the one that is wanted, the one it had, Kafka's own, or any."""
    if options.port is not None:
        if not is_free(options.port):
            raise BrokerError(
                f"starting Kafka at port {options.port}: another program has it; choose another "
                "with --port"
            )
        return Ports(options.port, free_port(avoid=[options.port]))
    wanted = before.port if before else DEFAULT_PORT
    port = free_port(wanted, DEFAULT_PORT)
    if port != wanted:
        report(f"Another program has port {wanted}; using {port}")
    return Ports(port, free_port(avoid=[port]))
