"""Run one fault against a running engine, and return a row of the chaos table."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psutil
from aiokafka.errors import KafkaError

from streams.broker import BrokerOptions, start_broker
from streams.config.routes import required_topics
from streams.errors import BrokerError
from streams.kafka.connection import physical_name, producer
from streams.kafka.topics import create_topics
from streams.records.topics import MEMORY, RAW
from streams.settings import Settings
from tests.support.committed import Ended, count_routed, read_ends
from tests.support.faults import SESSION_SECONDS, Fault, Scene, input_values, skewed_clock
from tests.support.news import news
from tests.support.pipeline import running
from tests.support.waiting import eventually

STARTED_WITHIN = timedelta(seconds=120)

IDLE_SECONDS = 90.0
"""If nothing has ended for this time, nothing more will: the missing records are lost."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running engine.

    Attributes:
        pids: Returns the processes of a stage; of all stages for an empty name.
        memory: Logical name of the topic with the memory of dedupe.
    """

    pids: Callable[[str], Sequence[int]]
    memory: str = MEMORY.name


Engine = Callable[[Settings, Path, dict[str, int]], AbstractAsyncContextManager[Running]]
"""Runs every stage and restarts dead processes until its context ends; its files are in the
settings' data folder."""


@dataclass(kw_only=True)
class Row:
    """Outcome of a fault.

    Attributes:
        fault: Name of the fault.
        n_sent: Number of records sent to the raw topic.
        found: Where the records ended.
        longest_pause: Longest time without a record for any subscriber, seconds.
        most_memory: Largest memory of all processes of the engine together, bytes.
    """

    fault: str
    n_sent: int = 0
    found: Ended = field(default_factory=Ended)
    longest_pause: float = 0.0
    most_memory: int = 0

    @property
    def n_lost(self) -> int:
        """Number of records that ended nowhere, or were enriched but not routed."""
        return len(self.found.audit.missing) + len(self.found.unrouted)

    def figures(self) -> dict[str, object]:
        """Return the row as a JSON object."""
        audit = self.found.audit
        return {
            "fault": self.fault,
            "sent": self.n_sent,
            "lost": self.n_lost,
            "ended_twice": len(audit.twice),
            "ends": audit.ends,
            "repeats": audit.repeats,
            "routed_records": self.found.n_routed,
            "longest_pause_seconds": round(self.longest_pause, 1),
            "most_memory_mb": self.most_memory // 1_000_000,
        }


@asynccontextmanager
async def our_engine(
    settings: Settings, folder: Path, scale: dict[str, int]
) -> AsyncIterator[Running]:
    """Run the pipeline as shipped."""
    async with running(settings, folder / "logs", scale) as pipeline:

        def pids(stage: str) -> list[int]:
            found = [child for child in pipeline.children if child.name.startswith(stage)]
            return [child.process.pid for child in found if child.process is not None]

        yield Running(pids=pids)


def memory_of(pids: Sequence[int]) -> int:
    """Return the sum of the proportional memory of processes and their children, bytes."""
    total = 0
    for pid in pids:
        with suppress(psutil.Error):  # it has just been killed
            process = psutil.Process(pid)
            for each in (process, *process.children(recursive=True)):
                total += each.memory_full_info().pss
    return total


@asynccontextmanager
async def measure_run(scene: Scene, row: Row) -> AsyncIterator[None]:
    """Record memory and pauses while the body runs."""

    over = asyncio.Event()

    async def measure() -> None:
        n_seen, moved_at = 0, time.monotonic()
        while not over.is_set():
            row.most_memory = max(row.most_memory, memory_of(scene.pids("")))
            with suppress(BrokerError, KafkaError):  # no broker: nothing moves
                n_now = await count_routed(scene.settings)
                if n_now > n_seen:
                    row.longest_pause = max(row.longest_pause, time.monotonic() - moved_at)
                    n_seen, moved_at = n_now, time.monotonic()
            await asyncio.sleep(0.1)

    task = asyncio.ensure_future(measure())
    try:
        yield
    finally:
        over.set()  # a cancellation would leave an open connection
        await task


async def send_all(settings: Settings, values: Sequence[bytes]) -> None:
    """Send values to the raw topic, keyed by their first bytes; wait for all acknowledgments."""
    async with producer(settings) as client:
        topic = physical_name(settings, RAW.name)
        sends = [await client.send(topic, value, key=value[:60]) for value in values]
        await asyncio.gather(*sends)


async def wait_for_ends(settings: Settings, n_sent: int) -> Ended:
    """Wait until every record has ended and is routed, or no record moves; return the ends."""
    last, moved_at = -1, time.monotonic()
    while True:
        found = await read_ends(settings)
        n_now = sum(found.audit.records.values()) + found.n_routed
        if found.audit.origins == n_sent and not found.audit.missing and not found.unrouted:
            return found
        if n_now != last:
            last, moved_at = n_now, time.monotonic()
        if time.monotonic() - moved_at > IDLE_SECONDS:
            return found
        await asyncio.sleep(0.2)


async def run_fault(
    fault: Fault,
    *,
    options: BrokerOptions,
    folder: Path,
    n_articles: int,
    engine: Engine = our_engine,
) -> Row:
    """Run an engine on a separate broker, apply a fault when it works, and return the outcome.

    Half of the articles are sent before the fault, the others when it is over.

    Args:
        fault: Fault to apply.
        options: Options of the broker.
        folder: Folder for files of the engine.
        n_articles: Number of articles to send; the fault may add records.
        engine: Runs the stages.
    """
    rng = random.Random(fault.name)  # noqa: S311  # chooses times and processes
    values = input_values(fault, news(n_articles), rng)
    row = Row(fault=fault.name, n_sent=len(values))
    broker = await start_broker(options)
    settings = Settings(
        broker=broker.bootstrap, data=folder / "data", session_seconds=SESSION_SECONDS
    )
    await create_topics(settings, required_topics(settings))
    with skewed_clock(fault):
        async with engine(settings, folder, fault.scale) as at_work:
            scene = Scene(
                settings=settings,
                options=options,
                pids=at_work.pids,
                rng=rng,
                memory=at_work.memory,
            )
            half = len(values) // 2
            await send_all(settings, values[:half])

            async def has_started() -> bool:
                return await count_routed(settings) >= n_articles // 10

            # Unreadable records alone may stop an engine: then that is the result.
            with suppress(AssertionError) if fault.poison else nullcontext():
                await eventually(has_started, within=STARTED_WITHIN)
            async with measure_run(scene, row):
                await fault.harm(scene)
                await send_all(settings, values[half:])
                row.found = await wait_for_ends(settings, len(values))
    return row
