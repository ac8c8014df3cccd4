"""Every fault of the table, done to a pipeline at work: nothing lost, nothing ends twice."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import orjson
import psutil
import pytest
from aiokafka.errors import KafkaError

from schemas.topics import DEAD_LETTER, RAW
from streams.broker import BrokerOptions, start_broker
from streams.errors import BrokerError
from streams.kafka.audit import Audit
from streams.kafka.connection import physical_name, producer
from streams.settings import Settings
from streams.wiring.pipeline import Pipeline, create_all_topics
from tests.kafka.test_chaos_kill import origins_on, routed_origins
from tests.support.faults import (
    FAKETIME,
    FAULTS,
    SESSION_SECONDS,
    Fault,
    Scene,
    input_of,
    n_routed,
    skewed_clock,
)
from tests.support.news import news
from tests.support.pipeline import all_ended, running
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(600)]

N_ARTICLES = 1500
MOST_MEMORY = 1_500_000_000
"""Bytes of all the pipeline's processes together, pages that they share counted once each."""


@dataclass
class Watch:
    """What is seen of a pipeline while it is harmed.

    Attributes:
        scene: Where.
        pipeline: What.
        most_memory: Of all its processes together, bytes.
        longest_pause: For so many seconds no subscriber was given anything.
    """

    scene: Scene
    pipeline: Pipeline
    most_memory: int = 0
    longest_pause: float = 0.0

    async def look(self) -> None:
        """Look again and again, until cancelled."""
        n_seen, moved_at = 0, time.monotonic()
        while True:
            self.most_memory = max(self.most_memory, memory_of(self.pipeline))
            with suppress(BrokerError, KafkaError):  # the broker is away: nothing moves
                n_now = await n_routed(self.scene.settings)
                if n_now > n_seen:
                    pause = time.monotonic() - moved_at
                    self.longest_pause = max(self.longest_pause, pause)
                    n_seen, moved_at = n_now, time.monotonic()
            await asyncio.sleep(0.1)


@asynccontextmanager
async def watched(scene: Scene, pipeline: Pipeline) -> AsyncIterator[Watch]:
    """Watch a pipeline while the body runs."""
    watch = Watch(scene, pipeline)
    task = asyncio.ensure_future(watch.look())
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.wait((task,))


def memory_of(pipeline: Pipeline) -> int:
    """Sum the proportional memory of the children and of their own children, bytes."""
    total = 0
    for child in pipeline.children:
        if child.process is None:
            continue
        try:
            process = psutil.Process(child.process.pid)
            for each in (process, *process.children(recursive=True)):
                total += each.memory_full_info().pss
        except psutil.Error:
            continue  # it has just been killed
    return total


@pytest.fixture
def fault(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fault]:
    """A fault, where this machine can have it."""
    wanted: Fault = request.param
    if wanted.skewed and not FAKETIME.exists():
        pytest.skip(f"needs {FAKETIME}: on Debian and Ubuntu, apt install faketime")
    with ExitStack() as stack:
        if wanted.small_disk:
            stack.enter_context(small_disk(tmp_path / "kafka"))
        yield wanted


def small_disk(folder: Path) -> ExitStack:
    """Mount a small file system at a folder, or skip where that is not allowed."""
    folder.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(folder))
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"needs a file system of its own: {done.stderr.strip()}")
    stack = ExitStack()
    stack.callback(subprocess.run, ("umount", "--lazy", str(folder)), check=True)
    return stack


@asynccontextmanager
async def scene_of(
    fault: Fault, options: BrokerOptions, folder: Path
) -> AsyncIterator[tuple[Scene, Pipeline]]:
    """Run a pipeline on a broker of its own."""
    broker = await start_broker(options)
    settings = Settings(
        broker=broker.bootstrap, data=folder / "data", session_seconds=SESSION_SECONDS
    )
    await create_all_topics(settings)
    with skewed_clock(fault):
        async with running(settings, folder / "logs", fault.scale) as pipeline:

            def pids(stage: str) -> list[int]:
                found = [c for c in pipeline.children if c.name.startswith(stage)]
                return [child.process.pid for child in found if child.process is not None]

            rng = random.Random(fault.name)  # noqa: S311  # when, whom
            yield Scene(settings=settings, options=options, pids=pids, rng=rng), pipeline


async def send_all(settings: Settings, values: list[bytes]) -> None:
    """Send values to the raw topic, each with a key of its own content; all acknowledged."""
    async with producer(settings) as client:
        topic = physical_name(settings, RAW.name)
        sends = [await client.send(topic, value, key=value[:60]) for value in values]
        await asyncio.gather(*sends)


async def all_routed(settings: Settings, values: list[bytes]) -> Audit:
    """Wait until every record has ended, and what was enriched has reached a route."""
    found = await all_ended(settings, len(values), within=timedelta(seconds=240))
    enriched = await origins_on(settings, "articles.enriched.v1")

    async def there() -> bool:
        return await routed_origins(settings) >= enriched

    await eventually(there, within=timedelta(seconds=60))
    return found


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name, indirect=True)
async def test_fault_loses_nothing_and_ends_nothing_twice(
    fault: Fault, broker_options: BrokerOptions, tmp_path: Path
) -> None:
    options = replace(broker_options, data=tmp_path / "kafka")
    async with scene_of(fault, options, tmp_path) as (scene, pipeline):
        values = input_of(fault, news(N_ARTICLES), scene.rng)
        half = len(values) // 2
        await send_all(scene.settings, values[:half])

        async def under_way() -> bool:
            return await n_routed(scene.settings) >= N_ARTICLES // 10

        await eventually(under_way, within=timedelta(seconds=60))
        async with watched(scene, pipeline) as watch:
            await fault.harm(scene)
            await send_all(scene.settings, values[half:])
            found = await all_routed(scene.settings, values)

    report(fault, watch, found)
    assert (found.missing, found.twice, sum(found.ends.values())) == ([], [], len(values))
    assert found.ends[DEAD_LETTER.name] == int(N_ARTICLES * fault.poison)
    assert watch.most_memory < MOST_MEMORY


def report(fault: Fault, watch: Watch, found: Audit) -> None:
    """Say what was seen, for the chaos table; pytest shows it with ``-s`` or ``-rP``."""
    row = {
        "fault": fault.name,
        "lost": len(found.missing),
        "ended_twice": len(found.twice),
        "ends": list(found.ends.values()),
        "repeats": found.repeats,
        "longest_pause_seconds": round(watch.longest_pause, 1),
        "most_memory_mb": watch.most_memory // 1_000_000,
    }
    sys.stdout.write(f"chaos {orjson.dumps(row).decode()}\n")
