"""Poll the feeds of one process when they are due, a limited number at a time."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

import msgspec

from streams.config.feeds import FeedEntry
from streams.fetch.fetcher import Fetched
from streams.records import FeedState
from streams.runtime.clock import Clock, SystemClock
from streams.sources.feeds.polling.delivery import EntryDelivery, OtherFeedsEntries
from streams.sources.feeds.polling.identities import shared_keys
from streams.sources.feeds.polling.poller import Poller
from streams.sources.feeds.polling.queue import PollQueue
from streams.sources.feeds.polling.sink import Sink
from streams.sources.feeds.polling.stats import NEVER, PollRecord, PollStats
from streams.sources.feeds.schedule import PollResult, after_poll, due_time

MAX_POLLS: Final = 128
"""Feeds polled at a time: with responses in a second, 128 feeds/s, far more than thousands of feeds
need."""

GRACE: Final = timedelta(seconds=1)
"""Time in which running polls may end on release; then they are canceled, and what they have
delivered is saved."""


class PushHooks(Protocol):
    """Updates of a feed's state by its subscription at a hub."""

    def after_poll(self, feed: FeedEntry, state: FeedState, result: PollResult) -> FeedState:
        """Return the state after a poll, with the subscription updated."""
        ...

    def after_push(self, feed: FeedEntry, state: FeedState, result: PollResult) -> FeedState:
        """Return the state after a push, with the subscription updated."""
        ...


