"""Keep the processes of a pipeline running: start, watch, restart with backoff, stop in time."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import structlog

from streams.errors import NewsStreamsError
from streams.runtime.backoff import FIRST_SECONDS, Backoff
from streams.runtime.ports import free_port
from streams.worker.worker import Exit

log = structlog.get_logger()

START_ATTEMPTS = 4
"""Whoever waits for a process to get ready gives up after so many."""

POLL_SECONDS = 2.0
"""How often a process that works is asked for its health; one that ends is noticed at once."""

WAIT_SECONDS = 1.0
"""How often it is looked whether what a process waits for is there."""

STREAMS = (sys.executable, "-m", "streams.cli.main")
"""The program that the processes run."""


@dataclass(frozen=True, kw_only=True)
class TimeLimits:
    """How long a supervisor bears with a process.

    Attributes:
        hang_seconds: Without an answer from its health for so long it is killed and started again.
        stop_seconds: Asked to stop, it is killed after so long; the broker has the rest of 10 s.
        first_pause_seconds: Before the first restart; doubled with each quick death.
    """

    hang_seconds: float = 30.0
    stop_seconds: float = 6.0
    first_pause_seconds: float = FIRST_SECONDS


@dataclass(frozen=True, kw_only=True)
class Wait:
    """What a process waits for before its first start.

    Attributes:
        over: Whether it is there; asked once a second.
        note: What a person is told meanwhile.
    """

    over: Callable[[], bool]
    note: str


@dataclass
class Child:
    """One process that is to run.

    Attributes:
        name: Such as ``clean-1``.
        command: Arguments of the program; ``--http-port`` and a port are added.
        log_path: Where its stderr goes; none: to ours.
        restarts: How often it was started again.
        health: What its ``/health`` said last; empty before.
        fixed_port: Where it is to listen; 0: at a free port, another with each start.
        note: What a person should know of it.
        wait: What it waits for before it is started; None: nothing.
    """

    name: str
    command: tuple[str, ...]
    log_path: Path | None = None
    port: int = 0
    process: Process | None = None
    restarts: int = 0
    health: dict[str, object] = field(default_factory=dict)
    note: str = "starting"
    fixed_port: int = 0
    wait: Wait | None = None
    _answered: float = 0.0

    @property
    def ready(self) -> bool:
        """Whether it works."""
        return bool(self.health.get("ready"))

    @property
    def waiting(self) -> bool:
        """Whether what it needs has yet to come."""
        return self.wait is not None and self.note == self.wait.note


class Supervisor:
    """Runs processes until it is told to stop."""

    def __init__(
        self,
        children: list[Child],
        environment: Mapping[str, str],
        *,
        program: Sequence[str] = STREAMS,
        patience: TimeLimits = TimeLimits(),
    ) -> None:
        """Take the processes to run.

        Args:
            children: Them.
            environment: What they all get beside ours.
            program: What they run.
            patience: How long to bear with them.
        """
        self.children = children
        self._environment = dict(environment)
        self._program = tuple(program)
        self._patience = patience
        self._stopping = asyncio.Event()

    async def run(self, on_change: Callable[[], None] = lambda: None) -> int:
        """Keep all processes running until `stop` is called.

        Args:
            on_change: Called whenever a process changed its state.

        Returns:
            0, or 1 when a stage gave up for good.
        """
        limit = aiohttp.ClientTimeout(total=2)
        async with aiohttp.ClientSession(timeout=limit) as session, asyncio.TaskGroup() as group:
            for child in self.children:
                group.create_task(self._keep(child, session, on_change))
        return int(any(child.note.startswith("gave up") for child in self.children))

    def stop(self) -> None:
        """Ask all processes to stop."""
        self._stopping.set()

    async def wait_ready(self) -> None:
        """Wait until every process works, but for those that wait for something themselves.

        Raises:
            NewsStreamsError: If one does not get there in several attempts.
        """
        while not self._stopping.is_set() and not all(
            child.ready or child.waiting for child in self.children
        ):
            for child in self.children:
                if child.restarts >= START_ATTEMPTS or child.note.startswith("gave up"):
                    where = f"; its log: {child.log_path}" if child.log_path else ""
                    raise NewsStreamsError(f"{child.name} does not start: {child.note}{where}")
            await asyncio.sleep(0.05)

    async def _keep(
        self, child: Child, session: aiohttp.ClientSession, on_change: Callable[[], None]
    ) -> None:
        backoff = Backoff(self._patience.first_pause_seconds)
        while child.wait and not self._stopping.is_set() and not child.wait.over():
            child.note = child.wait.note
            on_change()
            await self._pause(WAIT_SECONDS)
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._run_once(child, session, on_change)
            if self._stopping.is_set():
                break
            if code == Exit.TOO_MANY_REJECTED:
                child.note = "gave up: too many records rejected (`streams dead-letters list`)"
                log.critical("gave up", process=child.name)
                on_change()
                return
            wait = backoff.after(lived_seconds=time.monotonic() - started)
            child.health = {}
            child.restarts += 1
            child.note = f"ended with code {code}, again in {wait:g} s"
            log.warning("restarting", process=child.name, code=code, wait_seconds=wait)
            on_change()
            await self._pause(wait)
        child.note = "stopped"
        on_change()

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _run_once(
        self, child: Child, session: aiohttp.ClientSession, on_change: Callable[[], None]
    ) -> int:
        child.health, child.port, child.note = {}, child.fixed_port or free_port(), "starting"
        child.process = await self._spawn(child)
        child._answered = time.monotonic()  # noqa: SLF001  # a field of ours
        ended = asyncio.ensure_future(child.process.wait())
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            while not ended.done() and not stopping.done():
                await asyncio.wait(
                    (ended, stopping),
                    timeout=0.2 if not child.ready else POLL_SECONDS,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if not ended.done() and not stopping.done():
                    await self._look(child, session, on_change)
            if not ended.done():
                await self._end(child.process, ended)
        finally:
            stopping.cancel()
            if not ended.done():  # we were cancelled: nobody would ever stop it
                _signal(child.process, signal.SIGKILL)
        return ended.result()

    async def _spawn(self, child: Child) -> Process:
        stderr = None
        if child.log_path is not None:
            child.log_path.parent.mkdir(parents=True, exist_ok=True)
            stderr = child.log_path.open("ab")
        try:
            return await asyncio.create_subprocess_exec(
                *self._program,
                *child.command,
                "--http-port",
                str(child.port),
                env={**os.environ, **self._environment, "NEWS_DIE_WITH_PARENT": str(os.getpid())},
                stdin=asyncio.subprocess.DEVNULL,
                stderr=stderr,
                # Ctrl-C reaches only the supervisor, which stops its children in order.
                start_new_session=True,
            )
        finally:
            if stderr is not None:
                stderr.close()

    async def _look(
        self, child: Child, session: aiohttp.ClientSession, on_change: Callable[[], None]
    ) -> None:
        was = (child.ready, child.note)
        try:
            async with session.get(f"http://127.0.0.1:{child.port}/health") as answer:
                child.health = dict(await answer.json())
            child._answered = time.monotonic()  # noqa: SLF001  # a field of ours
            child.note = "running" if child.ready else "getting ready"
        except (aiohttp.ClientError, TimeoutError, OSError, TypeError, ValueError):
            silent = time.monotonic() - child._answered  # noqa: SLF001  # a field of ours
            if silent > self._patience.hang_seconds and child.process is not None:
                log.critical("hangs, killing it", process=child.name, silent_seconds=round(silent))
                _signal(child.process, signal.SIGKILL)
        if was != (child.ready, child.note):
            on_change()

    async def _end(self, process: Process, ended: "asyncio.Future[int]") -> None:
        _signal(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(asyncio.shield(ended), self._patience.stop_seconds)
        except TimeoutError:
            _signal(process, signal.SIGKILL)
            await ended


def _signal(process: Process, signum: int) -> None:
    with suppress(ProcessLookupError):  # it may have ended just now
        process.send_signal(signum)
