"""Run a stage with state in the worker, on tables that are read at each assignment."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from streams.kafka.decoding import set_aside
from streams.kafka.table import read_table_batches
from streams.processors.message import Message, Result
from streams.processors.state import StageState
from streams.records import DecodeError
from streams.runtime.private_folder import ensure_private_folder
from streams.settings import Settings
from streams.topology import Stage
from streams.worker.blob_file import BlobFile
from streams.worker.memory_tuning import pause_collections


class TableRunner:
    """Runs a stage in the worker, on a state that is read from its tables at each assignment.

    **Delivery.** When the stage decides, its state is never ahead of its tables: at an assignment
    the state is built from the tables up to their current ends, and every write to them is
    acknowledged before the record that caused it.

    Args:
        stage: Stage that has the tables and ``build_state``.
        settings: Settings that name a broker.
        on_progress: Called from time to time while the tables are read.
        read: Reads a table to its end, in batches that a thread may iterate over.
    """

    def __init__(
        self,
        stage: Stage,
        settings: Settings,
        on_progress: Callable[[], None],
        *,
        read: Callable[[Settings, str], AsyncIterator[Iterable[Any]]] = read_table_batches,
    ) -> None:
        self._stage = stage
        self._settings = settings
        self._read = read
        self._on_progress = on_progress
        self._loading: asyncio.Task[None] | None = None
        self._state: StageState | None = None

    async def ready(self) -> None:
        """Return at once: the tables are read after an assignment."""

    async def assigned(self) -> None:
        """Read all tables completely."""
        if self._loading is not None:
            self._loading.cancel()
        self._state = None  # two states of a million articles would not fit in memory
        self._loading = asyncio.ensure_future(self._load())
        await self._loading

    async def _load(self) -> None:
        ensure_private_folder(self._settings.data)
        module = import_module(self._stage.processor_module)
        state: StageState = module.build_state(self._settings, BlobFile(self._settings.data))
        with pause_collections():
            for table in self._stage.tables:
                await self._read_into(state, table.name)
            # In a thread, so that the health of this process is answered in the meantime.
            await asyncio.to_thread(state.finish_loading)
        self._state = state

    async def _read_into(self, state: StageState, table: str) -> None:
        # Three batches are in progress at a time: one is fetched, the previous one is unpacked in
        # a thread, and the one before that is added to the state in another thread.
        unpacking: asyncio.Future[list[Any]] | None = None
        adding: asyncio.Future[None] | None = None
        async for batch in self._read(self._settings, table):
            if unpacking is not None:
                adding = await self._start_adding(unpacking, adding, state, table)
            unpacking = asyncio.ensure_future(asyncio.to_thread(list, batch))
        if unpacking is not None:
            await (await self._start_adding(unpacking, adding, state, table))

    async def _start_adding(
        self,
        unpacking: "asyncio.Future[list[Any]]",
        before: "asyncio.Future[None] | None",
        state: StageState,
        table: str,
    ) -> "asyncio.Future[None]":
        """Start adding a batch to the state when it is unpacked and the batch before is added."""
        messages = await unpacking
        if before is not None:
            await before
        self._on_progress()
        return asyncio.ensure_future(asyncio.to_thread(_add_batch, messages, state, table))

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Run the processor as soon as the state is loaded."""
        while self._state is None:
            loading = self._loading
            if loading is None or loading.cancelled():
                await asyncio.sleep(0.01)
                continue
            # Not `await shield(…)`: a second assignment cancels the first load, and that
            # would silently end the task that reads.
            await asyncio.wait((loading,))
            if not loading.cancelled():
                loading.result()
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        result.set_result(self._state.processor(message, datetime.now(UTC)))
        return result

    def remembered(self) -> int:
        """Return the number of articles in memory."""
        return 0 if self._state is None else len(self._state)

    def problem(self) -> str:
        """Return an empty text."""
        return ""

    def figures(self) -> dict[str, float]:
        """Return the figures of the state."""
        return {} if self._state is None else self._state.figures()

    def stop(self) -> None:
        """Do nothing: there is nothing to release."""


def _add_batch(batch: list[Any], state: StageState, table: str) -> None:
    for message in batch:
        try:
            state.load(message.key, message.value)
        except DecodeError as error:
            # Written by another program: no code here writes such a record. A crash would stop
            # the stage permanently; without the record at most one article is new once more.
            set_aside(message, error.detail, topic=table)
