"""Limits of concurrent sends."""

import asyncio

from streams.deliver.channels.result import SendStatus
from streams.deliver.circuit_breaker import THRESHOLD
from streams.deliver.concurrency import TargetLimits


async def max_concurrent(targets: TargetLimits, *labels: str) -> int:
    """Take a slot for each label for a moment; return the largest number of concurrent holders."""
    now = most = 0

    async def hold(label: str) -> None:
        nonlocal now, most
        async with targets.slot(label):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    await asyncio.gather(*(hold(label) for label in labels))
    return most


async def test_sends_per_target_are_limited() -> None:
    assert await max_concurrent(TargetLimits(at_a_time=9, per_target=2), *["desk"] * 6) == 2


async def test_total_sends_are_limited() -> None:
    assert await max_concurrent(TargetLimits(at_a_time=3, per_target=2), *"abcdef") == 3


async def test_failing_target_does_not_block_others() -> None:
    targets = TargetLimits()
    for _ in range(THRESHOLD):
        targets.record("desk", SendStatus.RETRY)

    assert targets.acquire("desk") > 0
    assert (targets.acquire("mail"), targets.n_open) == (0.0, 1)


async def test_refusals_leave_breaker_closed() -> None:
    targets = TargetLimits()
    for verdict in [SendStatus.REFUSED, SendStatus.GONE] * THRESHOLD:
        targets.record("desk", verdict)

    assert targets.n_open == 0
