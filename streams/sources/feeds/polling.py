"""The feeds that one process polls: each when it is due, so many at a time, until it is told."""

import asyncio
import heapq
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from schemas import FeedState
from streams.sources.feeds.clock import Clock, WallClock
from streams.sources.feeds.delivery import Delivery, Elsewhere
from streams.sources.feeds.feed_file import FeedEntry
from streams.sources.feeds.known import KEY_BYTES, SIZE
from streams.sources.feeds.outlet import Outlet
from streams.sources.feeds.poll import Poller
from streams.sources.feeds.schedule import Answer, after_poll

AT_A_TIME: Final = 128
"""Feeds polled at a time: with answers of a second, 128 feeds/s, far more than thousands need."""

OF_A_HOST: Final = 2
"""Of them, of one host: it has two turns at a time (`fetch_pace.Hosts`). More would only wait, and
a host of a thousand feeds would keep all others waiting with them."""

GRACE: Final = timedelta(seconds=1)
"""How long polls may go on that are to end; then they end where they are, and what they have
delivered is kept."""

NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Polled:
    """One poll.

    Attributes:
        before: The state of the feed before it.
        after: And after it.
        answer: What it gave.
        seconds: How long it took.
    """

    before: FeedState
    after: FeedState
    answer: Answer
    seconds: float


@dataclass
class Course:
    """What a run has done so far.

    Attributes:
        n_polls: Feeds asked.
        n_failed: Of these, how many gave none.
        n_sent: Articles that the broker has acknowledged.
        n_refused: Entries that became dead letters.
        ready: Whether it has its share of the feeds.
        states: Of the feeds that it polls now.
    """

    n_polls: int = 0
    n_failed: int = 0
    n_sent: int = 0
    n_refused: int = 0
    ready: bool = False
    states: dict[str, FeedState] = field(default_factory=dict)

    def n_due(self, now: datetime) -> int:
        """Count the feeds whose time has come."""
        return sum((one.next_poll or NEVER) <= now for one in self.states.values())


class Polling:
    """Polls the feeds that it was given."""

    def __init__(
        self,
        poller: Poller,
        outlet: Outlet,
        course: Course,
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        polled: Callable[[Polled], None] = lambda _: None,
    ) -> None:
        """Begin without feeds.

        Args:
            poller: Who asks.
            outlet: Who takes articles and states.
            course: Kept up to date.
            clock: None: the wall's.
            chance: From 0 up to 1, for the schedule.
            polled: Told of each poll.
        """
        self._poller = poller
        self._outlet = outlet
        self._course = course
        self._clock = clock or WallClock()
        self._chance = chance
        self._polled = polled
        self._feeds: dict[str, FeedEntry] = {}
        self._due: list[tuple[datetime, str]] = []
        self._busy: Counter[str] = Counter()
        self._parked: dict[str, deque[str]] = {}
        self._owners: dict[bytes, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    def take(
        self, feeds: Iterable[tuple[FeedEntry, FeedState]], *, others: Iterable[FeedState] = ()
    ) -> None:
        """Poll these feeds from now on, each when its time has come.

        Args:
            feeds: None of them is polled already.
            others: Feeds that are polled elsewhere: what they have brought is not brought again.
        """
        for feed, state in feeds:
            self._feeds[feed.name] = feed
            self._course.states[feed.name] = state
            self._own(state)
            if not state.retired:
                heapq.heappush(self._due, (state.next_poll or NEVER, feed.name))
        for state in others:
            self._own(state)
        self._course.ready = True
        self._changed.set()

    async def release(self) -> None:
        """Let go of all feeds; what is known of them is written when this returns.

        Takes little longer than `GRACE`: a poll that does not end by then is
        cut off between two articles, and whoever polls the feed next goes on there.
        """
        for held in (self._feeds, self._due, self._parked, self._owners, self._course.states):
            held.clear()
        self._course.ready = False
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=GRACE.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def go(self, stop: asyncio.Event, *, once: bool = False) -> None:
        """Poll until told to stop; in the end all feeds are released.

        Args:
            stop: Once set, no poll begins any more.
            once: Whether to end when every feed that is due has been polled.

        Raises:
            BrokerError: If the outlet does not take what was found.
        """
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._clear_away()
                self._start_due(again=not once)
                if once and not self._tasks:
                    break
                await self._something(stopping)
        finally:
            stopping.cancel()
            await self.release()
        self._clear_away()

    async def _something(self, stopping: "asyncio.Task[bool]") -> None:
        """Wait until there may be something to do."""
        self._changed.clear()
        changed = asyncio.create_task(self._changed.wait())
        free = len(self._tasks) < AT_A_TIME
        try:
            await self._clock.wait(
                {*self._tasks, stopping, changed},
                self._due[0][0] if self._due and free else None,
            )
        finally:
            changed.cancel()

    def _clear_away(self) -> None:
        """Forget the polls that are over; raise what one of them could not bear."""
        done = {task for task in self._tasks if task.done()}
        self._tasks -= done
        for task in done:
            if not task.cancelled() and (error := task.exception()):
                raise error

    def _start_due(self, *, again: bool) -> None:
        now = self._clock.now()
        while self._due and self._due[0][0] <= now and len(self._tasks) < AT_A_TIME:
            name = heapq.heappop(self._due)[1]
            host = urlsplit(self._course.states[name].url).hostname or ""
            if self._busy[host] >= OF_A_HOST:
                self._parked.setdefault(host, deque()).append(name)
                continue
            self._busy[host] += 1
            self._tasks.add(asyncio.create_task(self._poll(name, host, again=again)))

    async def _poll(self, name: str, host: str, *, again: bool) -> None:
        feed, before = self._feeds[name], self._course.states[name]
        started = time.monotonic()
        try:
            answer = await self._answer(feed, before)
        finally:
            self._leave(host)
        after = after_poll(
            before, answer, now=self._clock.now(), bounds=feed.bounds, chance=self._chance()
        )
        await self._outlet.keep(after)
        self._course.n_polls += 1
        self._course.n_failed += answer.failure is not None
        if name in self._feeds:
            self._course.states[name] = after
            self._own(after)
            if again and not after.retired:
                heapq.heappush(self._due, (after.next_poll or NEVER, name))
        seconds = time.monotonic() - started
        self._polled(Polled(before=before, after=after, answer=answer, seconds=seconds))

    async def _answer(self, feed: FeedEntry, state: FeedState) -> Answer:
        delivery = Delivery(self._outlet, state)
        try:
            return await self._poller.poll(
                feed,
                state,
                deliver=delivery.deliver,
                elsewhere=Elsewhere(self._owners, feed.name),
            )
        except asyncio.CancelledError:
            await delivery.keep_rest()
            raise
        finally:
            self._course.n_sent += delivery.n_sent
            self._course.n_refused += delivery.n_refused

    def _leave(self, host: str) -> None:
        """End a turn of a host; the feed that waits for it longest is next."""
        self._busy[host] -= 1
        if not self._busy[host]:
            del self._busy[host]
        if waiting := self._parked.get(host):
            heapq.heappush(self._due, (NEVER, waiting.popleft()))
            if not waiting:
                del self._parked[host]

    def _own(self, state: FeedState) -> None:
        known = state.known
        for start in range(0, len(known) - SIZE + 1, SIZE):
            self._owners.setdefault(known[start : start + KEY_BYTES], state.id)
