"""Faults of a running pipeline, applied to a real one: processes, broker, disk, clock."""

import asyncio
import os
import random
import signal
import subprocess
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.broker import BrokerOptions, start_broker
from streams.broker.instance import find_broker
from streams.kafka.connection import connection_options, consumer, physical_name
from streams.records import RawArticle, encode
from streams.records.topics import MEMORY
from streams.settings import Settings
from streams.topology import STAGES
from tests.support.waiting import eventually

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
"""Path in Debian's package ``libfaketime``."""

SESSION_SECONDS = 6.0
"""The shortest session that Kafka allows; a process frozen for longer loses its partitions."""

FROZEN_SECONDS = 3 * SESSION_SECONDS
"""Longer than the session, shorter than the supervisor's limit: it returns as a zombie."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The parts of a pipeline that a fault may damage.

    Attributes:
        settings: Settings of the pipeline; its topics exist.
        options: Options of the broker, which only this scene uses.
        pids: Returns the processes of a stage; of all stages for an empty name.
        rng: Chooses times and processes.
        memory: Logical name of the topic with the memory of dedupe.
    """

    settings: Settings
    options: BrokerOptions
    pids: Callable[[str], Sequence[int]]
    rng: random.Random
    memory: str = MEMORY.name

    def broker_pid(self) -> int:
        """Return the process id of the broker."""
        broker = find_broker(self.options.data)
        assert broker is not None
        return broker.pid

    async def start_broker(self) -> None:
        """Restart the broker, on the same port."""
        await start_broker(self.options)

    async def kill_broker(self) -> None:
        """Kill the broker, and wait until it has ended."""
        os.kill(self.broker_pid(), signal.SIGKILL)
        await eventually(lambda: find_broker(self.options.data) is None)


Harm = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault.

    Attributes:
        name: Name in tables.
        harm: Applies the fault and returns when it is over; the other articles are sent then.
        scale: Number of processes by stage, if more than one.
        poison: Share of records, in addition to the articles, that no stage can read.
        twice: Whether each article is sent twice, in random order.
        skewed: Whether the processes' clocks are wrong, by libfaketime.
        small_disk: Whether the broker's data are on a separate small file system.
    """

    name: str
    harm: Harm
    scale: dict[str, int] = field(default_factory=dict)
    poison: float = 0.0
    twice: bool = False
    skewed: bool = False
    small_disk: bool = False


async def do_nothing(_scene: Scene) -> None:
    """Damage nothing: the fault is the input or the environment."""


def kill_stage(stage: str) -> Harm:
    """Return a fault that kills a process of a stage with signal 9."""

    async def harm(scene: Scene) -> None:
        await eventually(lambda: bool(scene.pids(stage)))  # none during a restart
        os.kill(scene.rng.choice(scene.pids(stage)), signal.SIGKILL)

    return harm


def freeze_stage(stage: str) -> Harm:
    """Return a fault that stops a process until Kafka gave it up, and continues it: a zombie."""

    async def harm(scene: Scene) -> None:
        pid = scene.pids(stage)[0]
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(FROZEN_SECONDS)  # this is the fault, not a wait
        os.kill(pid, signal.SIGCONT)

    return harm


async def restart_broker(scene: Scene) -> None:
    """Stop the broker in order, and restart it."""
    os.kill(scene.broker_pid(), signal.SIGTERM)
    await eventually(lambda: find_broker(scene.options.data) is None, within=timedelta(seconds=60))
    await scene.start_broker()


async def kill_broker(scene: Scene) -> None:
    """Kill the broker, and restart it."""
    await scene.kill_broker()
    await scene.start_broker()


async def slow_broker(scene: Scene) -> None:
    """Stop the broker for three quarters of 15 seconds, in slices."""
    pid = scene.broker_pid()
    for _ in range(25):
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(0.45)
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.15)


async def fill_disk(scene: Scene) -> None:
    """Fill the broker's disk until it ends; then free the space and restart it."""
    filler = scene.options.data / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(64 * 1024))
    await eventually(lambda: find_broker(scene.options.data) is None, within=timedelta(seconds=60))
    filler.unlink()
    await scene.start_broker()


