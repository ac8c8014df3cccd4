"""Subscribes feeds at their hubs, and takes what hubs say: the shell around `websub`."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import quote

import msgspec
import structlog

from streams.config.feeds import FeedEntry
from streams.fetch.fetcher import Fetched, Fetcher
from streams.records import FeedState, Push
from streams.settings import Settings
from streams.sources.feeds.polling.stats import PollStats
from streams.sources.feeds.schedule import PollResult
from streams.sources.feeds.websub import subscription as websub
from streams.sources.feeds.websub.key import websub_key

log = structlog.get_logger()

LOOK_EVERY: Final = timedelta(seconds=20)
"""How often it is looked for subscriptions that are due, where nothing wakes the look."""

AT_A_TIME: Final = 8
"""Hubs asked at a time: most feeds have the same few hubs, which have turns of their own."""

MAX_OPEN: Final = 64
"""Pushes taken and not yet sent on; more are refused for a while, and hubs come again."""


class FeedStates(Protocol):
    """Who holds the feeds: `polling.Polling`."""

    async def change(self, name: str, change: Callable[[FeedState], FeedState]) -> None:
        """Change the state of a feed."""
        ...

    def push(self, name: str, body: Fetched) -> "asyncio.Task[None]":
        """Take a feed's body as if a poll had brought it."""
        ...


