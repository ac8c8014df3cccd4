"""How a stage's step is run in its worker: in killable processes, or in place with a memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from streams.kafka.table import read_table_batches
from streams.processors.message import Message, Processor, Result
from streams.records import DecodeError
from streams.records.topics import MEMORY
from streams.settings import Settings
from streams.topology import Stage
from streams.worker.blob_file import BlobFile
from streams.worker.memory_tuning import pause_collections
from streams.worker.pool import StagePool

log = structlog.get_logger()


class Runner(Protocol):
    """Works on messages; a future never fails for the sake of the data."""

    async def ready(self) -> None:
        """Wait until it can work."""

    async def assigned(self) -> None:
        """Get ready for partitions that this process may not have had before."""

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Begin the work on a message."""

    def remembered(self) -> int:
        """How many articles are remembered; 0 for a stage without a memory."""

    def problem(self) -> str:
        """What a person should mend although all goes on; empty: nothing."""

    def figures(self) -> dict[str, float]:
        """What a memory was asked so far, by metric; nothing for a stage without one."""

    def stop(self) -> None:
        """Let go of everything."""


class PooledRunner:
    """Runs a stage in killable processes."""

    def __init__(self, stage: Stage, settings: Settings) -> None:
        """Start the processes."""
        self._pool = StagePool(stage, settings)

    async def ready(self) -> None:
        """Wait until a process has loaded the stage."""
        await self._pool.ready()

    async def assigned(self) -> None:
        """Nothing to do: these stages keep no state."""

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Hand the message to a process."""
        return self._pool.start(message)

    def remembered(self) -> int:
        """Nothing."""
        return 0

    def problem(self) -> str:
        """None that it knows of."""
        return ""

    def figures(self) -> dict[str, float]:
        """None."""
        return {}

    def stop(self) -> None:
        """Kill the processes."""
        self._pool.stop()


class DedupeRunner:
    """Runs `dedupe` in place, on a memory that is read from its topic at each assignment.

    **Delivery.** The memory is never ahead of its topic when it answers: at an
    assignment it is built anew from the topic's end as of then, and every
    write to it is acknowledged before the record that caused it is.
    """

    def __init__(
        self,
        settings: Settings,
        on_progress: Callable[[], None],
        *,
        read: Callable[[Settings, str], AsyncIterator[Iterable[Any]]] = read_table_batches,
    ) -> None:
        """Remember nothing yet.

        Args:
            settings: With a broker.
            on_progress: Called now and then while the memory is read.
            read: Reads a table to its end, in batches that a thread may iterate over.
        """
        self._settings = settings
        self._read = read
        self._on_progress = on_progress
        self._loading: asyncio.Task[None] | None = None
        self._step: Processor | None = None
        self._memories: Any = None

    async def ready(self) -> None:
        """Nothing to wait for: the memory is read when there is an assignment."""

    async def assigned(self) -> None:
        """Read the memory, whole."""
        if self._loading is not None:
            self._loading.cancel()
        self._step = self._memories = None  # two of a million articles would not fit
        self._loading = asyncio.ensure_future(self._load())
        await self._loading

    async def _load(self) -> None:
        from streams.processors.dedupe import dedupe_processor, empty_memory  # noqa: PLC0415

        self._settings.data.mkdir(parents=True, exist_ok=True)
        memories = empty_memory(self._settings, BlobFile(self._settings.data))
        with pause_collections():
            await self._read_into(memories)
            # The first look-up makes the index ready, seconds for a million articles: not while
            # somebody waits for the health of this process.
            await asyncio.to_thread(lambda: memories.age)
        self._memories, self._step = memories, dedupe_processor(memories)

    async def _read_into(self, memories: Any) -> None:
        # Three batches are under way at a time: one is fetched, the one before is unpacked in a
        # thread, the one before that taken in in another.
        unpacking: asyncio.Future[list[Any]] | None = None
        taking: asyncio.Future[None] | None = None
        async for batch in self._read(self._settings, MEMORY.name):
            if unpacking is not None:
                taking = await self._taken(unpacking, taking, memories)
            unpacking = asyncio.ensure_future(asyncio.to_thread(list, batch))
        if unpacking is not None:
            await (await self._taken(unpacking, taking, memories))

    async def _taken(
        self,
        unpacking: "asyncio.Future[list[Any]]",
        before: "asyncio.Future[None] | None",
        memories: Any,
    ) -> "asyncio.Future[None]":
        """Begin to take in what is being unpacked, as soon as what came before it is in."""
        messages = await unpacking
        if before is not None:
            await before
        self._on_progress()
        return asyncio.ensure_future(asyncio.to_thread(_take_in, messages, memories))

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Run the step as soon as the memory is there."""
        while self._step is None:
            loading = self._loading
            if loading is None or loading.cancelled():
                await asyncio.sleep(0.01)
                continue
            # Not `await shield(…)`: a second assignment cancels the first load, and that
            # would quietly end the task that reads.
            await asyncio.wait((loading,))
            if not loading.cancelled():
                loading.result()
        return completed_future(self._step(message, datetime.now(UTC)))

    def remembered(self) -> int:
        """How many articles are remembered."""
        return 0 if self._memories is None else len(self._memories)

    def problem(self) -> str:
        """None that it knows of."""
        return ""

    def figures(self) -> dict[str, float]:
        """How many look-ups there were, what came of them, and how far back the memory goes."""
        if self._memories is None:
            return {}
        figures = self._memories.figures
        return {
            "news_memory_lookups": figures.lookups,
            "news_memory_candidates": figures.candidates,
            "news_memory_hits": figures.hits,
            "news_memory_forgotten_articles": figures.forgotten,
            "news_memory_age_seconds": self._memories.age.total_seconds(),
        }

    def stop(self) -> None:
        """Nothing to let go of."""


def _take_in(batch: list[Any], memories: Any) -> None:
    for message in batch:
        if message.value is None:
            memories.forget((message.key or b"").decode("utf-8", "replace"))
            continue
        try:
            memories.load_value(message.value)
        except DecodeError as error:
            # Not ours: nothing here writes such a record. Crashing would stop dedupe for ever;
            # without it at most one article is taken for new once more.
            log.critical("not a memory", offset=message.offset, error=error.detail)


def completed_future(result: Result) -> "asyncio.Future[Result]":
    """Wrap a result that is already there."""
    future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
    future.set_result(result)
    return future


def runner_for(stage: Stage, settings: Settings, on_progress: Callable[[], None]) -> Runner:
    """Choose how a stage is run.

    Raises:
        KeyError: If nobody knows how.
    """
    if stage.pooled:
        return PooledRunner(stage, settings)
    if stage.name == "dedupe":
        return DedupeRunner(settings, on_progress)
    if stage.name == "route":
        from streams.worker.route_runner import RouteRunner  # noqa: PLC0415  # the stage's own

        return RouteRunner(settings)
    raise KeyError(stage.name)
