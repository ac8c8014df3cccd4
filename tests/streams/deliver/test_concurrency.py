"""Who may send now."""

import asyncio

from streams.deliver.channels.result import SendStatus
from streams.deliver.circuit_breaker import THRESHOLD
from streams.deliver.concurrency import TargetLimits


async def most_at_a_time(targets: TargetLimits, *labels: str) -> int:
    """Let each label take a slot for a moment; give the most that had one at a time."""
    now = most = 0

    async def one(label: str) -> None:
        nonlocal now, most
        async with targets.slot(label):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    await asyncio.gather(*(one(label) for label in labels))
    return most


async def test_one_target_gets_so_many_at_a_time() -> None:
    assert await most_at_a_time(TargetLimits(at_a_time=9, per_target=2), *["desk"] * 6) == 2


async def test_all_together_get_so_many_at_a_time() -> None:
    assert await most_at_a_time(TargetLimits(at_a_time=3, per_target=2), *"abcdef") == 3


async def test_a_target_that_is_down_rests_and_the_others_do_not() -> None:
    targets = TargetLimits()
    for _ in range(THRESHOLD):
        targets.note("desk", SendStatus.RETRY)

    assert targets.wait("desk") > 0
    assert (targets.wait("mail"), targets.n_open) == (0.0, 1)


async def test_refusals_are_no_sign_of_trouble() -> None:
    targets = TargetLimits()
    for verdict in [SendStatus.REFUSED, SendStatus.GONE] * THRESHOLD:
        targets.note("desk", verdict)

    assert targets.n_open == 0