class Subscriber:
    """Keeps a subscription for every feed that names a hub.

    Attributes:
        feeds: Set before anything is asked of it.
    """

    feeds: FeedStates

    def __init__(
        self,
        fetch: Fetcher,
        course: PollStats,
        *,
        settings: Settings,
        names: Collection[str],
        now: Callable[[], datetime],
    ) -> None:
        """Subscribe nothing yet.

        Args:
            fetch: Who asks the hubs; their addresses are checked like any other.
            course: The feeds that are polled now.
            settings: Where hubs reach this process, and what callbacks are made from.
            names: Of all feeds, also those that other processes poll.
            now: The clock.

        Raises:
            SettingsError: If there is no key, and none can be made.
        """
        self._fetch = fetch
        self._course = course
        self._url = settings.websub_url.rstrip("/")
        self._key = websub_key(settings)
        self._names = names
        self._now = now
        self._wake = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        self._callback = hashlib.sha256(self._key + self._url.encode()).hexdigest()[:16]

    def after_poll(self, feed: FeedEntry, state: FeedState, answer: PollResult) -> FeedState:
        """Bring the subscription in line with what a poll found; see `polling.Beside`."""
        push = state.push
        if answer.known is not None:  # the feed itself was read
            push = self._subscription(push, answer.hub, answer.topic) if answer.hub else None
        if push is not None:
            push = websub.after_poll_beside(push, n_new=answer.n_new)
            self._wake.set()
        state = msgspec.structs.replace(state, push=push)
        return state if answer.failure is not None else self._stretched(feed, state)

    def after_push(self, feed: FeedEntry, state: FeedState, answer: PollResult) -> FeedState:
        """Note a push, after which the feed need not be polled for a while."""
        if state.push is None:
            return state
        push = websub.after_push(state.push, n_new=answer.n_new, now=self._now())
        return self._stretched(feed, msgspec.structs.replace(state, push=push))

    async def run(self) -> None:
        """Ask hubs when it is time to, for ever.

        Raises:
            BrokerError: If a state cannot be kept.
        """
        while True:
            self._wake.clear()
            due = [name for name, state in self._course.states.items() if self._is_due(state.push)]
            for start in range(0, len(due), AT_A_TIME):
                await asyncio.gather(*map(self._ask, due[start : start + AT_A_TIME]))
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY.total_seconds())
            except TimeoutError:
                continue

    async def verify(self, name: str, token: str, query: Mapping[str, str]) -> websub.Reply:
        """Answer a hub that asks whether we meant it, or denies.

        Args:
            name: Of the feed, as the callback names it.
            token: The rest of the callback.
            query: The hub's parameters.

        Raises:
            BrokerError: If what follows cannot be kept.
        """
        state = self._course.states.get(name)
        if state is None or state.push is None or not self._is_ours(state, token):
            return websub.Reply(503) if self._is_elsewhere(name) else websub.NOT_WANTED
        reply, push = websub.after_verification(state.push, query, now=self._now())
        if push != state.push:
            log.info(
                "hub has spoken", feed=name, hub=push.hub, phase=push.phase.value, why=push.reason
            )
            await self.feeds.change(name, lambda now: _with_push(now, push, self._now()))
        return reply

    def distribute(
        self, name: str, token: str, body: bytes, *, signature: str, content_type: str
    ) -> int:
        """Take what a hub pushes.

        What is not signed with our secret is ignored, and says so to nobody but
        the log.

        Returns:
            The status to answer with: 202; 404 or 410 where there is no such
            subscription; 503 where the hub should come again.

        References:
            WebSub, section 7 (a 2xx says that it was received) and 7.1.2.
        """
        state = self._course.states.get(name)
        if unwanted := self._unwanted(state, name, token):
            self._course.pushes["unwanted"] += 1
            return unwanted
        assert state is not None  # noqa: S101  # it would be unwanted
        assert state.push is not None  # noqa: S101  # the same
        if not websub.is_signed(body, signature, websub.secret_of(self._key, name, state.push)):
            self._course.pushes["badly_signed"] += 1
            log.warning("push ignored: not signed with our secret", feed=name, hub=state.push.hub)
            return 202
        if len(self._open) >= MAX_OPEN:
            self._course.pushes["too_many"] += 1
            return 503
        self._course.pushes["received"] += 1
        headers = {"content-type": content_type}
        answer = Fetched(url=state.push.topic, status=200, headers=headers, body=body)
        task = self.feeds.push(name, answer)
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        return 202

    def _unwanted(self, state: FeedState | None, name: str, token: str) -> int:
        """Give the status for a push that belongs to no subscription of ours; 0 where it does."""
        if state is None:
            return 503 if self._is_elsewhere(name) else 404
        if state.push is None or state.retired:
            return 410
        return 0 if self._is_ours(state, token) else 404

    def _subscription(self, push: Push | None, hub: str, topic: str) -> Push:
        return websub.subscription(
            push, hub=hub, topic=topic, callback=self._callback, now=self._now()
        )

    def _stretched(self, feed: FeedEntry, state: FeedState) -> FeedState:
        if state.next_poll is None:
            return state
        later = websub.next_poll(
            state.push, state.next_poll, longest=feed.bounds.most, now=self._now()
        )
        return msgspec.structs.replace(state, next_poll=later)

    def _is_due(self, push: Push | None) -> bool:
        return push is not None and (
            push.callback != self._callback or websub.is_due(push, now=self._now())
        )

    async def _ask(self, name: str) -> None:
        state = self._course.states.get(name)
        if state is None or state.push is None:
            return
        push = self._subscription(state.push, state.push.hub, state.push.topic)
        # Before the hub is asked: some verify before they answer.
        asked = websub.requested(push, now=self._now())
        await self.feeds.change(name, lambda now: msgspec.structs.replace(now, push=asked))
        token = websub.token_of(self._key, name, push)
        callback = f"{self._url}/websub/{quote(name)}/{token}"
        secret = websub.secret_of(self._key, name, push)
        answer = await self._fetch.post(
            push.hub, websub.form(push, callback_url=callback, secret=secret)
        )
        if isinstance(answer, Fetched) and 200 <= answer.status < 300:  # noqa: PLR2004
            return
        error = f"HTTP {answer.status}" if isinstance(answer, Fetched) else answer.detail
        log.info("hub refuses", feed=name, hub=push.hub, error=error)
        await self.feeds.change(name, lambda now: _refused(now, push, error, self._now()))

    def _is_ours(self, state: FeedState, token: str) -> bool:
        if state.push is None:
            return False
        expected = websub.token_of(self._key, state.id, state.push)
        return hmac.compare_digest(expected.encode(), token.encode())

    def _is_elsewhere(self, name: str) -> bool:
        """Whether another process polls a feed, or this one soon."""
        return name in self._names and name not in self._course.states


def _with_push(state: FeedState, push: Push, now: datetime) -> FeedState:
    """Take a subscription's new state; without a hub that pushes, the feed is polled as usual."""
    state = msgspec.structs.replace(state, push=push)
    if websub.is_active(push, now=now) or state.next_poll is None or state.last_poll is None:
        return state
    usual = state.last_poll + timedelta(seconds=state.interval_seconds)
    if state.failures or usual >= state.next_poll:
        return state
    return msgspec.structs.replace(state, next_poll=max(usual, now))


def _refused(state: FeedState, push: Push, error: str, now: datetime) -> FeedState:
    if state.push is None or (state.push.hub, state.push.topic) != (push.hub, push.topic):
        return state
    return msgspec.structs.replace(state, push=websub.refused(state.push, error, now=now))
