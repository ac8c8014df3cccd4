"""Deliver a message to its stream without four tasks: a patch of faust-streaming 0.15.3.

For each message, Faust's consumer waits for the first of three events: the message is delivered
to its stream, a rebalance suspends the flow, or the consumer stops or crashes.
``mode.Service.wait_first`` creates a task for each wait, which costs 85 of the 290 µs per
message. A delivery to a queue that has room never waits. The patch therefore runs the delivery up
to its first wait, and only a delivery that does wait is waited for as before.

This is a matter of speed; no upstream issue is known. The patch can go when
``test_faust_creates_tasks_for_delivery`` fails.
"""

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Generator
from types import coroutine
from typing import Any

from faust.transport.consumer import Consumer

from streams.worker.faust_patches.commit import require_version


@coroutine
def _rest(started: Coroutine[Any, Any, Any], waits_for: Any) -> Generator[Any, Any, Any]:
    """Continue a coroutine that was started elsewhere."""
    while True:
        try:
            answer = yield waits_for
        except BaseException as error:  # noqa: BLE001  # passed to the coroutine, cancellation too
            resume: Callable[[Any], Any] = started.throw
            answer = error
        else:
            resume = started.send
        try:
            waits_for = resume(answer)
        except StopIteration as end:
            return end.value


def _eager(original: Callable[..., Any]) -> Callable[..., Any]:
    async def wait_first(self: Any, *waits: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109  # mode's
        if len(waits) != 2 or not all(inspect.iscoroutine(each) for each in waits):  # noqa: PLR2004
            return await original(self, *waits, timeout=timeout)
        delivery, suspension = waits
        try:
            waits_for = delivery.send(None)
        except BaseException as error:
            suspension.close()
            if isinstance(error, StopIteration):
                return None  # delivered; the caller does not use the result
            raise
        return await original(self, _task(delivery, waits_for), suspension, timeout=timeout)

    return wait_first


def _task(started: Coroutine[Any, Any, Any], waits_for: Any) -> "asyncio.Task[Any]":
    async def rest() -> Any:
        return await _rest(started, waits_for)

    return asyncio.ensure_future(rest())


def patch_receive(installed: str | None = None) -> None:
    """Patch ``wait_first`` of Faust's consumer; a second call changes nothing.

    Args:
        installed: Version of faust-streaming; defaults to the installed one.

    Raises:
        RuntimeError: If Faust has another version than the one this patch was written for.
    """
    require_version("faust_patches.receive", installed)
    if "wait_first" not in vars(Consumer):
        Consumer.wait_first = _eager(Consumer.wait_first)
