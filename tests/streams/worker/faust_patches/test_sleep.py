"""Patched services sleep as Faust's do, and streams yield often enough."""

import asyncio
import time
from typing import Any

import pytest
from mode import Service
from mode.threads import MethodQueue

from streams.worker.faust_patches import sleep as sleep_patch
from streams.worker.faust_patches.sleep import patch_sleep


@pytest.fixture(autouse=True)
def _patched() -> None:
    patch_sleep()


@pytest.mark.parametrize("seconds", [0, 0.01, 0.2])
async def test_short_sleep_takes_its_time(seconds: float) -> None:
    before = time.monotonic()

    await Service().sleep(seconds)

    assert time.monotonic() - before >= seconds - 0.001


@pytest.mark.parametrize(
    ("seconds", "now", "end"),
    [(1.0, 10.26, 11.5), (1.0, 10.36, 11.5), (0.9, 10.46, 11.5), (0.5, 10.26, 10.76)],
)
def test_long_sleeps_end_together(seconds: float, now: float, end: float) -> None:
    assert sleep_patch._end_of(seconds, now=now) == pytest.approx(end)


async def test_stop_ends_a_sleep() -> None:
    service = Service()
    sleeping = asyncio.ensure_future(service.sleep(60))
    await asyncio.sleep(0)

    service._stopped.set()

    await asyncio.wait_for(sleeping, 5)

    assert sleeping.done()


async def test_sleep_of_stopped_service_yields() -> None:
    service, others = Service(), list[str]()
    service._stopped.set()
    asyncio.get_running_loop().call_soon(others.append, "ran")

    await service.sleep(60)

    assert others == ["ran"]


async def test_cancelled_sleep_is_cancelled() -> None:
    sleeping = asyncio.ensure_future(Service().sleep(60))
    await asyncio.sleep(0)
    sleeping.cancel()

    with pytest.raises(asyncio.CancelledError):
        await sleeping


async def test_stream_yields_when_its_turn_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sleep_patch, "TURN_SECONDS", 60.0)
    turns, others = sleep_patch._Turns(), list[str]()
    await turns(0)
    asyncio.get_running_loop().call_soon(others.append, "ran")

    await turns(0)
    at_once = list(others)
    turns._until = 0.0
    await turns(0)

    assert (at_once, others) == ([], ["ran"])


async def test_faust_waits_for_arrived_call() -> None:
    """The method without the patch: if this fails, that part of the patch can go."""
    calls, others = MethodQueue(), list[str]()
    queue: Any = calls
    queue._queue_ready.set()
    asyncio.get_running_loop().call_soon(others.append, "ran")

    await sleep_patch._wait(calls, queue._queue_ready)

    assert others == ["ran"]


async def test_arrived_call_is_not_waited_for() -> None:
    calls: Any = MethodQueue()
    calls._queue_ready.set()

    result = await calls.wait(calls._queue_ready)

    assert result.stopped is False


async def test_missing_call_is_waited_for() -> None:
    calls: Any = MethodQueue()
    waiting = asyncio.ensure_future(calls.wait(calls._queue_ready))
    await asyncio.sleep(0)
    before = waiting.done()

    calls._queue_ready.set()

    assert (before, (await asyncio.wait_for(waiting, 5)).stopped) == (False, False)


def test_patch_sleep_refuses_other_versions() -> None:
    with pytest.raises(RuntimeError, match=r"is for faust-streaming 0\.15\.3, not 0\.16"):
        patch_sleep("0.16")
