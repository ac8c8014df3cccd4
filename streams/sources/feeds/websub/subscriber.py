"""Subscribe feeds at their hubs, and handle the hubs' requests; the logic is in `subscription`."""

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

CHECK_INTERVAL: Final = timedelta(seconds=20)
"""Interval at which due subscriptions are searched, in addition to after each poll."""

MAX_REQUESTS: Final = 8
"""Hubs called at a time: most feeds have the same few hubs, whose requests are limited too."""

MAX_OPEN: Final = 64
"""Largest number of accepted pushes in progress; more are refused, and hubs repeat them later."""


class FeedStates(Protocol):
    """The states of the polled feeds, as `streams.sources.feeds.polling.scheduler` holds them."""

    async def change(self, name: str, change: Callable[[FeedState], FeedState]) -> None:
        """Change the state of a feed."""
        ...

    def push(self, name: str, body: Fetched) -> "asyncio.Task[None]":
        """Start to process a feed's body like the response of a poll."""
        ...


class Subscriber:
    """Maintains a subscription for every feed that names a hub.

    Args:
        fetch: Sends requests to hubs; their addresses are checked like those of feeds.
        stats: States of the feeds that are currently polled.
        settings: Public URL of the callbacks, and the key from which they are made.
        names: Ids of all feeds, including those that other processes poll.
        now: Returns the current time.
        private_hosts: Returns the private hosts that the hub of a feed, by its id, may be on.

    Attributes:
        feeds: The feeds to change; must be set before the first request.

    Raises:
        SettingsError: If there is no key, and none can be created.
    """

    feeds: FeedStates

    def __init__(
        self,
        fetch: Fetcher,
        stats: PollStats,
        *,
        settings: Settings,
        names: Collection[str],
        now: Callable[[], datetime],
        private_hosts: Callable[[str], Collection[str]] = lambda _: (),
    ) -> None:
        self._private_hosts = private_hosts
        self._fetch = fetch
        self._stats = stats
        self._url = settings.websub_url.rstrip("/")
        self._key = websub_key(settings)
        self._names = names
        self._now = now
        self._wake = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        self._callback = hashlib.sha256(self._key + self._url.encode()).hexdigest()[:16]

    def after_poll(self, feed: FeedEntry, state: FeedState, result: PollResult) -> FeedState:
        """Update the subscription with the result of a poll; see `scheduler.PushHooks`."""
        push = state.push
        if result.known is not None:  # the feed was parsed
            push = self._subscription(push, result.hub, result.topic) if result.hub else None
        if push is not None:
            push = websub.after_poll(push, n_new=result.n_new)
            self._wake.set()
        state = msgspec.structs.replace(state, push=push)
        return state if result.failure is not None else self._with_next_poll(feed, state)

    def after_push(self, feed: FeedEntry, state: FeedState, result: PollResult) -> FeedState:
        """Record a push, after which the feed is polled later."""
        if state.push is None:
            return state
        push = websub.after_push(state.push, n_new=result.n_new, now=self._now())
        return self._with_next_poll(feed, msgspec.structs.replace(state, push=push))

    async def run(self) -> None:
        """Send requests for due subscriptions, until canceled.

        Raises:
            BrokerError: If a state cannot be saved.
        """
        while True:
            self._wake.clear()
            due = [name for name, state in self._stats.states.items() if self._is_due(state.push)]
            for start in range(0, len(due), MAX_REQUESTS):
                await asyncio.gather(*map(self._request, due[start : start + MAX_REQUESTS]))
            try:
                await asyncio.wait_for(self._wake.wait(), CHECK_INTERVAL.total_seconds())
            except TimeoutError:
                continue

    async def verify(self, name: str, token: str, query: Mapping[str, str]) -> websub.Reply:
        """Handle a hub's verification of intent or denial.

        Args:
            name: Id of the feed in the callback URL.
            token: Token in the callback URL.
            query: Parameters of the request.

        Raises:
            BrokerError: If the new state cannot be saved.
        """
        state = self._stats.states.get(name)
        if state is None or state.push is None or not self._is_valid_token(state, token):
            return websub.Reply(503) if self._is_elsewhere(name) else websub.NOT_FOUND
        reply, push = websub.after_verification(state.push, query, now=self._now())
        if push != state.push:
            log.info(
                "subscription changed",
                feed=name,
                hub=push.hub,
                phase=push.phase.value,
                why=push.reason,
            )
            await self.feeds.change(name, lambda now: _with_push(now, push, self._now()))
        return reply

    def distribute(
        self, name: str, token: str, body: bytes, *, signature: str, content_type: str
    ) -> int:
        """Handle a push.

        A push that is not signed with our secret is ignored and logged; the hub gets 202.

        Returns:
            The status of the response: 202; 404 or 410 if there is no such subscription; 503
            if the hub should repeat the push later.

        References:
            WebSub, section 7 (a 2xx acknowledges receipt) and 7.1.2.
        """
        state = self._stats.states.get(name)
        if refusal := self._refusal_status(state, name, token):
            self._stats.pushes["unwanted"] += 1
            return refusal
        assert state is not None  # noqa: S101  # otherwise it is refused above
        assert state.push is not None  # noqa: S101  # the same
        if not websub.is_signed(body, signature, websub.secret_of(self._key, name, state.push)):
            self._stats.pushes["badly_signed"] += 1
            log.warning("push with invalid signature ignored", feed=name, hub=state.push.hub)
            return 202
        if len(self._open) >= MAX_OPEN:
            self._stats.pushes["too_many"] += 1
            return 503
        self._stats.pushes["received"] += 1
        headers = {"content-type": content_type}
        pushed = Fetched(url=state.push.topic, status=200, headers=headers, body=body)
        task = self.feeds.push(name, pushed)
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        return 202

    def _refusal_status(self, state: FeedState | None, name: str, token: str) -> int:
        """Return the status for a push without a subscription; 0 if there is a subscription."""
        if state is None:
            return 503 if self._is_elsewhere(name) else 404
        if state.push is None or state.retired:
            return 410
        return 0 if self._is_valid_token(state, token) else 404

    def _subscription(self, push: Push | None, hub: str, topic: str) -> Push:
        return websub.subscription(
            push, hub=hub, topic=topic, callback=self._callback, now=self._now()
        )

    def _with_next_poll(self, feed: FeedEntry, state: FeedState) -> FeedState:
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

    async def _request(self, name: str) -> None:
        state = self._stats.states.get(name)
        if state is None or state.push is None:
            return
        push = self._subscription(state.push, state.push.hub, state.push.topic)
        # Saved before the request: some hubs verify before they respond.
        requested = websub.after_request(push, now=self._now())
        await self.feeds.change(name, lambda now: msgspec.structs.replace(now, push=requested))
        token = websub.token_of(self._key, name, push)
        callback = f"{self._url}/websub/{quote(name)}/{token}"
        secret = websub.secret_of(self._key, name, push)
        response = await self._fetch.allowing(self._private_hosts(name)).post(
            push.hub, websub.request_form(push, callback_url=callback, secret=secret)
        )
        if isinstance(response, Fetched) and 200 <= response.status < 300:  # noqa: PLR2004
            return
        error = f"HTTP {response.status}" if isinstance(response, Fetched) else response.detail
        log.info("subscription request failed", feed=name, hub=push.hub, error=error)
        await self.feeds.change(name, lambda now: _after_refusal(now, push, error, self._now()))

    def _is_valid_token(self, state: FeedState, token: str) -> bool:
        if state.push is None:
            return False
        expected = websub.token_of(self._key, state.id, state.push)
        return hmac.compare_digest(expected.encode(), token.encode())

    def _is_elsewhere(self, name: str) -> bool:
        """Return whether another process polls a feed, or this one will soon."""
        return name in self._names and name not in self._stats.states


def _with_push(state: FeedState, push: Push, now: datetime) -> FeedState:
    """Return a state with a subscription; without an active one, the usual poll time applies."""
    state = msgspec.structs.replace(state, push=push)
    if websub.is_active(push, now=now) or state.next_poll is None or state.last_poll is None:
        return state
    usual = state.last_poll + timedelta(seconds=state.interval_seconds)
    if state.failures or usual >= state.next_poll:
        return state
    return msgspec.structs.replace(state, next_poll=max(usual, now))


def _after_refusal(state: FeedState, push: Push, error: str, now: datetime) -> FeedState:
    if state.push is None or (state.push.hub, state.push.topic) != (push.hub, push.topic):
        return state
    return msgspec.structs.replace(state, push=websub.after_refusal(state.push, error, now=now))