async def truncate_memory(scene: Scene) -> None:
    """Delete the older half of the memory topic of dedupe, then kill dedupe."""
    async with consumer(scene.settings) as client:
        partition = TopicPartition(physical_name(scene.settings, scene.memory), 0)
        end = (await client.end_offsets([partition]))[partition]
    admin = AIOKafkaAdminClient(**connection_options(scene.settings))
    await admin.start()
    # Kafka deletes no records of a topic that is only compacted, so its policy is changed first.
    policy = {"cleanup.policy": "compact,delete"}
    try:
        resource = ConfigResource(ConfigResourceType.TOPIC, partition.topic, policy)
        await admin.alter_configs([resource])
        await admin.delete_records({partition: RecordsToDelete(before_offset=end // 2)})
    finally:
        await admin.close()
    await kill_stage("dedupe")(scene)


async def overwrite_local_files(scene: Scene) -> None:
    """Overwrite every local file of the stages with random bytes, then kill dedupe."""
    for path in scene.settings.data.rglob("*"):
        if path.is_file() and path.suffix != ".lock":
            path.write_bytes(scene.rng.randbytes(min(path.stat().st_size, 1 << 20)))
    await kill_stage("dedupe")(scene)


FAULTS: tuple[Fault, ...] = (
    *(Fault(name=f"kill -9 {stage.name}", harm=kill_stage(stage.name)) for stage in STAGES),
    Fault(name="clean frozen 18 s", harm=freeze_stage("clean"), scale={"clean": 2}),
    Fault(name="dedupe frozen 18 s", harm=freeze_stage("dedupe"), scale={"dedupe": 2}),
    Fault(name="tag frozen 18 s", harm=freeze_stage("tag")),
    Fault(name="broker restarted", harm=restart_broker),
    Fault(name="broker killed", harm=kill_broker),
    Fault(name="broker slow for 15 s", harm=slow_broker),
    Fault(name="disk full", harm=fill_disk, small_disk=True),
    Fault(name="clocks an hour ahead", harm=do_nothing, skewed=True),
    Fault(name="a third is poison", harm=do_nothing, poison=0.33),
    Fault(name="twice, in any order", harm=do_nothing, twice=True),
    Fault(name="memory topic cut off", harm=truncate_memory),
    Fault(name="local files garbled", harm=overwrite_local_files),
)
"""Every row of the chaos table; rebalances and repeated kills are separate tests."""


def input_values(fault: Fault, articles: Sequence[RawArticle], rng: random.Random) -> list[bytes]:
    """Return the values to send: the articles, changed as the fault requires."""
    values = [encode(article) for article in articles]
    if fault.twice:
        values += values
        rng.shuffle(values)
    n_poison = int(len(values) * fault.poison)
    for number in range(n_poison):
        bad = rng.choice((b"{", b"\xff\xfe", b"[]", b'{"id": 1}', b"null", b"%d" % number))
        values.insert(rng.randrange(len(values)), bad)
    return values


@contextmanager
def skewed_clock(fault: Fault) -> Iterator[None]:
    """Set the clock of processes started in the body an hour ahead, if the fault is that."""
    skew = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": "+3600"}
    if fault.skewed:
        os.environ.update(skew)
    try:
        yield
    finally:
        for name in skew if fault.skewed else ():
            del os.environ[name]


@contextmanager
def broker_folder(fault: Fault, folder: Path) -> Iterator[str]:
    """Create the folder of a fault's broker, on a separate small disk if the fault needs one.

    Yields:
        Why this machine cannot run the fault; empty if it can.
    """
    folder.mkdir()
    if fault.skewed and not FAKETIME.exists():
        yield f"needs {FAKETIME}: on Debian and Ubuntu, apt install faketime"
        return
    if not fault.small_disk:
        yield ""
        return
    mount = ("mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(folder))
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"needs a file system of its own: {done.stderr.strip()}"
        return
    try:
        yield ""
    finally:
        subprocess.run(("umount", "--lazy", str(folder)), check=True)
