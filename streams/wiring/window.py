"""The loop of every stage: a bounded window in flight, sent and acknowledged in order.

Passed 5 kill -9, SIGTERM and infrastructure errors with nothing lost, on
faust-streaming 0.15.3 (ARCHITECTURE.md, Delivery).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

Event = Any
"""A Faust event; Faust has no types."""

Pending = tuple[Event, "asyncio.Future[Any]", float]
"""An event, the future of what comes of it, and when its work began."""

BACKLOG_SECONDS = 1.0
"""What waits for so long waits in a backlog, not for one slow page: what is done then goes on
together. Each send wakes the stages behind, 2-3 ms of CPU a time however little it brings
(bench/RESULTS.md)."""

BEHIND = 8
"""Events behind it at least: gathering for fewer is not worth a wait."""

PAUSE_SHARE = 0.4
LONGEST_PAUSE = 0.5
"""How long results are gathered: so much of what the first of them has waited, seconds at most."""


async def sliding(
    stream: Any,
    start: Callable[[Event], Awaitable["asyncio.Future[Any]"]],
    finish: Callable[[Event, "asyncio.Future[Any]"], Awaitable[list[Awaitable[Any]]]],
    *,
    limit: int,
    group: int = 256,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Work on up to ``limit`` events at once; handle results in order of arrival.

    What is done goes on at once, except in a backlog: then results are
    gathered for a moment, since a send for each costs every stage behind it.

    **Delivery.** An event is acknowledged when the broker has acknowledged all
    that came of it and of every event before it. If the process dies before,
    the event is delivered again, and what came of it may be sent twice.

    Args:
        stream: A Faust stream of raw messages.
        start: Begins the work on an event.
        finish: Turns the result into records, starts sending them and returns
            what to wait for. A time-out is its to handle; whatever else it
            raises is infrastructure: the task group cancels the other half,
            the process ends, the events come again.
        limit: Events in flight at most.
        group: Events whose sends are awaited together at most; the acks of a
            group follow each other, so it bounds what a crash repeats.
        clock: Tells the time, seconds.
        pause: Waits for so many seconds, while results are gathered in a backlog.
    """
    slots = asyncio.Semaphore(limit)
    queue: asyncio.Queue[Pending] = asyncio.Queue()

    async def read() -> None:
        async for event in stream.noack().events():
            await slots.acquire()
            began = clock()
            queue.put_nowait((event, await start(event), began))

    async def drain() -> None:
        head: Pending | None = None
        while True:
            foremost = head or await queue.get()
            await _done(foremost[1])
            waited = clock() - foremost[2]
            if waited >= BACKLOG_SECONDS and queue.qsize() >= BEHIND:
                await pause(min(LONGEST_PAUSE, PAUSE_SHARE * waited))
            pending: Pending | None = foremost
            events: list[Event] = []
            sends: list[Awaitable[Any]] = []
            while pending is not None and pending[1].done():
                sends += await finish(*pending[:2])
                events.append(pending[0])
                more = len(events) < group and not queue.empty()
                pending = queue.get_nowait() if more else None
            head = pending
            for send in sends:  # under way together; `gather` would add a callback to each
                await send
            for event in events:
                await stream.ack(event)
                slots.release()

    async with asyncio.TaskGroup() as halves:
        halves.create_task(read())
        halves.create_task(drain())


async def _done(future: "asyncio.Future[Any]") -> None:
    if not future.done():
        await asyncio.wait((future,))
