"""Let one process at a time do something: a lock on a file, released when its holder dies."""

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
"""Whether the system has file locks as POSIX systems do: Windows has not. Asked for here, not
imported, so that the client, which only looks for a broker, can be imported there."""


def _lock(path: Path, *, wait: bool) -> int | None:
    """Return the descriptor of a locked file; None if another process has it locked."""
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
    """Hold the lock on a file while the body runs; the file itself stays.

    Args:
        path: The file; its folder is made.
        busy: What the error says if another process holds the lock; empty: wait for that process.

    Raises:
        UsageError: If another process holds the lock, and ``busy`` is given.
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
    """Hold the lock on a file; the file itself stays.

    Args:
        path: The file; its folder is made.
        within: How long to wait for another holder.
        waiting: Called once when there is one.
        has_locks: Whether the system has such locks.

    Raises:
        BrokerError: If the other holder does not let go in time, or the system has no such locks.
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
                f"waiting for another process that holds {path}: it did not let go within "
                f"{within.total_seconds():.0f} s; is it hanging?"
            )
        await asyncio.sleep(POLL.total_seconds())
        left -= POLL
        descriptor = _lock(path, wait=False)
    try:
        yield
    finally:
        os.close(descriptor)
