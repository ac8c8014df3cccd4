"""Messages are delivered at once if there is room, and waited for if there is none."""

import asyncio
from typing import Any

import pytest
from mode import Service

from streams.worker.faust_patches.commit import VERSION
from streams.worker.faust_patches.receive import _eager, patch_receive


class Consumer(Service):
    """A service that waits as Faust's patched consumer does."""

    wait_first = _eager(Service.wait_first)


async def delivered(to: list[str], *, after: asyncio.Event | None = None) -> None:
    """Deliver a message, once there is room."""
    if after is not None:
        await after.wait()
    to.append("message")


async def test_faust_creates_tasks_for_delivery() -> None:
    """The service without the patch: if this fails, the patch can go."""
    service, queue, others = Service(), list[str](), list[str]()
    asyncio.get_running_loop().call_soon(others.append, "ran")

    await service.wait_first(delivered(queue), asyncio.Event().wait())

    assert (queue, others) == (["message"], ["ran"])


async def test_delivery_with_room_does_not_yield() -> None:
    consumer, queue, others = Consumer(), list[str](), list[str]()
    asyncio.get_running_loop().call_soon(others.append, "ran")

    await consumer.wait_first(delivered(queue), asyncio.Event().wait())

    assert (queue, others) == (["message"], [])


async def test_delivery_without_room_waits() -> None:
    consumer, queue, room = Consumer(), list[str](), asyncio.Event()
    waiting = asyncio.ensure_future(
        consumer.wait_first(delivered(queue, after=room), asyncio.Event().wait())
    )
    await asyncio.sleep(0)
    assert queue == []

    room.set()
    await waiting

    assert queue == ["message"]


async def test_delivery_without_room_ends_if_suspended() -> None:
    consumer, queue, room, suspended = Consumer(), list[str](), asyncio.Event(), asyncio.Event()
    suspended.set()

    await consumer.wait_first(delivered(queue, after=room), suspended.wait())
    room.set()
    await asyncio.sleep(0)

    assert queue == []


@pytest.mark.parametrize("waits", [False, True], ids=["at once", "after it waited"])
async def test_failing_delivery_raises(*, waits: bool) -> None:
    async def failing() -> None:
        if waits:
            await asyncio.sleep(0)
        raise LookupError("no such stream")

    with pytest.raises(LookupError, match="no such stream"):
        await Consumer().wait_first(failing(), asyncio.Event().wait())


async def test_cancelled_consumer_cancels_waiting_delivery() -> None:
    ended: list[str] = []

    async def waiting() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    task = asyncio.ensure_future(Consumer().wait_first(waiting(), asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait((task,))
    await asyncio.sleep(0)

    assert (task.cancelled(), ended) == (True, ["cancelled"])


async def test_other_waits_are_unchanged() -> None:
    ready: Any = asyncio.Event()
    ready.set()

    result = await Consumer().wait_first(ready, timeout=1)

    assert result.done == [ready]


def test_patch_receive_refuses_other_versions() -> None:
    with pytest.raises(RuntimeError, match=VERSION):
        patch_receive(installed="0.16.0")
