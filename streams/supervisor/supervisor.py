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
"""Number of restarts of a process after which `Supervisor.wait_ready` gives up."""

POLL_SECONDS = 2.0
"""How often a ready process is asked for its health; the end of a process is noticed at once."""

WAIT_SECONDS = 1.0
"""How often the condition that a process waits for is checked."""

STREAMS = (sys.executable, "-m", "streams.cli.main")
"""The program that the processes run."""


@dataclass(frozen=True, kw_only=True)
class TimeLimits:
    """Time limits for processes.

    Attributes:
        hang_seconds: A process whose health does not answer for this time is killed and restarted.
        stop_seconds: A process that does not stop within this time is killed; the broker has the
            rest of 10 s.
        first_pause_seconds: Pause before the first restart; doubled with each quick death.
    """

    hang_seconds: float = 30.0
    stop_seconds: float = 6.0
    first_pause_seconds: float = FIRST_SECONDS


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Condition for the first start of a process.

    Attributes:
        is_met: Returns whether the condition is met; called once a second.
        note: Text for people in the meantime.
    """

    is_met: Callable[[], bool]
    note: str


@dataclass
class Child:
    """A process that the supervisor runs.

    Attributes:
        name: Name, such as ``clean-1``.
        command: Arguments of the program; ``--http-port`` and a port are added.
        log_path: File for its stderr; by default this process's stderr.
        restarts: Number of restarts.
        health: Last answer of its ``/health``; empty before the first.
        fixed_port: Port on which it listens; 0 for a free port, another one with each start.
        note: State of the process, for people.
        wait: Condition for the first start, if any.
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
        """Whether the process is ready."""
        return bool(self.health.get("ready"))

    @property
    def waiting(self) -> bool:
        """Whether the process waits for its first start."""
        return self.wait is not None and self.note == self.wait.note


class Supervisor:
    """Runs processes until `stop` is called.

    Args:
        children: Processes to run.
        environment: Variables that all get in addition to this process's environment.
        program: Program that all run.
        limits: Time limits.
    """

    def __init__(
        self,
        children: list[Child],
        environment: Mapping[str, str],
        *,
        program: Sequence[str] = STREAMS,
        limits: TimeLimits = TimeLimits(),
    ) -> None:
        self.children = children
        self._environment = dict(environment)
        self._program = tuple(program)
        self._limits = limits
        self._stopping = asyncio.Event()

    async def run(self, on_change: Callable[[], None] = lambda: None) -> int:
        """Keep all processes running until `stop` is called.

        Args:
            on_change: Called whenever the state of a process changed.

        Returns:
            0, or 1 if a stage gave up permanently.
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
        """Wait until every process is ready, except those that wait for their first start.

        Raises:
            NewsStreamsError: If a process is not ready after several attempts.
        """
        while not self._stopping.is_set() and not all(
            child.ready or child.waiting for child in self.children
        ):
            for child in self.children:
                if child.restarts >= START_ATTEMPTS or child.note.startswith("gave up"):
                    log_hint = f"; its log: {child.log_path}" if child.log_path else ""
                    raise NewsStreamsError(f"{child.name} does not start: {child.note}{log_hint}")
            await asyncio.sleep(0.05)

    async def _keep(
        self, child: Child, session: aiohttp.ClientSession, on_change: Callable[[], None]
    ) -> None:
        backoff = Backoff(self._limits.first_pause_seconds)
        while child.wait and not self._stopping.is_set() and not child.wait.is_met():
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
            child.note = f"ended with code {code}, restart in {wait:g} s"
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
        child._answered = time.monotonic()  # noqa: SLF001  # a class of this module
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
                    await self._check_health(child, session, on_change)
            if not ended.done():
                await self._end(child.process, ended)
        finally:
            stopping.cancel()
            if not ended.done():  # this task was cancelled: no other code would stop the process
                _signal(child.process, signal.SIGKILL)
                await ended  # reaped here: the event loop may close next
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
                # Ctrl-C reaches only the supervisor, which stops its processes in order.
                start_new_session=True,
            )
        finally:
            if stderr is not None:
                stderr.close()

    async def _check_health(
        self, child: Child, session: aiohttp.ClientSession, on_change: Callable[[], None]
    ) -> None:
        before = (child.ready, child.note)
        try:
            async with session.get(f"http://127.0.0.1:{child.port}/health") as answer:
                child.health = dict(await answer.json())
            child._answered = time.monotonic()  # noqa: SLF001  # a class of this module
            child.note = "running" if child.ready else "getting ready"
        except (aiohttp.ClientError, TimeoutError, OSError, TypeError, ValueError):
            silent = time.monotonic() - child._answered  # noqa: SLF001  # a class of this module
            if silent > self._limits.hang_seconds and child.process is not None:
                log.critical("process hanging", process=child.name, silent_seconds=round(silent))
                _signal(child.process, signal.SIGKILL)
        if before != (child.ready, child.note):
            on_change()

    async def _end(self, process: Process, ended: "asyncio.Future[int]") -> None:
        _signal(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(asyncio.shield(ended), self._limits.stop_seconds)
        except TimeoutError:
            _signal(process, signal.SIGKILL)
            await ended


def _signal(process: Process, signum: int) -> None:
    with suppress(ProcessLookupError):  # it may have just ended
        process.send_signal(signum)
