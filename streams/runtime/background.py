"""Run coroutines in the background of a body, or beside each other until one ends."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def background_task(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let work run while the body does; then cancel it, and wait until it is gone."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until_first_ends(*work: "asyncio.Future[Any] | Coroutine[Any, Any, object]") -> None:
    """Run several pieces of work until one of them ends, then cancel the others.

    Raises:
        Exception: What the piece that ended raised.
    """
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
