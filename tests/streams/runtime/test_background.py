"""Work beside a body."""

import asyncio

from streams.runtime.background import background_task


async def test_work_runs_beside_the_body_and_is_gone_after_it() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with background_task(work()):
        await begun.wait()
        assert not ended.is_set()

    assert ended.is_set()
