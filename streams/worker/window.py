"""The loop of every stage: events read ahead, started in a fair order, acknowledged in order.

Tested with 5 kill -9, SIGTERM and infrastructure errors without a loss, on
faust-streaming 0.15.3 (docs/explanation/delivery.md).
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from streams.records.sender import RecordSender
from streams.records.topics import MIB
from streams.worker.fair_queue import FairQueue, Ticket

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


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Limits of events held at a time; one event is always allowed, whatever its size.

    Attributes:
        records: Maximum number of events.
        n_bytes: Maximum size of all events together.
    """

    records: int
    n_bytes: int


READ_AHEAD = Bounds(records=1024, n_bytes=32 * MIB)
"""Events read and not acknowledged: over these the stage is fair. More would be fairer to a sender
behind a flood, but would delay a rebalance, which waits for them (10 s at 100 articles/s)."""

AT_ONCE = Bounds(records=64, n_bytes=MIB)
"""Events that a runner works on at most: their order is fixed, so fewer are fairer."""

AT_ONCE_SECONDS = 0.25
LEAST_AT_ONCE = 8
"""Events that a runner works on: what it did in this time lately, and at least this number, two for
each of four tasks. On a busy machine, a fixed number of 64 was 3 s of work in each stage."""

FAIR_SHARE = 0.75
"""Share of the window that is started in fair order; the rest is for the oldest events, without
which nothing can be acknowledged."""

TURN_SECONDS = 0.003
"""How long events are started without yielding to other tasks, as in `faust_patches.sleep`."""


def _anonymous(_event: Event) -> Ticket:
    return Ticket(RecordSender("", ""))


