"""Killable processes for stages that cost CPU: a hard limit per record, order within a key kept."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime

from pebble import ProcessExpired, ProcessPool

from schemas.topics import RAW
from streams.outcome import Reject, RejectReason
from streams.settings import Settings
from streams.steps.build import CHEAP_CLEAN, build_step
from streams.steps.message import Message, Result, Step, rejected
from streams.topology import Stage
from streams.wiring.parent import die_with_parent

TASKS_PER_PROCESS = 20_000
"""A process is replaced after so many records, which bounds whatever it leaks."""

Build = Callable[[str, Settings], Step]
"""Makes a stage's step in a fresh process."""

CHEAPER = {RAW.name: CHEAP_CLEAN}
"""What gets a second, cheaper try when it took too long: topic to the step that tries."""

_step: Step | None = None


def _prepare(build: Build, stage: str, settings: Settings, parent: int) -> None:
    """Make this process ready to work: the step is loaded once and kept."""
    global _step  # noqa: PLW0603  # a process of the pool has this one job
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # pebble's handler of SIGTERM cannot run while a page hangs in C, and pebble waits 3 s for
    # it, in which the whole pool stands still.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _step = build(stage, settings)


def _work(message: Message, now: datetime) -> Result:
    assert _step is not None, "the pool's initializer has not run"  # noqa: S101
    return _step(message, now)


def _work_cheaply(message: Message, now: datetime, build: Build, settings: Settings) -> Result:
    return build(CHEAPER[message.topic], settings)(message, now)


class StagePool:
    """Runs a stage's step in killable processes.

    Two records of one key are never in flight together: the second waits for
    the first, so that a slow first revision is not overtaken by a fast second
    one.
    """

    def __init__(self, stage: Stage, settings: Settings, *, build: Build = build_step) -> None:
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
        self._latest: dict[bytes | None, asyncio.Future[Result]] = {}
        self._pool = ProcessPool(
            max_workers=settings.pool_processes or max(1, (os.cpu_count() or 1) // 2),
            max_tasks=TASKS_PER_PROCESS,
            initializer=_prepare,
            initargs=[build, stage.name, settings, os.getpid()],
            context=multiprocessing.get_context("spawn"),
        )

    def start(self, message: Message) -> "asyncio.Future[Result]":
        """Begin the work on a message; the future never fails for the sake of the data."""
        before = self._latest.get(message.key)
        future = asyncio.ensure_future(self._run(message, before))
        if message.key is not None:
            self._latest[message.key] = future
            future.add_done_callback(lambda done: self._forget(message.key, done))
        return future

    def _forget(self, key: bytes | None, done: "asyncio.Future[Result]") -> None:
        if self._latest.get(key) is done:
            del self._latest[key]

    async def _run(self, message: Message, before: "asyncio.Future[Result] | None") -> Result:
        if before is not None and not before.done():
            await asyncio.wait((before,))
        try:
            return await self._attempt(message)
        except ProcessExpired:
            # Perhaps it was not this record's fault: another one may have eaten the memory.
            try:
                return await self._attempt(message)
            except ProcessExpired as error:
                detail = f"its process ended with code {error.exitcode}, twice"
                return self._rejected(message, RejectReason.CRASHED, detail)

    async def _attempt(self, message: Message) -> Result:
        now = datetime.now(UTC)
        try:
            return await self._within_limit(_work, message, now)
        except TimeoutError:
            pass
        tries = "not done"
        if message.topic in CHEAPER:
            try:
                return await self._within_limit(
                    _work_cheaply, message, now, self._build, self._settings
                )
            except TimeoutError:
                tries = "not done, nor read cheaply,"
        detail = f"{tries} after {self._seconds:g} s"
        return self._rejected(message, RejectReason.TIMED_OUT, detail)

    async def _within_limit(self, work: Callable[..., Result], *given: object) -> Result:
        future: Future[Result] = self._pool.schedule(work, args=given, timeout=self._seconds)
        return await asyncio.wrap_future(future)

    def _rejected(self, message: Message, reason: RejectReason, detail: str) -> Result:
        return rejected(self._stage, message, Reject(reason, detail), datetime.now(UTC))

    async def ready(self) -> None:
        """Wait until a process has loaded the stage.

        Raises:
            Exception: Whatever loading raised; then no process will ever be ready.
        """
        await asyncio.wrap_future(self._pool.schedule(_ready))

    def stop(self) -> None:
        """Kill the processes and wait for them."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble has no types here
        self._pool.join()


def _ready() -> bool:
    return _step is not None
