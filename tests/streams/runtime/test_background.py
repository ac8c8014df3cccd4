"""Work in the background of a body."""

import asyncio

from streams.runtime.background import background_task


async def test_background_task_runs_until_the_body_ends() -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with background_task(work()):
        await started.wait()
        assert not ended.is_set()

    assert ended.is_set()
