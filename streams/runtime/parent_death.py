"""End a process with its parent: this process, or a program that this file starts.

This file is also run as a script, isolated: ``python -I -S parent_death.py PARENT_PID LIFELINE
PROGRAM ARGUMENT…`` replaces itself by a program that ends with the parent. A ``preexec_fn`` is not
used, because it may deadlock in a process with threads. Only the standard library is imported.

On Linux (LIFELINE ``-``) the kernel ends the process when the thread that started it ends, so that
thread must live on. Elsewhere LIFELINE is the read end of a pipe whose write end only the parent
has: a second process waits until the pipe is closed, and ends the program.
"""

import ctypes
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

PR_SET_PDEATHSIG: Final = 1
"""prctl(2): the signal that this process gets when its parent dies; kept by execve."""

POLL_SECONDS: Final = 0.5
"""Interval between two checks of the parent on systems whose kernel sends no signal."""

WATCH_SECONDS: Final = 1.0
"""Interval at which the second process checks whether the program still runs."""

Prctl = Callable[[int, int], int]

PRCTL: Final[Prctl | None] = (
    getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None
)
"""prctl(2) of the C library, glibc or musl; None on systems other than Linux."""

KERNEL_SIGNALS: Final = PRCTL is not None
"""Whether the kernel sends a process a signal when its parent dies."""


def die_with_parent(parent: int, *, prctl: Prctl | None = PRCTL) -> None:
    """End this process when its parent dies.

    Call it first in the child: the earlier death of the parent is noticed too. If the kernel sends
    no signal, a thread checks every half second: a process that hangs in C code, with the lock of
    the interpreter, ends only when it returns from there.

    Args:
        parent: Process id of the parent. It is needed because the id 1 does not mean an orphan:
            the parent of a container's worker can be process 1.
        prctl: Function that asks the kernel; None if there is none.
    """
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    if prctl is None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)


def command_line(parent: int, command: list[str], lifeline: int | None) -> list[str]:
    """Return the command that runs this script.

    Args:
        parent: Process id of the parent.
        command: Path of the program, and its arguments.
        lifeline: Read end of the pipe; None if the kernel ends the program.
    """
    fd = "-" if lifeline is None else str(lifeline)
    return [sys.executable, "-I", "-S", __file__, str(parent), fd, *command]


def exec_program(parent: int, command: list[str], lifeline: int | None) -> None:
    """Replace this process by a program that ends with the parent.

    Return without an effect if the parent has already died.
    """
    program = os.getpid()
    if lifeline is None:
        if PRCTL is not None:
            PRCTL(PR_SET_PDEATHSIG, signal.SIGTERM)
    elif os.fork() == 0:
        # A separate command line: a broker is recognized by its command line.
        own = [sys.executable, "-I", "-S", __file__, "--watch", str(lifeline), str(program)]
        os.execv(own[0], own)  # noqa: S606  # no shell is needed
    if os.getppid() == parent:
        if lifeline is not None:
            os.close(lifeline)
        os.execv(command[0], command)  # noqa: S606  # no shell is needed


def watch(lifeline: int, program: int) -> None:
    """End a program, the parent of this process, when the pipe closes; return when it ends."""
    while os.getppid() == program:
        closed, _, _ = select.select([lifeline], [], [], WATCH_SECONDS)
        if closed and os.getppid() == program:
            os.kill(program, signal.SIGTERM)
            return


if __name__ == "__main__":
    if sys.argv[1] == "--watch":
        watch(int(sys.argv[2]), int(sys.argv[3]))
    else:
        fd = sys.argv[2]
        exec_program(int(sys.argv[1]), sys.argv[3:], None if fd == "-" else int(fd))
