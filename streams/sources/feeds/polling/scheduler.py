"""The feeds that one process polls: each when it is due, so many at a time, until it is told."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

import msgspec

from streams.config.feeds import FeedEntry
from streams.fetch.fetcher import Fetched
from streams.records import FeedState
from streams.runtime.clock import Clock, SystemClock
from streams.sources.feeds.polling.delivery import EntryDelivery, OtherFeedsEntries
from streams.sources.feeds.polling.poller import Poller
from streams.sources.feeds.polling.queue import PollQueue
from streams.sources.feeds.polling.seen_entries import KEY_BYTES, SIZE
from streams.sources.feeds.polling.sink import Sink
from streams.sources.feeds.polling.stats import NEVER, PollRecord, PollStats
from streams.sources.feeds.schedule import PollResult, after_poll

AT_A_TIME: Final = 128
"""Feeds polled at a time: with answers of a second, 128 feeds/s, far more than thousands need."""

GRACE: Final = timedelta(seconds=1)
"""How long polls may go on that are to end; then they end where they are, and what they have
delivered is kept."""


class PushHooks(Protocol):
    """Who else has a say in a feed's state: the subscription at its hub."""

    def after_poll(self, feed: FeedEntry, state: FeedState, answer: PollResult) -> FeedState:
        """Give the state after a poll, with what follows from it."""
        ...

    def after_push(self, feed: FeedEntry, state: FeedState, answer: PollResult) -> FeedState:
        """The same after a push."""
        ...


class PollScheduler:
    """Polls the feeds that it was given."""

    def __init__(
        self,
        poller: Poller,
        outlet: Sink,
        course: PollStats,
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        polled: Callable[[PollRecord], None] = lambda _: None,
        beside: PushHooks | None = None,
    ) -> None:
        """Begin without feeds.

        Args:
            poller: Who asks.
            outlet: Who takes articles and states.
            course: Kept up to date.
            clock: None: the wall's.
            chance: From 0 up to 1, for the schedule.
            polled: Told of each poll.
            beside: Asked after each poll; None: nobody.
        """
        self._beside = beside
        self._locks: dict[str, asyncio.Lock] = {}
        self._poller = poller
        self._outlet = outlet
        self._course = course
        self._clock = clock or SystemClock()
        self._chance = chance
        self._polled = polled
        self._feeds: dict[str, FeedEntry] = {}
        self._due = PollQueue()
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
                self._due.plan(feed.name, state.next_poll or NEVER)
        for state in others:
            self._own(state)
        self._course.ready = True
        self._changed.set()

    async def release(self) -> None:
        """Let go of all feeds; what is known of them is written when this returns.

        Takes little longer than `GRACE`: a poll that does not end by then is
        cut off between two articles, and whoever polls the feed next goes on there.
        """
        self._feeds.clear()
        self._due.clear()
        self._owners.clear()
        self._course.states.clear()
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
                self._due.next_time if free else None,
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
        while len(self._tasks) < AT_A_TIME and (due := self._due.take(now, self._host)):
            self._tasks.add(asyncio.create_task(self._poll(*due, again=again)))

    def _host(self, name: str) -> str:
        return urlsplit(self._course.states[name].url).hostname or ""

    async def _poll(self, name: str, host: str, *, again: bool) -> None:
        async with self._lock(name):
            started = time.monotonic()
            try:
                feed, before = self._feeds.get(name), self._course.states.get(name)
                if feed is None or before is None:  # let go of while a push was taken
                    return
                answer = await self._answer(feed, before)
            finally:
                self._due.leave(host)
            self._course.n_polls += 1
            self._course.n_failed += answer.failure is not None
            after = self._after(feed, before, answer, pushed=False)
            await self._keep(after, again=again)
        seconds = time.monotonic() - started
        self._polled(PollRecord(before=before, after=after, answer=answer, seconds=seconds))

    def push(self, name: str, body: Fetched) -> "asyncio.Task[None]":
        """Take what a feed's hub has pushed, as if a poll had brought it; returns at once.

        What is no feed is left out: it is the hub's mistake, and the next poll brings the news.
        """
        task = asyncio.create_task(self._push(name, body))
        self._tasks.add(task)
        self._changed.set()
        return task

    async def change(self, name: str, change: Callable[[FeedState], FeedState]) -> None:
        """Change the state of a feed that this process polls, and when it is polled next.

        Raises:
            BrokerError: If it cannot be kept.
        """
        before = self._course.states.get(name)
        if before is None:
            return
        after = change(before)
        self._course.states[name] = after
        if name in self._due and after.next_poll != before.next_poll:
            self._due.plan(name, after.next_poll or NEVER)
            self._changed.set()
        if not self._lock(name).locked():  # else it is written with what comes of the poll
            await self._outlet.keep(after)

    async def _push(self, name: str, body: Fetched) -> None:
        async with self._lock(name):
            feed, before = self._feeds.get(name), self._course.states.get(name)
            if feed is None or before is None or before.retired:
                return
            started = time.monotonic()
            answer = await self._answer(feed, before, body)
            if answer.failure is not None:
                return
            after = self._after(feed, before, _as_unchanged(answer), pushed=True)
            await self._keep(after, again=name in self._due)
        seconds = time.monotonic() - started
        done = PollRecord(before=before, after=after, answer=answer, seconds=seconds, pushed=True)
        self._polled(done)

    def _after(
        self, feed: FeedEntry, before: FeedState, answer: PollResult, *, pushed: bool
    ) -> FeedState:
        """Give the state after a poll or push; the hub may have spoken meanwhile."""
        push = self._course.states.get(feed.name, before).push
        after = after_poll(
            msgspec.structs.replace(before, push=push),
            answer,
            now=self._clock.now(),
            bounds=feed.bounds,
            chance=self._chance(),
        )
        if self._beside is None:
            return after
        beside = self._beside.after_push if pushed else self._beside.after_poll
        return beside(feed, after, answer)

    async def _keep(self, after: FeedState, *, again: bool) -> None:
        await self._outlet.keep(after)
        if after.id in self._feeds:
            self._course.states[after.id] = after
            self._own(after)
            if again and not after.retired:
                self._due.plan(after.id, after.next_poll or NEVER)

    def _lock(self, name: str) -> asyncio.Lock:
        """One poll or push of a feed at a time: each begins with what the last one knew."""
        return self._locks.setdefault(name, asyncio.Lock())

    async def _answer(
        self, feed: FeedEntry, state: FeedState, pushed: Fetched | None = None
    ) -> PollResult:
        delivery = EntryDelivery(self._outlet, state, self._course)
        elsewhere = OtherFeedsEntries(self._owners, feed.name)
        deliver = delivery.deliver
        try:
            if pushed is not None:
                return await self._poller.read(
                    feed, state, pushed, deliver=deliver, elsewhere=elsewhere
                )
            return await self._poller.poll(feed, state, deliver=deliver, elsewhere=elsewhere)
        except asyncio.CancelledError:
            await delivery.keep_rest()
            raise

    def _own(self, state: FeedState) -> None:
        known = state.known
        for start in range(0, len(known) - SIZE + 1, SIZE):
            self._owners.setdefault(known[start : start + KEY_BYTES], state.id)


def _as_unchanged(answer: PollResult) -> PollResult:
    """Give what a push brought; what the feed's own server last said of it still holds."""
    return PollResult(
        unchanged=True, n_new=answer.n_new, latencies=answer.latencies, known=answer.known
    )
