"""What goes wrong in the life of a pipeline, done to a real one: processes, broker, disk, clock."""

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
"""Where Debian's package ``libfaketime`` puts it."""

SESSION_SECONDS = 6.0
"""The least that Kafka allows a session to last; what is frozen for longer is given up."""

FROZEN_SECONDS = 3 * SESSION_SECONDS
"""Longer than the session, shorter than the supervisor's patience: it comes back as a zombie."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a fault may lay hands on.

    Attributes:
        settings: Of the pipeline; its topics exist.
        options: Of the broker, which is this scene's own.
        pids: Gives the processes of a stage; of all stages for an empty name.
        rng: Says when and whom.
        memory: The topic on which lies what dedupe remembers, its logical name.
    """

    settings: Settings
    options: BrokerOptions
    pids: Callable[[str], Sequence[int]]
    rng: random.Random
    memory: str = MEMORY.name

    def broker_pid(self) -> int:
        """Find the process of the broker."""
        broker = find_broker(self.options.data)
        assert broker is not None
        return broker.pid

    async def start_broker(self) -> None:
        """Start the broker again, at the same port."""
        await start_broker(self.options)

    async def kill_broker(self) -> None:
        """Kill the broker, and wait until it is gone."""
        os.kill(self.broker_pid(), signal.SIGKILL)
        await eventually(lambda: find_broker(self.options.data) is None)


Harm = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        name: As tables call it.
        harm: Does it, and returns when it is over; the rest is sent then.
        scale: Processes a stage, where more than one.
        poison: Share of records beside the articles that no stage can read.
        twice: Whether each article is sent twice, in any order.
        skewed: Whether the processes' clocks are wrong, by libfaketime.
        small_disk: Whether the broker's data lie on a file system of their own.
    """

    name: str
    harm: Harm
    scale: dict[str, int] = field(default_factory=dict)
    poison: float = 0.0
    twice: bool = False
    skewed: bool = False
    small_disk: bool = False


async def nothing(_scene: Scene) -> None:
    """Harm nobody: what comes in, or where it runs, is the fault."""


def killed(stage: str) -> Harm:
    """Kill a process of a stage with signal 9."""

    async def harm(scene: Scene) -> None:
        await eventually(lambda: bool(scene.pids(stage)))  # none while it is being restarted
        os.kill(scene.rng.choice(scene.pids(stage)), signal.SIGKILL)

    return harm


def frozen(stage: str) -> Harm:
    """Stop a process of a stage until Kafka has given it up, and let it go on: a zombie."""

    async def harm(scene: Scene) -> None:
        pid = scene.pids(stage)[0]
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(FROZEN_SECONDS)  # the fault itself, not a wait for something
        os.kill(pid, signal.SIGCONT)

    return harm


async def broker_restarted(scene: Scene) -> None:
    """Let the broker end in order, and start it again."""
    os.kill(scene.broker_pid(), signal.SIGTERM)
    await eventually(lambda: find_broker(scene.options.data) is None, within=timedelta(seconds=60))
    await scene.start_broker()


async def broker_killed(scene: Scene) -> None:
    """Kill the broker, and start it again."""
    await scene.kill_broker()
    await scene.start_broker()


async def broker_slow(scene: Scene) -> None:
    """Let the broker run a quarter of the time only, in slices, for some seconds."""
    pid = scene.broker_pid()
    for _ in range(25):
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(0.45)
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.15)


async def disk_filled(scene: Scene) -> None:
    """Leave no room on the broker's disk until it gives up; then make room and start it."""
    filler = scene.options.data / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(64 * 1024))
    await eventually(lambda: find_broker(scene.options.data) is None, within=timedelta(seconds=60))
    filler.unlink()
    await scene.start_broker()


async def memory_cut_off(scene: Scene) -> None:
    """Delete the older half of what dedupe remembers from its topic, then kill dedupe."""
    async with consumer(scene.settings) as client:
        place = TopicPartition(physical_name(scene.settings, scene.memory), 0)
        end = (await client.end_offsets([place]))[place]
    admin = AIOKafkaAdminClient(**connection_options(scene.settings))
    await admin.start()
    # Kafka lets nobody delete from a topic that is compacted only; someone changed its policy.
    policy = {"cleanup.policy": "compact,delete"}
    try:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, place.topic, policy)])
        await admin.delete_records({place: RecordsToDelete(before_offset=end // 2)})
    finally:
        await admin.close()
    await killed("dedupe")(scene)


async def local_files_garbled(scene: Scene) -> None:
    """Overwrite every file that the stages keep beside Kafka, then kill dedupe."""
    for path in scene.settings.data.rglob("*"):
        if path.is_file() and path.suffix != ".lock":
            path.write_bytes(scene.rng.randbytes(min(path.stat().st_size, 1 << 20)))
    await killed("dedupe")(scene)


FAULTS: tuple[Fault, ...] = (
    *(Fault(name=f"kill -9 {stage.name}", harm=killed(stage.name)) for stage in STAGES),
    Fault(name="clean frozen 18 s", harm=frozen("clean"), scale={"clean": 2}),
    Fault(name="dedupe frozen 18 s", harm=frozen("dedupe"), scale={"dedupe": 2}),
    Fault(name="tag frozen 18 s", harm=frozen("tag")),
    Fault(name="broker restarted", harm=broker_restarted),
    Fault(name="broker killed", harm=broker_killed),
    Fault(name="broker slow for 15 s", harm=broker_slow),
    Fault(name="disk full", harm=disk_filled, small_disk=True),
    Fault(name="clocks an hour ahead", harm=nothing, skewed=True),
    Fault(name="a third is poison", harm=nothing, poison=0.33),
    Fault(name="twice, in any order", harm=nothing, twice=True),
    Fault(name="memory topic cut off", harm=memory_cut_off),
    Fault(name="local files garbled", harm=local_files_garbled),
)
"""Every row of the chaos table; rebalances and many kills are tests of their own."""


def input_of(fault: Fault, articles: Sequence[RawArticle], rng: random.Random) -> list[bytes]:
    """Give the values that are sent: the articles, and what the fault makes of them."""
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
    """Let the processes that are started meanwhile live an hour ahead, if the fault is that."""
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
    """Make the folder of a fault's broker, a small disk of its own if it needs one.

    Yields:
        Why this machine cannot have the fault; nothing if it can.
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
