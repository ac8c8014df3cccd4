"""Killable processes for CPU-bound stages: a time limit per record, order kept within a key."""

import asyncio
import ctypes
import multiprocessing
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial

from pebble import CONSTS, ProcessExpired, ProcessPool

from streams.extensions import function_names
from streams.outcome import Reject, RejectReason
from streams.processors.build import build_processor
from streams.processors.message import Message, Result, dead_letter_of
from streams.settings import Settings
from streams.topology import Stage
from streams.worker.pool_process import (
    Build,
    is_ready,
    pack,
    prepare,
    unpack_results,
    work,
    work_fast,
)

TASKS_PER_PROCESS = 20_000
"""A process is replaced after this number of tasks, which limits what it leaks."""

TASKS_AHEAD = 2
"""Tasks per process that are in progress: one is worked on, one is ready."""

BATCH_RECORDS = 32
"""Maximum number of records in one task: a task costs some 100 µs, however many it holds."""

BATCH_BYTES = 512 * 1024
"""Maximum size of one task, ten pages or 0.15 s of work. A task per page costs 0.3 ms more
(2026-11-22); with more pages in a task, slow ones would soon use up its time limit of 5 s."""

CONSTS.sleep_unit = 0.25
"""How often pebble checks for processes over their time limit or gone; its default of ten times a
second was a quarter of what an idle worker costs."""

Pending = tuple[Message, "asyncio.Future[Result]"]
"""A message, and the future of its result."""


