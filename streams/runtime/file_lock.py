"""Serialize processes by a lock on a file, which is released when its holder dies."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from streams.errors import BrokerError, UsageError

POLL = timedelta(milliseconds=50)

HAS_LOCKS = find_spec("fcntl") is not None
"""Whether the system has POSIX file locks, which Windows lacks. The module is only searched for
here, so that the client, which only looks for a broker, can be imported there."""


def _lock(path: Path, *, wait: bool) -> int | None:
    """Return the descriptor of the locked file; None if another process holds the lock."""
    fcntl = import_module("fcntl")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def hold_lock(path: Path, *, busy: str = "") -> Iterator[None]:
    """Hold the lock on a file while the body runs; the file is kept.

    Args:
        path: Path of the file; its folder is created.
        busy: Message of the error if another process holds the lock; if empty, wait for that
            process.

    Raises:
        UsageError: If another process holds the lock, and ``busy`` is not empty.
    """
    descriptor = _lock(path, wait=not busy)
    if descriptor is None:
        raise UsageError(busy)
    try:
        yield
    finally:
        os.close(descriptor)


@asynccontextmanager
async def file_lock(
    path: Path,
    *,
    within: timedelta,
    waiting: Callable[[], None] | None = None,
    has_locks: bool = HAS_LOCKS,
) -> AsyncIterator[None]:
    """Hold the lock on a file while the body runs; the file is kept.

    Args:
        path: Path of the file; its folder is created.
        within: How long to wait for another holder.
        waiting: Called once if there is another holder.
        has_locks: Whether the system has file locks.

    Raises:
        BrokerError: If the other holder does not release it in time, or the system has no locks.
    """
    if not has_locks:
        raise BrokerError("a local Kafka needs Linux or macOS: set NEWS_BROKER=host:port")
    descriptor = _lock(path, wait=False)
    if descriptor is None and waiting is not None:
        waiting()
    left = within
    while descriptor is None:
        if left <= timedelta(0):
            raise BrokerError(
                f"waiting for another process that holds {path}: not released within "
                f"{within.total_seconds():.0f} s; check whether that process hangs"
            )
        await asyncio.sleep(POLL.total_seconds())
        left -= POLL
        descriptor = _lock(path, wait=False)
    try:
        yield
    finally:
        os.close(descriptor)