class PollScheduler:
    """Polls feeds when they are due; starts without feeds.

    Args:
        poller: Polls a feed.
        sink: Receives articles and states.
        stats: Statistics of the run, updated with each poll.
        clock: Defaults to the system clock.
        chance: Returns random numbers from 0 up to 1, for the schedule.
        polled: Called after each poll.
        push_hooks: Called after each poll and push to update subscriptions.
    """

    def __init__(
        self,
        poller: Poller,
        sink: Sink,
        stats: PollStats,
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        polled: Callable[[PollRecord], None] = lambda _: None,
        push_hooks: PushHooks | None = None,
    ) -> None:
        self._push_hooks = push_hooks
        self._locks: dict[str, asyncio.Lock] = {}
        self._poller = poller
        self._sink = sink
        self._stats = stats
        self._clock = clock or SystemClock()
        self._chance = chance
        self._polled = polled
        self._feeds: dict[str, FeedEntry] = {}
        self._queue = PollQueue()
        self._owners: dict[bytes, str] = {}
        self._fetchers: dict[bytes, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    def add_feeds(
        self, feeds: Iterable[tuple[FeedEntry, FeedState]], *, others: Iterable[FeedState] = ()
    ) -> None:
        """Add feeds to poll when they are due.

        Args:
            feeds: Feeds that are not polled yet, with their states.
            others: States of the feeds that other processes poll; articles that these feeds
                have delivered are not delivered again.
        """
        for feed, state in feeds:
            self._feeds[feed.name] = feed
            self._stats.states[feed.name] = state
            self._record_entries(state)
            if not state.retired:
                self._queue.schedule(feed.name, self._due(feed, state))
        for state in others:
            self._record_entries(state)
        self._stats.ready = True
        self._changed.set()

    async def release(self) -> None:
        """Stop polling all feeds; their states are saved when this returns.

        Takes little longer than `GRACE`: a poll that does not end by then is canceled between
        two articles, and the process that polls the feed next continues there.
        """
        self._feeds.clear()
        self._queue.clear()
        self._owners.clear()
        self._fetchers.clear()
        self._stats.states.clear()
        self._stats.ready = False
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=GRACE.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def run(self, stop: asyncio.Event, *, once: bool = False) -> None:
        """Poll until ``stop`` is set, then release all feeds.

        Args:
            stop: No poll starts after it is set.
            once: Whether to end when every feed that is due has been polled.

        Raises:
            BrokerError: If the sink fails to save or send.
        """
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._collect_finished()
                self._start_due(repeat=not once)
                if once and not self._tasks:
                    break
                await self._wait_for_work(stopping)
        finally:
            stopping.cancel()
            await self.release()
        self._collect_finished()

    async def _wait_for_work(self, stopping: "asyncio.Task[bool]") -> None:
        """Wait until a feed is due, a poll ends, feeds change, or the run stops."""
        self._changed.clear()
        changed = asyncio.create_task(self._changed.wait())
        free = len(self._tasks) < MAX_POLLS
        try:
            await self._clock.wait(
                {*self._tasks, stopping, changed},
                self._queue.next_time if free else None,
            )
        finally:
            changed.cancel()

    def _collect_finished(self) -> None:
        """Remove finished polls; raise the exception of one that failed."""
        done = {task for task in self._tasks if task.done()}
        self._tasks -= done
        for task in done:
            if not task.cancelled() and (error := task.exception()):
                raise error

    def _start_due(self, *, repeat: bool) -> None:
        now = self._clock.now()
        while len(self._tasks) < MAX_POLLS and (due := self._queue.take(now, self._host)):
            self._tasks.add(asyncio.create_task(self._poll(*due, repeat=repeat)))

    def _host(self, name: str) -> str:
        return urlsplit(self._stats.states[name].url).hostname or ""

    async def _poll(self, name: str, host: str, *, repeat: bool) -> None:
        async with self._lock(name):
            started = time.monotonic()
            try:
                feed, before = self._feeds.get(name), self._stats.states.get(name)
                if feed is None or before is None:  # released while a push was processed
                    return
                result = await self._result(feed, before)
            finally:
                self._queue.release_host(host)
            self._stats.n_polls += 1
            self._stats.n_failed += result.failure is not None
            after = self._after(feed, before, result, pushed=False)
            await self._save(after, repeat=repeat)
        seconds = time.monotonic() - started
        self._polled(PollRecord(before=before, after=after, result=result, seconds=seconds))

    def push(self, name: str, body: Fetched) -> "asyncio.Task[None]":
        """Start to process a body that a hub pushed, like the response of a poll.

        A body that is not a feed is ignored: it is the hub's error, and the next poll finds
        the articles.
        """
        task = asyncio.create_task(self._push(name, body))
        self._tasks.add(task)
        self._changed.set()
        return task

    async def change(self, name: str, change: Callable[[FeedState], FeedState]) -> None:
        """Change the state of a feed that this process polls, including its next poll.

        Raises:
            BrokerError: If the state cannot be saved.
        """
        before = self._stats.states.get(name)
        if before is None:
            return
        after = change(before)
        self._stats.states[name] = after
        if name in self._queue and after.next_poll != before.next_poll:
            self._queue.schedule(name, self._due(self._feeds[name], after))
            self._changed.set()
        if not self._lock(name).locked():  # a running poll saves the state when it ends
            await self._sink.save(after)

    async def _push(self, name: str, body: Fetched) -> None:
        async with self._lock(name):
            feed, before = self._feeds.get(name), self._stats.states.get(name)
            if feed is None or before is None or before.retired:
                return
            started = time.monotonic()
            result = await self._result(feed, before, body)
            if result.failure is not None:
                return
            after = self._after(feed, before, _as_unchanged(result), pushed=True)
            await self._save(after, repeat=name in self._queue)
        seconds = time.monotonic() - started
        self._polled(
            PollRecord(before=before, after=after, result=result, seconds=seconds, pushed=True)
        )

    def _after(
        self, feed: FeedEntry, before: FeedState, result: PollResult, *, pushed: bool
    ) -> FeedState:
        """Return the state after a poll or push; its subscription may have changed meanwhile."""
        push = self._stats.states.get(feed.name, before).push
        after = after_poll(
            msgspec.structs.replace(before, push=push),
            result,
            now=self._clock.now(),
            bounds=feed.bounds,
            chance=self._chance(),
        )
        if self._push_hooks is None:
            return after
        hook = self._push_hooks.after_push if pushed else self._push_hooks.after_poll
        return hook(feed, after, result)

    async def _save(self, after: FeedState, *, repeat: bool) -> None:
        await self._sink.save(after)
        if after.id in self._feeds:
            self._stats.states[after.id] = after
            self._record_entries(after)
            if repeat and not after.retired:
                self._queue.schedule(after.id, self._due(self._feeds[after.id], after))

    def _due(self, feed: FeedEntry, state: FeedState) -> datetime:
        if state.next_poll is None:
            return NEVER
        return due_time(state, now=self._clock.now(), bounds=feed.bounds)

    def _lock(self, name: str) -> asyncio.Lock:
        """Return the lock of a feed: each poll or push starts with the state of the last one."""
        return self._locks.setdefault(name, asyncio.Lock())

    async def _result(
        self, feed: FeedEntry, state: FeedState, pushed: Fetched | None = None
    ) -> PollResult:
        delivery = EntryDelivery(self._sink, state, self._stats)
        elsewhere = OtherFeedsEntries(self._owners, feed.name)
        fetched = OtherFeedsEntries(self._fetchers, feed.name)
        deliver = delivery.deliver
        try:
            if pushed is not None:
                return await self._poller.process_response(
                    feed,
                    state,
                    pushed,
                    deliver=deliver,
                    elsewhere=elsewhere,
                    fetched_elsewhere=fetched,
                )
            return await self._poller.poll(
                feed, state, deliver=deliver, elsewhere=elsewhere, fetched_elsewhere=fetched
            )
        except asyncio.CancelledError:
            await delivery.save_rest()
            raise

    def _record_entries(self, state: FeedState) -> None:
        own, fetched = shared_keys(state.identities)
        for key in own:
            self._owners.setdefault(key, state.id)
        for key in fetched:
            self._fetchers.setdefault(key, state.id)


def _as_unchanged(result: PollResult) -> PollResult:
    """Return the result of a push, with which validators and URL of the feed are not changed."""
    return PollResult(
        unchanged=True,
        asked=False,
        n_new=result.n_new,
        latencies=result.latencies,
        known=result.known,
        identities=result.identities,
        waiting=result.waiting,
    )
