"""Processes that die with their parent: else they survive its kill -9 and keep its sockets."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

PR_SET_PDEATHSIG: Final = 1
"""prctl(2): the signal this process gets when its parent dies."""

POLL_SECONDS: Final = 0.5
"""How often the parent is looked for where the kernel does not tell."""

Prctl = Callable[[int, int], int]


PRCTL: Final[Prctl | None] = (
    getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None
)
"""prctl(2) of the C library, glibc or musl; None on other systems than Linux."""


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
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)