def default_process_count(stage: Stage, n_cores: int) -> int:
    """Return the number of processes of a stage if no setting says it: half the cores.

    Examples:
        >>> from streams.topology import CLEAN_STAGE
        >>> default_process_count(CLEAN_STAGE, 2), default_process_count(CLEAN_STAGE, 8)
        (2, 4)
    """
    return max(stage.min_processes, n_cores // 2)


class StagePool:
    """Runs a stage's processor in killable processes.

    Two records with one key are never in two tasks at a time: the second waits for the first, so
    that a fast second revision does not overtake a slow first one. Small records that wait are
    sent to a process together; if one of them hangs or kills its process, each is retried alone,
    so that only this one is rejected.

    The processes start at once and load the stage while the worker joins its group.

    Args:
        stage: Stage whose processor runs.
        settings: Number of processes, and time limit of a record.
        build: Builds the processor; each process finds it by its qualified name.
    """

    def __init__(self, stage: Stage, settings: Settings, *, build: Build = build_processor) -> None:
        self._stage = stage
        self._build = build
        self._settings = settings
        self._seconds = settings.stage_seconds
        n_processes = settings.pool_processes or default_process_count(stage, os.cpu_count() or 1)
        self._limit = TASKS_AHEAD * n_processes
        self._waiting: deque[Pending] = deque()
        self._behind: dict[bytes, list[Pending]] = {}
        self._busy: set[bytes] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        context = multiprocessing.get_context("spawn")
        self._enrichers = function_names(settings.enrichers) if stage.runs_enrichers else ()
        # One number for each record that is retried alone, and one for all others.
        has_enrichers = bool(self._enrichers)
        self._running = (
            context.RawArray(ctypes.c_ushort, self._limit + 1) if has_enrichers else None
        )
        self._free_slots = list(range(self._limit))
        self._pool = ProcessPool(
            max_workers=n_processes,
            max_tasks=TASKS_PER_PROCESS,
            initializer=prepare,
            initargs=[build, stage, settings, os.getpid(), self._running],
            context=context,
        )

    def start(self, message: Message) -> "asyncio.Future[Result]":
        """Start the work on a message; the future never fails because of the data."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((message, future))
        if len(self._waiting) == 1:
            loop.call_soon(self._schedule)  # not now: more messages may follow
        return future

    def _schedule(self) -> None:
        while self._waiting and len(self._tasks) < self._limit:
            if chunk := self._next_chunk(self._limit - len(self._tasks)):
                task = asyncio.ensure_future(self._work_on(chunk))
                self._tasks.add(task)
                task.add_done_callback(partial(self._done, chunk))

    def _next_chunk(self, n_shares: int) -> list[Pending]:
        """Remove the next task's messages from the queue: an even share, within the limits."""
        share = min(BATCH_RECORDS, -(-len(self._waiting) // n_shares))
        chunk: list[Pending] = []
        n_bytes = 0
        while self._waiting and len(chunk) < share:
            message, future = self._waiting[0]
            n_bytes += len(message.value or b"")
            if chunk and n_bytes > BATCH_BYTES:
                break
            self._waiting.popleft()
            if message.key is not None and message.key in self._busy:
                self._behind.setdefault(message.key, []).append((message, future))
            else:
                chunk.append((message, future))
        # Only now: within a task, records with one key follow each other anyway.
        self._busy.update(message.key for message, _ in chunk if message.key is not None)
        return chunk

    def _done(self, chunk: list[Pending], task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        for key in {message.key for message, _ in chunk if message.key is not None}:
            self._busy.discard(key)
            self._waiting.extendleft(reversed(self._behind.pop(key, [])))
        self._schedule()

    async def _work_on(self, chunk: list[Pending]) -> None:
        try:
            results = await self._process_together([message for message, _ in chunk])
            for index, (message, future) in enumerate(chunk):
                result = results[index] if results else await self._process_alone(message)
                if not future.done():
                    future.set_result(result)
        except Exception as error:  # noqa: BLE001  # infrastructure: the waiting stage must crash
            for _, future in chunk:
                if not future.done():
                    future.set_exception(error)

    async def _process_together(self, messages: list[Message]) -> list[Result] | None:
        """Process several messages; return None if that failed or there is only one."""
        if len(messages) == 1:
            return None
        try:
            # Half of the limit of one record: a record that hangs must be killed, retried alone
            # and read by the fast path before its worker counts as stalled.
            now = datetime.now(UTC)
            return await self._run_within(self._seconds / 2, work, messages, now, self._limit)
        except (TimeoutError, ProcessExpired):
            return None

    async def _process_alone(self, message: Message) -> Result:
        slot = self._free_slots.pop()
        try:
            return await self._attempt(message, slot)
        except ProcessExpired:
            # This record may not be the cause: another one may have used up the memory.
            try:
                return await self._attempt(message, slot)
            except ProcessExpired as error:
                detail = f"its process ended with code {error.exitcode}, twice"
                location = self._enricher(slot)
                return self._rejected(message, RejectReason.CRASHED, location + detail)
        finally:
            self._free_slots.append(slot)

    def _enricher(self, slot: int) -> str:
        """Return the enricher that ran when a process ended, as a prefix; empty if none did."""
        number = self._running[slot] if self._running is not None else 0
        return f"enricher {self._enrichers[number - 1]}: " if number else ""

    async def _attempt(self, message: Message, slot: int) -> Result:
        now = datetime.now(UTC)
        if self._running is not None:
            self._running[slot] = 0
        try:
            return (await self._run_within(self._seconds, work, [message], now, slot))[0]
        except TimeoutError:
            pass
        failure = f"{self._enricher(slot)}not done"
        if self._stage.has_fallback:
            context = (self._build, self._stage, self._settings)
            try:
                return (await self._run_within(self._seconds, work_fast, [message], now, *context))[
                    0
                ]
            except TimeoutError:
                failure = "not done, nor by the fast path,"
        detail = f"{failure} after {self._seconds:g} s"
        return self._rejected(message, RejectReason.TIMED_OUT, detail)

    async def _run_within(
        self, seconds: float, run: Callable[..., bytes], messages: list[Message], *more: object
    ) -> list[Result]:
        future: Future[bytes] = self._pool.schedule(
            run, args=(pack(messages), *more), timeout=seconds
        )
        return unpack_results(await asyncio.wrap_future(future))

    def _rejected(self, message: Message, reason: RejectReason, detail: str) -> Result:
        return dead_letter_of(self._stage, message, Reject(reason, detail), datetime.now(UTC))

    async def ready(self) -> None:
        """Wait until a process has loaded the stage.

        Raises:
            Exception: The error of the failed load; then no process will ever be ready.
        """
        await asyncio.wrap_future(self._pool.schedule(is_ready))

    def stop(self) -> None:
        """Kill the processes and wait for them."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble has no types here
        self._pool.join()
