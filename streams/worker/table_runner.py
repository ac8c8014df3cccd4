"""How a stage with a state is run: in place, on tables that are read at each assignment."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import structlog

from streams.kafka.table import read_table_batches
from streams.processors.message import Message, Result
from streams.processors.state import StageState
from streams.records import DecodeError
from streams.settings import Settings
from streams.topology import Stage
from streams.worker.blob_file import BlobFile
from streams.worker.memory_tuning import pause_collections

log = structlog.get_logger()


class TableRunner:
    """Runs a stage in place, on a state that is read from its tables at each assignment.

    **Delivery.** The state is never ahead of its tables when it answers: at an
    assignment it is built anew from their ends as of then, and every
    write to them is acknowledged before the record that caused it is.
    """

    def __init__(
        self,
        stage: Stage,
        settings: Settings,
        on_progress: Callable[[], None],
        *,
        read: Callable[[Settings, str], AsyncIterator[Iterable[Any]]] = read_table_batches,
    ) -> None:
        """Remember nothing yet.

        Args:
            stage: Whose tables, and whose ``build_state``.
            settings: With a broker.
            on_progress: Called now and then while the tables are read.
            read: Reads a table to its end, in batches that a thread may iterate over.
        """
        self._stage = stage
        self._settings = settings
        self._read = read
        self._on_progress = on_progress
        self._loading: asyncio.Task[None] | None = None
        self._state: StageState | None = None

    async def ready(self) -> None:
        """Nothing to wait for: the tables are read when there is an assignment."""

    async def assigned(self) -> None:
        """Read the tables, whole."""
        if self._loading is not None:
            self._loading.cancel()
        self._state = None  # two of a million articles would not fit
        self._loading = asyncio.ensure_future(self._load())
        await self._loading

    async def _load(self) -> None:
        self._settings.data.mkdir(parents=True, exist_ok=True)
        module = import_module(self._stage.processor_module)
        state: StageState = module.build_state(self._settings, BlobFile(self._settings.data))
        with pause_collections():
            for table in self._stage.tables:
                await self._read_into(state, table.name)
            # In a thread: not while somebody waits for the health of this process.
            await asyncio.to_thread(state.complete)
        self._state = state

    async def _read_into(self, state: StageState, table: str) -> None:
        # Three batches are under way at a time: one is fetched, the one before is unpacked in a
        # thread, the one before that taken in in another.
        unpacking: asyncio.Future[list[Any]] | None = None
        taking: asyncio.Future[None] | None = None
        async for batch in self._read(self._settings, table):
            if unpacking is not None:
                taking = await self._taken(unpacking, taking, state)
            unpacking = asyncio.ensure_future(asyncio.to_thread(list, batch))
        if unpacking is not None:
            await (await self._taken(unpacking, taking, state))

    async def _taken(
        self,
        unpacking: "asyncio.Future[list[Any]]",
        before: "asyncio.Future[None] | None",
        state: StageState,
    ) -> "asyncio.Future[None]":
        """Begin to take in what is being unpacked, as soon as what came before it is in."""
        messages = await unpacking
        if before is not None:
            await before
        self._on_progress()
        return asyncio.ensure_future(asyncio.to_thread(_take_in, messages, state))

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Run the step as soon as the state is there."""
        while self._state is None:
            loading = self._loading
            if loading is None or loading.cancelled():
                await asyncio.sleep(0.01)
                continue
            # Not `await shield(…)`: a second assignment cancels the first load, and that
            # would quietly end the task that reads.
            await asyncio.wait((loading,))
            if not loading.cancelled():
                loading.result()
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        result.set_result(self._state.step(message, datetime.now(UTC)))
        return result

    def remembered(self) -> int:
        """How many articles are remembered."""
        return 0 if self._state is None else len(self._state)

    def problem(self) -> str:
        """None that it knows of."""
        return ""

    def figures(self) -> dict[str, float]:
        """What the state says of itself."""
        return {} if self._state is None else self._state.figures()

    def stop(self) -> None:
        """Nothing to let go of."""


def _take_in(batch: list[Any], state: StageState) -> None:
    for message in batch:
        try:
            state.take_in(message.key, message.value)
        except DecodeError as error:
            # Not ours: nothing here writes such a record. Crashing would stop the stage for ever;
            # without it at most one article is taken for new once more.
            log.critical("not a memory", offset=message.offset, error=error.detail)
