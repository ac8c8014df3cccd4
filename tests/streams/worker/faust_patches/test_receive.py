"""Messages are taken in at once where there is room, and waited for where there is none."""

import asyncio
from typing import Any

import pytest
from mode import Service

from streams.worker.faust_patches.commit import VERSION
from streams.worker.faust_patches.receive import _eager, patch_receive


class Consumer(Service):
    """A service that waits as Faust's consumer does, mended."""

    wait_first = _eager(Service.wait_first)


async def delivered(to: list[str], *, after: asyncio.Event | None = None) -> None:
    """Deliver a message, once there is room."""
    if after is not None:
        await after.wait()
    to.append("message")


async def test_what_has_room_is_delivered_without_giving_way_to_others() -> None:
    consumer, queue, others = Consumer(), list[str](), list[str]()
    asyncio.get_running_loop().call_soon(others.append, "ran")

    await consumer.wait_first(delivered(queue), asyncio.Event().wait())

    assert (queue, others) == (["message"], [])


async def test_what_has_no_room_is_waited_for() -> None:
    consumer, queue, room = Consumer(), list[str](), asyncio.Event()
    waiting = asyncio.ensure_future(
        consumer.wait_first(delivered(queue, after=room), asyncio.Event().wait())
    )
    await asyncio.sleep(0)
    assert queue == []

    room.set()
    await waiting

    assert queue == ["message"]


async def test_what_has_no_room_is_given_up_when_the_flow_is_suspended() -> None:
    consumer, queue, room, suspended = Consumer(), list[str](), asyncio.Event(), asyncio.Event()
    suspended.set()

    await consumer.wait_first(delivered(queue, after=room), suspended.wait())
    room.set()
    await asyncio.sleep(0)

    assert queue == []


@pytest.mark.parametrize("waits", [False, True], ids=["at once", "after it waited"])
async def test_a_delivery_that_fails_says_so(*, waits: bool) -> None:
    async def failing() -> None:
        if waits:
            await asyncio.sleep(0)
        raise LookupError("no such stream")

    with pytest.raises(LookupError, match="no such stream"):
        await Consumer().wait_first(failing(), asyncio.Event().wait())


async def test_a_cancelled_consumer_cancels_the_delivery_that_waits() -> None:
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


async def test_other_waits_are_left_as_they_are() -> None:
    ready: Any = asyncio.Event()
    ready.set()

    result = await Consumer().wait_first(ready, timeout=1)

    assert result.done == [ready]


def test_another_version_of_faust_is_refused() -> None:
    with pytest.raises(RuntimeError, match=VERSION):
        patch_receive(installed="0.16.0")
