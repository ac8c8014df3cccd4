"""Killable processes for stages that cost CPU: a hard limit per record, order within a key kept."""

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
"""A process is replaced after so many hand-overs, which bounds whatever it leaks."""

AHEAD = 2
"""Hand-overs per process that are under way: one is worked on, one lies ready."""

TOGETHER = 32
"""Records in one hand-over at most: it costs some 100 µs, however many it holds."""

TOGETHER_BYTES = 512 * 1024
"""Nor more bytes than this, ten pages or .15 s of work: each by itself costs .3 ms more
(2026-11-22); with more of them slow ones would soon use up the time that a hand-over has, 5 s."""

CONSTS.sleep_unit = 0.25
"""How often pebble looks whether a process is over its time or gone; ten times a second, its own
choice, was a quarter of what an idle worker costs."""

Pending = tuple[Message, "asyncio.Future[Result]"]
"""A message, and the future of what comes of it."""


def default_process_count(stage: Stage, n_cores: int) -> int:
    """Tell how many processes a stage gets where nobody says: half the cores.

    Examples:
        >>> from streams.topology import CLEAN_STAGE
        >>> default_process_count(CLEAN_STAGE, 2), default_process_count(CLEAN_STAGE, 8)
        (2, 4)
    """
    return max(stage.min_processes, n_cores // 2)


class StagePool:
    """Runs a stage's step in killable processes.

    Two records of one key are never in flight in two hand-overs: the second waits for the
    first, so that a slow first revision is not overtaken by a fast second one. Small records
    that wait are handed over together; when one of them hangs or kills its process, each is
    tried alone, so that it alone pays for it.
    """

    def __init__(self, stage: Stage, settings: Settings, *, build: Build = build_processor) -> None:
        """Start the processes; they load the stage while the worker joins its group.

        Args:
            stage: Whose step.
            settings: How many processes, and how long a record may take.
            build: Makes the step; found by its name in each process.
        """
        self._stage = stage
        self._build = build
        self._settings = settings
        self._seconds = settings.stage_seconds
        n_processes = settings.pool_processes or default_process_count(stage, os.cpu_count() or 1)
        self._limit = AHEAD * n_processes
        self._waiting: deque[Pending] = deque()
        self._behind: dict[bytes, list[Pending]] = {}
        self._busy: set[bytes] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        context = multiprocessing.get_context("spawn")
        self._parts = function_names(settings.enrichers) if stage.runs_enrichers else ()
        # One number for each record that is tried alone, and one for all others.
        self._running = context.RawArray(ctypes.c_ushort, self._limit + 1) if self._parts else None
        self._free_slots = list(range(self._limit))
        self._pool = ProcessPool(
            max_workers=n_processes,
            max_tasks=TASKS_PER_PROCESS,
            initializer=prepare,
            initargs=[build, stage, settings, os.getpid(), self._running],
            context=context,
        )

    def start(self, message: Message) -> "asyncio.Future[Result]":
        """Begin the work on a message; the future never fails for the sake of the data."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((message, future))
        if len(self._waiting) == 1:
            loop.call_soon(self._hand_over)  # soon: others may be on their way
        return future

    def _hand_over(self) -> None:
        while self._waiting and len(self._under_way) < self._limit:
            if chunk := self._next_chunk(self._limit - len(self._under_way)):
                task = asyncio.ensure_future(self._work_on(chunk))
                self._under_way.add(task)
                task.add_done_callback(partial(self._done, chunk))

    def _next_chunk(self, n_shares: int) -> list[Pending]:
        """Take what goes together: an even share of what waits, within the bounds."""
        share = min(TOGETHER, -(-len(self._waiting) // n_shares))
        chunk: list[Pending] = []
        n_bytes = 0
        while self._waiting and len(chunk) < share:
            message, future = self._waiting[0]
            n_bytes += len(message.value or b"")
            if chunk and n_bytes > TOGETHER_BYTES:
                break
            self._waiting.popleft()
            if message.key is not None and message.key in self._busy:
                self._behind.setdefault(message.key, []).append((message, future))
            else:
                chunk.append((message, future))
        # Only now: within a hand-over, records of one key follow each other anyway.
        self._busy.update(message.key for message, _ in chunk if message.key is not None)
        return chunk

    def _done(self, chunk: list[Pending], task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        for key in {message.key for message, _ in chunk if message.key is not None}:
            self._busy.discard(key)
            self._waiting.extendleft(reversed(self._behind.pop(key, [])))
        self._hand_over()

    async def _work_on(self, chunk: list[Pending]) -> None:
        try:
            results = await self._together([message for message, _ in chunk])
            for place, (message, future) in enumerate(chunk):
                result = results[place] if results else await self._alone(message)
                if not future.done():
                    future.set_result(result)
        except Exception as error:  # noqa: BLE001  # infrastructure: whoever waits is to crash
            for _, future in chunk:
                if not future.done():
                    future.set_exception(error)

    async def _together(self, messages: list[Message]) -> list[Result] | None:
        """Work on several; None if that did not go well, or there is only one."""
        if len(messages) == 1:
            return None
        try:
            # Half of what one may take: one that hangs is to be killed, tried alone and read
            # cheaply before its worker counts as stalled.
            now = datetime.now(UTC)
            return await self._within(self._seconds / 2, work, messages, now, self._limit)
        except (TimeoutError, ProcessExpired):
            return None

    async def _alone(self, message: Message) -> Result:
        slot = self._free_slots.pop()
        try:
            return await self._attempt(message, slot)
        except ProcessExpired:
            # Perhaps it was not this record's fault: another one may have eaten the memory.
            try:
                return await self._attempt(message, slot)
            except ProcessExpired as error:
                detail = f"its process ended with code {error.exitcode}, twice"
                return self._rejected(message, RejectReason.CRASHED, self._part(slot) + detail)
        finally:
            self._free_slots.append(slot)

    def _part(self, slot: int) -> str:
        """Name the enricher in which a process was when it ended; empty: in none."""
        part = self._running[slot] if self._running is not None else 0
        return f"enricher {self._parts[part - 1]}: " if part else ""

    async def _attempt(self, message: Message, slot: int) -> Result:
        now = datetime.now(UTC)
        if self._running is not None:
            self._running[slot] = 0
        try:
            return (await self._within(self._seconds, work, [message], now, slot))[0]
        except TimeoutError:
            pass
        tries = f"{self._part(slot)}not done"
        if self._stage.has_fallback:
            more = (self._build, self._stage, self._settings)
            try:
                return (await self._within(self._seconds, work_fast, [message], now, *more))[0]
            except TimeoutError:
                tries = "not done, nor read cheaply,"
        detail = f"{tries} after {self._seconds:g} s"
        return self._rejected(message, RejectReason.TIMED_OUT, detail)

    async def _within(
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
            Exception: Whatever loading raised; then no process will ever be ready.
        """
        await asyncio.wrap_future(self._pool.schedule(is_ready))

    def stop(self) -> None:
        """Kill the processes and wait for them."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble has no types here
        self._pool.join()
