"""End a process with its parent: this one, or a program that this file starts.

Also run as a script, isolated: ``python -I -S parent_death.py PARENT_PID LIFELINE PROGRAM
ARGUMENT…`` becomes a program that ends with the parent. It is no ``preexec_fn``, which may deadlock
in a process with threads. It imports the standard library only.

On Linux (LIFELINE ``-``) the kernel is asked to end the process; it looks at the thread that
started it, so that thread has to live on. Elsewhere LIFELINE is the reading end of a pipe whose
other end only the parent has: a second process waits until it closes, and ends the program.
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
"""prctl(2): the signal this process gets when its parent dies; kept by execve."""

POLL_SECONDS: Final = 0.5
"""Interval between two looks at the parent where the kernel does not tell."""

WATCH_SECONDS: Final = 1.0
"""Interval at which the second process looks whether the program still runs."""

Prctl = Callable[[int, int], int]

PRCTL: Final[Prctl | None] = (
    getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None
)
"""prctl(2) of the C library, glibc or musl; None on other systems than Linux."""

KERNEL_TELLS: Final = PRCTL is not None
"""Whether the kernel tells a process that its parent has died."""


def die_with_parent(parent: int, *, prctl: Prctl | None = PRCTL) -> None:
    """End this process when its parent dies.

    Call it first in the child: a parent that died before is noticed too. Where the kernel does not
    tell, a thread looks every half second: a process that hangs in C code, with the lock of the
    interpreter, ends only when it returns from there.

    Args:
        parent: Its process id. Asked for, since 1 does not tell an orphan: a
            worker that a container starts is 1 itself.
        prctl: How to ask the kernel; None: it cannot be asked.
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
        lifeline: The reading end of the pipe; None: the kernel is asked.
    """
    fd = "-" if lifeline is None else str(lifeline)
    return [sys.executable, "-I", "-S", __file__, str(parent), fd, *command]


def become(parent: int, command: list[str], lifeline: int | None) -> None:
    """Replace this process by a program that ends with the parent.

    Does nothing if the parent has died already.
    """
    program = os.getpid()
    if lifeline is None:
        if PRCTL is not None:
            PRCTL(PR_SET_PDEATHSIG, signal.SIGTERM)
    elif os.fork() == 0:
        # A command line of its own: the program is recognized by the one it has.
        own = [sys.executable, "-I", "-S", __file__, "--watch", str(lifeline), str(program)]
        os.execv(own[0], own)  # noqa: S606  # no shell is wanted
    if os.getppid() == parent:
        if lifeline is not None:
            os.close(lifeline)
        os.execv(command[0], command)  # noqa: S606  # no shell is wanted


def watch(lifeline: int, program: int) -> None:
    """End a program, this process's parent, when the pipe is closed; return when it has ended."""
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
        become(int(sys.argv[1]), sys.argv[3:], None if fd == "-" else int(fd))