async def slide_window(  # noqa: C901  # three loops that share their state
    stream: Any,
    start: Callable[[Event], Awaitable["asyncio.Future[Any]"]],
    finish: Callable[[Event, "asyncio.Future[Any]"], Awaitable[list[Awaitable[Any]]]],
    *,
    limit: int,
    group: int = 256,
    age: Callable[[Event], float] = lambda _event: 0.0,
    pause: Callable[[asyncio.Event, float], Awaitable[None]] = wait_for_batch,
    ticket: Callable[[Event], Ticket] = _anonymous,
    ahead: Bounds = READ_AHEAD,
    at_once: Bounds | None = AT_ONCE,
) -> None:
    """Work on events in a fair order; send results when done, acknowledge in order of reading.

    Events are read ahead and started in the order of `FairQueue`, so that a sender with many of
    them does not delay another one. A result is sent at once, also before that of an earlier slow
    event: ``start`` keeps the order within a key. Only in a backlog results are gathered for a
    moment, because each send costs every following stage; a fresh article ends the moment.

    **Delivery.** An event is acknowledged when the broker has acknowledged all records that
    resulted from it and from every event before it. If the process dies before, the event is
    redelivered, and its records may be sent twice.

    Args:
        stream: Faust stream of raw messages.
        start: Starts the work on an event. Of two events with one key the first must finish first.
        finish: Turns the result into records, starts sending them and returns the sends to await.
            It handles time-outs itself; every other error is infrastructure: the task group
            cancels the other tasks, the process ends, and the events are redelivered.
        limit: Maximum number of events started and not acknowledged, which limits what is sent
            again after a crash.
        group: Maximum number of events whose sends are awaited together.
        age: Returns how long an event's article has been on its way, in seconds.
        pause: Waits until a group is done or for a number of seconds, while results are gathered
            in a backlog.
        ticket: Returns who sent an event, its key and its size; called once, when it is read.
        ahead: Limits of events read and not acknowledged; at least ``limit`` records.
        at_once: Limits of events started and not done; None for no limits but the others.
    """
    held = _Held(Bounds(records=max(limit, ahead.records), n_bytes=ahead.n_bytes))
    started = _Started(limit, at_once)
    done = _Done(
        enough=max(1, min(group, limit // 2)),
        is_fresh=lambda event: age(event) < BACKLOG_SECONDS,
    )

    async def read() -> None:
        async for event in stream.noack().events():
            item = _InFlight(event, ticket(event))
            await held.add(item)
            started.offer(item)

    async def work() -> None:
        turn_end = 0.0
        while True:
            await started.wait_for_next()
            if time.monotonic() >= turn_end:
                await asyncio.sleep(0)
                turn_end = time.monotonic() + TURN_SECONDS
            item = started.take_next()
            started.follow(item, await start(item.event))
            done.follow(item)

    async def drain() -> None:
        while True:
            await done.some.wait()
            if done.n_open > BEHIND and (old := age(done.first.event)) >= BACKLOG_SECONDS:
                await pause(done.enough, min(LONGEST_PAUSE, PAUSE_SHARE * old))
            for items in done.take_all(group):
                sends = [send for item in items for send in await finish(item.event, item.result)]
                for send in sends:  # all in progress; `gather` would add a callback to each
                    await send
                for item in items:
                    item.sent = True
                for item in held.sent_in_order():
                    await stream.ack(item.event)
                    started.release()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(read())
        tasks.create_task(work())
        tasks.create_task(drain())


@dataclass(slots=True, eq=False)
class _InFlight:
    event: Event
    ticket: Ticket
    future: "asyncio.Future[Any] | None" = None
    sent: bool = False

    @property
    def result(self) -> "asyncio.Future[Any]":
        assert self.future is not None  # noqa: S101  # only started events are asked
        return self.future


class _Load:
    """Counts events and their bytes against bounds."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.n_records = 0
        self._n_bytes = 0

    @property
    def has_room(self) -> bool:
        """Whether another event fits: by number, and by the bytes of those before it."""
        return self.n_records < self.bounds.records and self._n_bytes < self.bounds.n_bytes

    def add(self, item: _InFlight) -> None:
        self.n_records += 1
        self._n_bytes += item.ticket.n_bytes

    def remove(self, item: _InFlight) -> None:
        self.n_records -= 1
        self._n_bytes -= item.ticket.n_bytes


class _Held:
    """The events read and not acknowledged, in the order of reading."""

    def __init__(self, bounds: Bounds) -> None:
        self._load = _Load(bounds)
        self._items: deque[_InFlight] = deque()
        self._freed = asyncio.Event()

    async def add(self, item: _InFlight) -> None:
        """Add an event as soon as it fits."""
        while not self._load.has_room:
            self._freed.clear()
            await self._freed.wait()
        self._load.add(item)
        self._items.append(item)

    def sent_in_order(self) -> Iterator[_InFlight]:
        """Remove and yield the events that are sent, up to the first that is not."""
        while self._items and self._items[0].sent:
            item = self._items.popleft()
            self._load.remove(item)
            self._freed.set()
            yield item


class _Pace:
    """Decides how many events a runner works on at once, from what it did in the last second.

    Attributes:
        n_at_once: The number of events.
    """

    def __init__(self, most: int, *, least: int) -> None:
        self._most = most
        self._least = max(least, LEAST_AT_ONCE)
        self._since = 0.0
        self._n_done = 0
        self.n_at_once = min(self._least, most)

    def note(self, now: float) -> None:
        """Note that an event is done."""
        self._n_done += 1
        seconds = now - self._since
        if seconds >= 1:
            usual = int(AT_ONCE_SECONDS * self._n_done / seconds)
            self.n_at_once = min(self._most, max(self._least, usual))
            self._since, self._n_done = now, 0


class _Started:
    """Decides which event is started next, and when."""

    def __init__(self, limit: int, at_once: Bounds | None) -> None:
        self._limit = limit
        self._n_fair = int(FAIR_SHARE * limit)  # 0 for a limit of 1: the oldest is always next
        self._busy = _Load(at_once or Bounds(records=limit, n_bytes=READ_AHEAD.n_bytes))
        self._pace = _Pace(self._busy.bounds.records, least=limit if at_once is None else 0)
        self._n_unacknowledged = 0
        self._waiting: FairQueue[_InFlight] = FairQueue()
        self._changed = asyncio.Event()

    def offer(self, item: _InFlight) -> None:
        self._waiting.put(item, item.ticket)
        self._changed.set()

    async def wait_for_next(self) -> None:
        while not (self._waiting and self._busy.has_room and self._n_unacknowledged < self._limit):
            self._changed.clear()
            await self._changed.wait()

    def take_next(self) -> _InFlight:
        is_fair = self._n_unacknowledged < self._n_fair
        item = self._waiting.take() if is_fair else self._waiting.take_oldest()
        self._n_unacknowledged += 1
        self._busy.add(item)
        return item

    def follow(self, item: _InFlight, future: "asyncio.Future[Any]") -> None:
        item.future = future
        if future.done():
            self._busy.remove(item)
        else:
            future.add_done_callback(lambda _future: self._done(item))

    def _done(self, item: _InFlight) -> None:
        self._busy.remove(item)
        self._pace.note(time.monotonic())
        self._changed.set()

    def release(self) -> None:
        """Count an event as acknowledged."""
        self._n_unacknowledged -= 1
        self._changed.set()


class _Done:
    """The finished events that are not taken yet, in the order in which they finished.

    Attributes:
        n_open: Number of events followed and not taken, finished or not.
        some: Set while at least one event is finished.
        enough: Set while waiting for more finished events does not pay.
    """

    def __init__(self, enough: int, *, is_fresh: Callable[[Event], bool]) -> None:
        self._waiting: deque[_InFlight] = deque()
        self._n_enough = enough
        self._is_fresh = is_fresh
        self.n_open = 0
        self.some = asyncio.Event()
        self.enough = asyncio.Event()

    @property
    def first(self) -> _InFlight:
        return self._waiting[0]

    def follow(self, item: _InFlight) -> None:
        self.n_open += 1
        if item.result.done():  # always so in stages without processes: needs no callback
            self._add(item)
        else:
            item.result.add_done_callback(lambda _future: self._add(item))

    def _add(self, item: _InFlight) -> None:
        self._waiting.append(item)
        self.some.set()
        if len(self._waiting) >= self._n_enough or self._is_fresh(item.event):
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
