"""Start, recognize and end the process of the broker."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from streams.broker.config import MAIN_CLASS
from streams.runtime import parent_death

POLL = timedelta(milliseconds=50)

_JAVA_VARIABLES = {"CLASSPATH", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"}
"""Java reads these in any case; flags that the user set for other programs must not apply here."""

_children: dict[int, subprocess.Popen[bytes]] = {}
"""Processes started here: kept so that they can be reaped and their exit status is known."""

_lifelines: list[int] = []
"""Write ends of pipes: the kernel closes them when this process dies, see
`streams.runtime.parent_death`."""


def java_environment(classpath: Sequence[Path]) -> dict[str, str]:
    """Return the environment for Java: this process's own, with the jars, without flags."""
    own = {name: value for name, value in os.environ.items() if name not in _JAVA_VARIABLES}
    return {**own, "CLASSPATH": os.pathsep.join(str(jar) for jar in classpath)}


def spawn(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    output: Path,
    die_with_parent: bool,
    kernel_signals: bool = parent_death.KERNEL_SIGNALS,
) -> int:
    """Start a program in a session of its own, so that Ctrl-C does not reach it.

    Args:
        command: Program and arguments.
        environment: Complete environment.
        folder: Working folder.
        output: File for its output; emptied first.
        die_with_parent: Whether it ends with this process.
        kernel_signals: Whether the kernel ends it then; otherwise a pipe and a second process do.

    Returns:
        Process id of the program.
    """
    lifeline = None
    if die_with_parent:
        if not kernel_signals:
            lifeline, held = os.pipe()
            _lifelines.append(held)
        command = parent_death.command_line(os.getpid(), list(command), lifeline)
    with output.open("wb") as printed:
        child = subprocess.Popen(  # noqa: S603  # the command is built by this package
            command,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            # Records contain addresses of webhooks, which are secrets of their owner.
            umask=0o077,
            pass_fds=() if lifeline is None else (lifeline,),
        )
    if lifeline is not None:
        os.close(lifeline)
    _children[child.pid] = child
    return child.pid


def runs_broker(pid: int, properties: Path) -> bool:
    """Return whether a process is the broker with these settings, not a later one with its id."""
    if (child := _children.get(pid)) is not None:  # the id is not reused before it is reaped
        return child.poll() is None
    try:
        return _is_broker(psutil.Process(pid).cmdline(), properties)
    except psutil.Error:
        return False


def find_process(properties: Path) -> int | None:
    """Search all processes for the broker with these settings; slow, so only as a last resort."""
    for process in psutil.process_iter(["cmdline"]):
        if _is_broker(process.info["cmdline"] or [], properties):
            return int(process.pid)
    return None


def started_at(pid: int) -> datetime:
    """Return the start time of a process, as far as the system's clock was right."""
    try:
        return datetime.fromtimestamp(psutil.Process(pid).create_time(), UTC)
    except psutil.Error:
        return datetime.fromtimestamp(0, UTC)


def _is_broker(command: Sequence[str], properties: Path) -> bool:
    return list(command[-2:]) == [MAIN_CLASS, str(properties)]


def exit_status(pid: int) -> str:
    """Return how a process ended, as far as known: only the parent gets the exit status.

    Examples:
        >>> exit_status(-1)
        'ended'
    """
    child = _children.get(pid)
    status = None if child is None else child.poll()
    if status is None:
        return "ended"
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with exit code {status}"


async def end_process(pid: int, properties: Path, *, patience: timedelta) -> bool:
    """Ask a broker to end, and kill it if it does not.

    Returns:
        True if it ended without being killed.
    """
    _send(pid, properties, signal.SIGTERM)
    if await _wait_for_end(pid, properties, within=patience):
        return True
    _send(pid, properties, signal.SIGKILL)
    await _wait_for_end(pid, properties, within=patience)
    return False


def _send(pid: int, properties: Path, signum: signal.Signals) -> None:
    if runs_broker(pid, properties):
        try:
            os.kill(pid, signum)
        except ProcessLookupError:
            return  # it ended in between


async def _wait_for_end(pid: int, properties: Path, *, within: timedelta) -> bool:
    deadline = time.monotonic() + within.total_seconds()
    while runs_broker(pid, properties):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(POLL.total_seconds())
    return True
