"""Become another program that ends with the process that started this one.

Run as a script, isolated: ``python -I -S tied.py PARENT_PID LIFELINE PROGRAM ARGUMENT…``. It is no
``preexec_fn``, which may deadlock in a process with threads.

On Linux (LIFELINE ``-``) the kernel is asked to end the program; it looks at the thread that
started it: that has to live on. Elsewhere LIFELINE is the reading end of a pipe whose other end
only the parent has: a second process waits until it closes, and ends the program.
"""

import ctypes
import os
import select
import signal
import sys

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal this process gets when its parent dies; kept by execve."""

KERNEL_TELLS = sys.platform == "linux"
"""Whether the kernel tells a process that its parent has died."""

LOOK_SECONDS = 1.0
"""How often the second process looks whether the program still runs."""


def command_line(parent: int, command: list[str], lifeline: int | None) -> list[str]:
    """Return the command that starts this script.

    Args:
        parent: Process id of the parent.
        command: Program and arguments.
        lifeline: The reading end of the pipe; None: the kernel is asked.
    """
    fd = "-" if lifeline is None else str(lifeline)
    return [sys.executable, "-I", "-S", __file__, str(parent), fd, *command]


def become(parent: int, command: list[str], lifeline: int | None) -> None:
    """Replace this process, unless the parent has died already."""
    program = os.getpid()
    if lifeline is None:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
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
        closed, _, _ = select.select([lifeline], [], [], LOOK_SECONDS)
        if closed and os.getppid() == program:
            os.kill(program, signal.SIGTERM)
            return


if __name__ == "__main__":
    if sys.argv[1] == "--watch":
        watch(int(sys.argv[2]), int(sys.argv[3]))
    else:
        fd = sys.argv[2]
        become(int(sys.argv[1]), sys.argv[3:], None if fd == "-" else int(fd))
