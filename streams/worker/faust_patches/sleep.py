"""Wait without a task for each wait: a patch of faust-streaming 0.15.3 that saves CPU when idle.

Faust's services check their state once a second, and between two checks ``mode.Service.sleep``
waits by ``asyncio.wait_for``, which before Python 3.12 creates a task for the awaited coroutine,
cancels it and waits for that too. An idle worker took 8 ms of CPU a second; with this patch it
takes 4 to 6 (2026-11-23, bench/RESULTS.md):

- a sleep is one timer and one future, and sleeps of about a second end at the same moments,
  because each wake-up of a sleeping process costs 0.1 ms and more;
- a fetch in flight is checked once a second, not five times;
- a stream yields to other tasks every few milliseconds, not before each message that is ready: a
  turn of the event loop is a tenth of the 70 µs that a message costs;
- a call into the consumer's thread is not waited for by four tasks if it has already arrived;
- the offsets of a commit are not rendered as a table for a log message that is not written.

This is a matter of speed; no upstream issue is known. Measure an idle worker
again without the patch when ``test_faust_waits_for_arrived_call`` fails.
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
"""Long sleeps end at multiples of this, in the time of the event loop."""

LONG_SECONDS = 0.8
"""The shortest long sleep: Faust sleeps 0 s, or 1.0 s and more, less a tenth by which it corrects
the previous sleep."""

FETCH_CHECK_MS = 1000
"""aiokafka's value is 200; the future it waits for wakes it anyway."""


def _end_of(seconds: float, *, now: float) -> float:
    end = now + seconds
    return end if seconds < LONG_SECONDS else GRID_SECONDS * round(end / GRID_SECONDS)


async def _sleep(self: Any, n: Any) -> None:
    """Sleep for about ``n`` seconds, or until the service is stopped."""
    seconds = want_seconds(n)
    if seconds <= 0 or self._stopped.is_set():  # yield to other tasks in any case
        await asyncio.sleep(0)
        return
    with suppress(TimeoutError):
        # `monotonic` is the clock of the event loop.
        async with asyncio.timeout_at(_end_of(seconds, now=time.monotonic())):
            await self._stopped.wait()


TURN_SECONDS = 0.003
"""How long a stream may run without yielding to other tasks."""


class _Turns:
    """A replacement for ``asyncio.sleep``, with which a stream yields to other tasks."""

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
    """A replacement for Faust's module of tables."""

    @staticmethod
    def logtable(*_arguments: object, **_options: object) -> str:
        """Return an empty text."""
        return ""


def patch_sleep(installed: str | None = None) -> None:
    """Patch the waits of Faust's services; a second call changes nothing.

    Args:
        installed: Version of faust-streaming; defaults to the installed one.

    Raises:
        RuntimeError: If Faust has another version than the one this patch was written for.
    """
    require_version("faust_patches.sleep", installed)
    Service.sleep = _sleep  # type: ignore[method-assign]
    MethodQueue.wait = _wait_for_calls  # type: ignore[method-assign]
    consumer.terminal = _NoTables
    AIOKafkaConsumer.__init__.__kwdefaults__["consumer_timeout_ms"] = FETCH_CHECK_MS
    with suppress(ImportError):  # Faust without its compiled part yields before each message
        vars(import_module("faust._cython.streams"))["sleep"] = _Turns()
