"""The loop of every stage: a bounded window in flight, acknowledged in order.

Passed 5 kill -9, SIGTERM and infrastructure errors with nothing lost, on
faust-streaming 0.15.3 (ARCHITECTURE.md, Delivery).
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
"""An article that is on its way for so long is in a backlog, not behind one slow page: what is
done then goes on together. Each send wakes the stages behind, 2-3 ms of CPU a time however little
it brings (bench/RESULTS.md)."""

BEHIND = 8
"""Events beside it that are not handed on yet, at least: a wait for fewer does not pay."""

PAUSE_SHARE = 0.2
LONGEST_PAUSE = 0.5
"""How long results are gathered: so much of the first one's age, seconds at most. So four stages
make an article at most twice as old as it was, and two seconds older."""


async def wait_for_batch(enough: asyncio.Event, seconds: float) -> None:
    """Wait until there is enough, or for so many seconds."""
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
    """Work on up to ``limit`` events at once; hand on what is done, acknowledge in order.

    What is done goes on at once, also past an event that takes long: order is kept
    within a key, by whoever works on the events. Only in a backlog results are
    gathered for a moment, since a send for each costs every stage behind it.

    **Delivery.** An event is acknowledged when the broker has acknowledged all
    that came of it and of every event before it. If the process dies before,
    the event is delivered again, and what came of it may be sent twice.

    Args:
        stream: A Faust stream of raw messages.
        start: Begins the work on an event. Of two with one key the first must be done first.
        finish: Turns the result into records, starts sending them and returns
            what to wait for. A time-out is its to handle; whatever else it
            raises is infrastructure: the task group cancels the other half,
            the process ends, the events come again.
        limit: Events in flight at most, which bounds what a crash repeats.
        group: Events whose sends are awaited together at most.
        age: Tells for how long an event's article has been on its way, seconds.
        pause: Waits until a group is done, or for so many seconds, while results are gathered in
            a backlog.
    """
    slots = asyncio.Semaphore(limit)
    in_flight: deque[_InFlight] = deque()
    done = _Done(enough=max(1, min(group, limit // 2)))

    async def read() -> None:
        async for event in stream.noack().events():
            await slots.acquire()
            one = _InFlight(event, await start(event))
            in_flight.append(one)
            done.follow(one)

    async def drain() -> None:
        while True:
            await done.some.wait()
            if done.n_open > BEHIND and (old := age(done.first.event)) >= BACKLOG_SECONDS:
                await pause(done.enough, min(LONGEST_PAUSE, PAUSE_SHARE * old))
            for together in done.take_all(group):
                sends = [send for one in together for send in await finish(one.event, one.future)]
                for send in sends:  # under way together; `gather` would add a callback to each
                    await send
                for one in together:
                    one.sent = True
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
    """What is done and not taken yet, in the order in which it was done.

    Attributes:
        n_open: How many are followed and not taken yet, done or not.
        some: Set while one is done.
        enough: Set while so many are done that nobody should wait for more.
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

    def follow(self, one: _InFlight) -> None:
        self.n_open += 1
        if one.future.done():  # as all are of stages that work in place: no callback for those
            self._add(one)
        else:
            one.future.add_done_callback(lambda _future: self._add(one))

    def _add(self, one: _InFlight) -> None:
        self._waiting.append(one)
        self.some.set()
        if len(self._waiting) >= self._n_enough:
            self.enough.set()

    def take_all(self, group: int) -> Iterator[list[_InFlight]]:
        """Take what is done by now, in groups; what is done meanwhile is for the next time."""
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
