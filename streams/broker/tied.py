"""Become another program that ends with the process that started this one.

Run as a script, isolated: ``python -I -S tied.py PARENT_PID PROGRAM ARGUMENT…``. It is no
``preexec_fn``, which may deadlock in a process with threads. The kernel looks at the thread that
started it: that has to live on. On other systems than Linux it only becomes the program.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal this process gets when its parent dies; kept by execve."""


def become(parent: int, command: list[str]) -> None:
    """Replace this process, unless the parent has died already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:
        os.execv(command[0], command)  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
