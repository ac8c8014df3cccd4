"""Processes that die with their parent: else they survive its kill -9 and keep its sockets."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal this process gets when its parent dies."""


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies; Linux only, else nothing.

    Call it first in the child: a parent that died before is noticed too.

    Args:
        parent: Its process id. Asked for, since 1 does not tell an orphan: a
            worker that a container starts is 1 itself.
    """
    try:
        libc = ctypes.CDLL("libc.so.6", use_errno=True)
    except OSError:
        return
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
