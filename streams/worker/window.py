"""The loop of every stage: a limited window of events in flight, acknowledged in order.

Tested with 5 kill -9, SIGTERM and infrastructure errors without a loss, on
faust-streaming 0.15.3 (docs/explanation/delivery.md).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

Event = Any
"""A Faust event; Faust has no types."""

BACKLOG_SECONDS = 1.0
"""An article that has been on its way for this time is in a backlog, not behind one slow page: its
results are then sent together. Each send wakes the following stages, which costs 2-3 ms of CPU
however little it brings (bench/RESULTS.md)."""

BEHIND = 8
"""Minimum number of other open events for a pause: waiting for fewer does not pay."""

PAUSE_SHARE = 0.2
LONGEST_PAUSE = 0.5
"""How long results are gathered: this share of the first article's age, and this number of seconds
at most. Four stages thus make an article at most twice as old, and two seconds older."""


async def wait_for_batch(enough: asyncio.Event, seconds: float) -> None:
    """Wait until there is a full batch, or until the time is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await enough.wait()


async def slide_window(
    stream: Any,
    start: Callable[[Event], Awaitable["asyncio.Future[Any]"]],
    finish: Callable[[Event, "asyncio.Future[Any]"], Awaitable[list[Awaitable[Any]]]],
    *,
    limit: int,
    group: int = 256,
    age: Callable[[Event], float] = lambda _event: 0.0,
    pause: Callable[[asyncio.Event, float], Awaitable[None]] = wait_for_batch,
) -> None:
    """Work on up to ``limit`` events at once; send results when done, acknowledge in order.

    A result is sent at once, also before that of an earlier slow event: ``start`` keeps the order
    within a key. Only in a backlog results are gathered for a moment, because each send costs
    every following stage.

    **Delivery.** An event is acknowledged when the broker has acknowledged all records that
    resulted from it and from every event before it. If the process dies before, the event is
    redelivered, and its records may be sent twice.

    Args:
        stream: Faust stream of raw messages.
        start: Starts the work on an event. Of two events with one key the first must finish first.
        finish: Turns the result into records, starts sending them and returns the sends to await.
            It handles time-outs itself; every other error is infrastructure: the task group
            cancels the other half, the process ends, and the events are redelivered.
        limit: Maximum number of events in flight, which limits what is processed again after a
            crash.
        group: Maximum number of events whose sends are awaited together.
        age: Returns how long an event's article has been on its way, in seconds.
        pause: Waits until a group is done or for a number of seconds, while results are gathered
            in a backlog.
    """
    slots = asyncio.Semaphore(limit)
    in_flight: deque[_InFlight] = deque()
    done = _Done(enough=max(1, min(group, limit // 2)))

    async def read() -> None:
        async for event in stream.noack().events():
            await slots.acquire()
            item = _InFlight(event, await start(event))
            in_flight.append(item)
            done.follow(item)

    async def drain() -> None:
        while True:
            await done.some.wait()
            if done.n_open > BEHIND and (old := age(done.first.event)) >= BACKLOG_SECONDS:
                await pause(done.enough, min(LONGEST_PAUSE, PAUSE_SHARE * old))
            for items in done.take_all(group):
                sends = [send for item in items for send in await finish(item.event, item.future)]
                for send in sends:  # all in progress; `gather` would add a callback to each
                    await send
                for item in items:
                    item.sent = True
                while in_flight and in_flight[0].sent:
                    await stream.ack(in_flight.popleft().event)
                    slots.release()

    async with asyncio.TaskGroup() as halves:
        halves.create_task(read())
        halves.create_task(drain())


@dataclass(slots=True, eq=False)
class _InFlight:
    event: Event
    future: "asyncio.Future[Any]"
    sent: bool = False


class _Done:
    """The finished events that are not taken yet, in the order in which they finished.

    Attributes:
        n_open: Number of events followed and not taken, finished or not.
        some: Set while at least one event is finished.
        enough: Set while waiting for more finished events does not pay.
    """

    def __init__(self, enough: int) -> None:
        self._waiting: deque[_InFlight] = deque()
        self._n_enough = enough
        self.n_open = 0
        self.some = asyncio.Event()
        self.enough = asyncio.Event()

    @property
    def first(self) -> _InFlight:
        return self._waiting[0]

    def follow(self, item: _InFlight) -> None:
        self.n_open += 1
        if item.future.done():  # always so in stages without processes: needs no callback
            self._add(item)
        else:
            item.future.add_done_callback(lambda _future: self._add(item))

    def _add(self, item: _InFlight) -> None:
        self._waiting.append(item)
        self.some.set()
        if len(self._waiting) >= self._n_enough:
            self.enough.set()

    def take_all(self, group: int) -> Iterator[list[_InFlight]]:
        """Yield the events finished by now, in groups; later ones are left for the next call."""
        n_left = len(self._waiting)
        while n_left:
            taken = [self._waiting.popleft() for _ in range(min(group, n_left))]
            n_left -= len(taken)
            self.n_open -= len(taken)
            if not self._waiting:
                self.some.clear()
            if len(self._waiting) < self._n_enough:
                self.enough.clear()
            yield taken
