"""Keep the processes of a pipeline running: start, watch, restart with backoff, stop in time."""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import aiohttp
import structlog

from streams.errors import NewsStreamsError
from streams.records.topics import MIB
from streams.runtime.backoff import FIRST_SECONDS, Backoff
from streams.runtime.ports import free_port
from streams.runtime.rotating_log import RotatingLog
from streams.worker.worker import Exit

log = structlog.get_logger()

START_ATTEMPTS = 4
"""Number of restarts of a process after which `Supervisor.wait_ready` gives up."""

RATE_SAMPLES = 6
"""Number of health answers over which a rate is taken: 10 s of a ready process."""

DRAIN_SECONDS = 1.0
"""How long the last lines of an ended process are waited for; its own children may hold its
stderr open."""

REASON_CHARACTERS = 200
"""Length to which the reason of a restart is cut."""

TAIL_BYTES = 4096
"""How much of the end of a log is kept for the reason of a restart."""

CANNOT_START = 126
"""Exit code of a process that the system did not start, as shells report it (POSIX, 2.8.2)."""

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
        remedy: What a person does to meet the condition; empty if nothing.
    """

    is_met: Callable[[], bool]
    note: str
    remedy: str = ""


@dataclass
class Child:
    """A process that the supervisor runs.

    Attributes:
        name: Name, such as ``clean-1``.
        command: Arguments of the program; ``--http-port`` and a port are added.
        log_path: File for its stderr; by default this process's stderr.
        restarts: Number of restarts.
        started_at: Time of the last start, of the monotonic clock; 0 before the first.
        ended_at: Time of the last end that led to a restart; 0 for none.
        reason: Reason of that end, for people.
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
    started_at: float = 0.0
    ended_at: float = 0.0
    reason: str = ""
    health: dict[str, object] = field(default_factory=dict)
    note: str = "starting"
    fixed_port: int = 0
    wait: Wait | None = None
    _answered: float = 0.0
    _counts: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=RATE_SAMPLES))
    _tail: bytes = b""
    _hung: bool = False

    @property
    def ready(self) -> bool:
        """Whether the process is ready."""
        return bool(self.health.get("ready"))

    @property
    def rate(self) -> float | None:
        """Records done per second, over the last health answers; None if unknown.

        Examples:
            >>> child = Child("clean-1", ())
            >>> for at, health in ((0.0, {"delivered": 100}), (4.0, {"delivered": 300})):
            ...     child.health = health
            ...     child.count(at)
            >>> child.rate
            50.0
        """
        if len(self._counts) < 2:  # noqa: PLR2004  # a rate needs two
            return None
        (first_at, first), (last_at, last) = self._counts[0], self._counts[-1]
        return max(0, last - first) / (last_at - first_at) if last_at > first_at else None

    def count(self, now: float) -> None:
        """Note how much the process has done, for its rate."""
        delivered = self.health.get("delivered")
        if isinstance(delivered, int):
            self._counts.append((now, delivered))

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
        log_max_bytes: Maximum size of the log of one process.
    """

    def __init__(
        self,
        children: list[Child],
        environment: Mapping[str, str],
        *,
        program: Sequence[str] = STREAMS,
        limits: TimeLimits = TimeLimits(),
        log_max_bytes: int = 20 * MIB,
    ) -> None:
        self.children = children
        self._log_max_bytes = log_max_bytes
        self._environment = dict(environment)
        self._program = tuple(program)
        self._limits = limits
        self._stopping = asyncio.Event()

    async def run(self, on_change: Callable[[], None] = lambda: None) -> int:
        """Keep all processes running until `stop` is called.

        Args:
            on_change: Called whenever the state of a process changed.

        Returns:
            Always 0: no process is given up, whatever ends it; it is restarted with backoff.
        """
        # A busy process answers late; only one that never answers is hanging.
        limit = aiohttp.ClientTimeout(total=self._limits.hang_seconds / 3)
        async with aiohttp.ClientSession(timeout=limit) as session, asyncio.TaskGroup() as group:
            for child in self.children:
                group.create_task(self._keep(child, session, on_change))
        return 0

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
                if child.restarts >= START_ATTEMPTS:
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
            try:
                code = await self._run_once(child, session, on_change)
            except OSError as error:  # no memory, no processes or no file handles left: try again
                child._tail = f"streams: cannot start: {error}".encode()  # noqa: SLF001  # below
                code = CANNOT_START
            if self._stopping.is_set():
                break
            child.ended_at = time.monotonic()
            wait = backoff.after(lived_seconds=child.ended_at - started)
            child.health = {}
            child.restarts += 1
            child.reason = self._reason(child, code)
            child.note = f"ended with code {code}, restart in {wait:g} s"
            log.warning(
                "restarting",
                process=child.name,
                code=code,
                reason=child.reason,
                wait_seconds=wait,
            )
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
        child._counts.clear()  # noqa: SLF001  # a class of this module
        child._hung, child._tail = False, b""  # noqa: SLF001  # the same
        child.process = await self._spawn(child)
        copying = asyncio.ensure_future(self._copy_log(child, child.process.stderr))
        child.started_at = child._answered = time.monotonic()  # noqa: SLF001  # the same
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
            await asyncio.wait((copying,), timeout=DRAIN_SECONDS)
            copying.cancel()
        return ended.result()

    async def _spawn(self, child: Child) -> Process:
        return await asyncio.create_subprocess_exec(
            *self._program,
            *child.command,
            "--http-port",
            str(child.port),
            env={**os.environ, **self._environment, "NEWS_DIE_WITH_PARENT": str(os.getpid())},
            stdin=asyncio.subprocess.DEVNULL,
            stderr=None if child.log_path is None else asyncio.subprocess.PIPE,
            umask=0o077,
            # Ctrl-C reaches only the supervisor, which stops its processes in order.
            start_new_session=True,
        )

    async def _copy_log(self, child: Child, lines: asyncio.StreamReader | None) -> None:
        """Copy what a process logs to its file, which stays within its size."""
        if lines is None or child.log_path is None:
            return
        log_file = RotatingLog(child.log_path, max_bytes=self._log_max_bytes)
        try:
            while data := await lines.read(64 * 1024):
                log_file.write(data)
                child._tail = (child._tail + data)[-TAIL_BYTES:]  # noqa: SLF001  # of this module
        finally:
            log_file.close()

    def _reason(self, child: Child, code: int) -> str:
        if child._hung:  # noqa: SLF001  # a class of this module
            return f"did not answer for {self._limits.hang_seconds:g} s, killed"
        return end_reason(code, child._tail)  # noqa: SLF001  # the same

    async def _check_health(
        self, child: Child, session: aiohttp.ClientSession, on_change: Callable[[], None]
    ) -> None:
        before = (child.ready, child.note)
        try:
            async with session.get(f"http://127.0.0.1:{child.port}/health") as answer:
                if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
                    # Whatever the body is: a process that refuses requests does not hang.
                    child._answered = time.monotonic()  # noqa: SLF001  # a class of this module
                child.health = dict(await answer.json())
            child._answered = time.monotonic()  # noqa: SLF001  # a class of this module
            child.count(child._answered)  # noqa: SLF001  # the same
            child.note = "running" if child.ready else "getting ready"
        except (aiohttp.ClientError, TimeoutError, OSError, TypeError, ValueError):
            silent = time.monotonic() - child._answered  # noqa: SLF001  # a class of this module
            if silent > self._limits.hang_seconds and child.process is not None:
                log.critical("process hanging", process=child.name, silent_seconds=round(silent))
                child._hung = True  # noqa: SLF001  # a class of this module
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


def end_reason(code: int, log_end: bytes = b"") -> str:
    """Return why a process ended, for people: the last error of its log, or its exit code.

    Args:
        code: Exit code; negative for the number of a signal.
        log_end: The end of its log, JSON lines.

    Examples:
        >>> end_reason(-9)
        'killed by SIGKILL'
        >>> end_reason(5)
        'stalled (code 5)'
        >>> end_reason(1, b'{"event": "crashed", "error": "KafkaError()", "level": "error"}')
        'crashed: KafkaError() (code 1)'
        >>> end_reason(2, b"streams: setting NEWS_BROKER: wrong")
        'setting NEWS_BROKER: wrong (code 2)'
    """
    if code < 0:
        with suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
        return f"killed by signal {-code}"
    text = _last_error(log_end) or _EXITS.get(code, "ended")
    return f"{text} (code {code})"


_EXITS = {int(exit_): exit_.name.lower().replace("_", " ") for exit_ in Exit}


def _last_error(log_end: bytes) -> str:
    """Return the last error or critical event of a log, or the sentence of the command."""
    for line in reversed(log_end.decode("utf-8", "replace").splitlines()):
        if line.startswith("streams: "):
            return line.removeprefix("streams: ")[:REASON_CHARACTERS]
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("level") in {"error", "critical"}:
            detail = event.get("error") or ""
            text = f"{event.get('event', '')}{': ' if detail else ''}{detail}"
            return text[:REASON_CHARACTERS]
    return ""


def _signal(process: Process, signum: int) -> None:
    with suppress(ProcessLookupError):  # it may have just ended
        process.send_signal(signum)
