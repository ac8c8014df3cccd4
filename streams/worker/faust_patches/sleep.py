"""Wait without a task for each wait: what faust-streaming 0.15.3 costs while little comes.

Its services look around once a second, and between two looks ``mode.Service.sleep`` waits by
``asyncio.wait_for``, which before Python 3.12 makes a task of what it waits for, cancels it and
waits for that too. A worker that does nothing took 8 ms of CPU a second; with what is mended here
it takes 4 to 6 (2026-11-23, bench/RESULTS.md):

- a sleep is one timer and one future, and those of a second or so end at the same moments, since
  what costs is each waking of a process that sleeps, .1 ms and more;
- a fetch in flight is looked at once a second, not five times;
- a stream lets others run every few milliseconds, not before each message that lies ready: a turn
  of the event loop is a tenth of the 70 µs that a message costs;
- a call into the consumer's thread is not waited for by four tasks when it is already there;
- the offsets of a commit are not drawn as a table for a log that nobody keeps.
"""

import asyncio
import time
from contextlib import suppress
from importlib import import_module
from typing import Any

from aiokafka import AIOKafkaConsumer
from faust.transport import consumer
from mode import Service
from mode.services import WaitResult
from mode.threads import MethodQueue
from mode.utils.times import want_seconds

from streams.worker.faust_patches.commit import require_version

GRID_SECONDS = 0.5
"""Long sleeps end at multiples of it."""

LONG_SECONDS = 0.8
"""A sleep from here on is long: Faust's are 0, or 1.0 and more, less a tenth by which it corrects
the one before."""

LOOK_AT_FETCH_MS = 1000
"""aiokafka's is 200; what it waits for tells it anyway."""


def _end_of(seconds: float, *, now: float) -> float:
    end = now + seconds
    return end if seconds < LONG_SECONDS else GRID_SECONDS * round(end / GRID_SECONDS)


async def _sleep(self: Any, n: Any) -> None:
    """Sleep for about ``n`` seconds, or until the service is stopped."""
    seconds = want_seconds(n)
    if seconds <= 0 or self._stopped.is_set():  # others run all the same
        await asyncio.sleep(0)
        return
    with suppress(TimeoutError):
        # A loop's time is that of `monotonic`.
        async with asyncio.timeout_at(_end_of(seconds, now=time.monotonic())):
            await self._stopped.wait()


TURN_SECONDS = 0.003
"""For so long a stream may go on without letting others run."""


class _Turns:
    """In the place of ``asyncio.sleep``, with which a stream lets others run."""

    def __init__(self) -> None:
        self._until = 0.0

    async def __call__(self, _seconds: float) -> None:
        if time.monotonic() >= self._until:
            await asyncio.sleep(0)
            self._until = time.monotonic() + TURN_SECONDS


_wait = MethodQueue.wait


async def _wait_for_calls(self: Any, *waits: Any, timeout: Any = None) -> Any:  # noqa: ASYNC109  # mode's
    if waits == (self._queue_ready,) and self._queue_ready.is_set():
        return WaitResult(True, False)  # noqa: FBT003  # mode's order
    return await _wait(self, *waits, timeout=timeout)


class _NoTables:
    """In the place of Faust's module of tables."""

    @staticmethod
    def logtable(*_arguments: object, **_options: object) -> str:
        """Draw nothing."""
        return ""


def patch_sleep(installed: str | None = None) -> None:
    """Mend Faust's services; a second call changes nothing.

    Args:
        installed: Version of faust-streaming; none: the one that is installed.

    Raises:
        RuntimeError: If another version of Faust is installed than the one
            that this was written for.
    """
    require_version("waiting_fix", installed)
    Service.sleep = _sleep  # type: ignore[method-assign]
    MethodQueue.wait = _wait_for_calls  # type: ignore[method-assign]
    consumer.terminal = _NoTables
    AIOKafkaConsumer.__init__.__kwdefaults__["consumer_timeout_ms"] = LOOK_AT_FETCH_MS
    with suppress(ImportError):  # Faust without its compiled part lets others run each time
        vars(import_module("faust._cython.streams"))["sleep"] = _Turns()
