"""Poll one feed on request: preview its entries, or send the new ones."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from streams.config.feeds import FeedEntry, FeedFile
from streams.errors import UsageError
from streams.fetch.fetcher import Fetched, fetcher
from streams.fetch.robots import Robots
from streams.kafka.connection import producer
from streams.kafka.sender import Sender
from streams.records import FeedState, RawArticle
from streams.runtime.clock import Clock, SystemClock
from streams.settings import Settings
from streams.sources.feeds.login import login_hint, read_credentials
from streams.sources.feeds.parsing.model import Entry, Feed, FeedError
from streams.sources.feeds.parsing.parse import parse_feed
from streams.sources.feeds.polling.poller import ACCEPT, Poller
from streams.sources.feeds.polling.scheduler import PollScheduler
from streams.sources.feeds.polling.seen_entries import new_entries
from streams.sources.feeds.polling.sink import KafkaSink
from streams.sources.feeds.polling.stats import PollStats
from streams.sources.feeds.state import read_states, state_of


@dataclass(frozen=True, kw_only=True)
class FeedPreview:
    """Entries of a feed now.

    Attributes:
        feed: Content of the feed; None if it cannot be fetched or parsed.
        error: Why there is no content; empty if there is.
        new: The entries that the next poll would send, new or changed; None if the state of the
            feed is unknown.
    """

    feed: Feed | None = None
    error: str = ""
    new: frozenset[Entry] | None = None

    def is_new(self, entry: Entry) -> bool | None:
        """Return whether the next poll would send an entry; None if unknown."""
        return None if self.new is None else entry in self.new


@dataclass(frozen=True, kw_only=True)
class PollOutcome:
    """Result of a poll on request.

    Attributes:
        articles: Articles sent, oldest first.
        n_refused: Number of entries that became dead letters.
        error: Error of the poll; empty if it succeeded.
    """

    articles: tuple[RawArticle, ...]
    n_refused: int
    error: str


async def preview_feed(
    entry: FeedEntry, file: FeedFile, states: Mapping[str, FeedState] | None
) -> FeedPreview:
    """Fetch a feed and compare its entries with its state; nothing is sent or stored.

    Args:
        entry: The feed.
        file: File of the feed: contact and private hosts.
        states: States of the feeds; None if unknown.
    """
    state = state_of(entry, dict(states or {}))
    allowed = file.private_hosts_of(entry)
    try:
        credentials = read_credentials(entry)
    except UsageError as error:
        return FeedPreview(error=f"login: {error}")
    async with fetcher(contact=file.contact, allowed=allowed) as fetch:
        response = await fetch.fetch(
            state.url, headers={"Accept": ACCEPT}, credentials=credentials, keeps_start=True
        )
    if not isinstance(response, Fetched):
        hint = login_hint(response, credentials, url=state.url)
        return FeedPreview(error=response.detail + hint)
    try:
        feed = parse_feed(response.body, url=response.url, charset=response.charset)
    except FeedError as error:
        return FeedPreview(error=f"not a feed: {error}")
    if states is None:
        return FeedPreview(feed=feed)
    found = new_entries(
        feed.entries,
        state.known,
        identities=state.identities,
        source=entry.name,
        now=SystemClock().now(),
    )
    new = frozenset(each.entry for each in (*found.new, *found.changed))
    return FeedPreview(feed=feed, new=new)


async def poll_now(
    settings: Settings, entry: FeedEntry, file: FeedFile, *, clock: Clock | None = None
) -> PollOutcome:
    """Poll a feed that is not due, send its new entries, and store its state.

    **Delivery.** As `streams.sources.feeds.run.run_feeds`. A process that polls the same feed keeps
    its own view of the state: it may send the same entries once more, and deduplication recognizes
    them by their ids.

    Args:
        settings: Settings with a broker.
        entry: The feed; it is polled even if it is paused or retired.
        file: File of the feed: contact and private hosts.
        clock: Clock; None for the system's.

    Raises:
        BrokerError: If the broker is unreachable or does not acknowledge.
    """
    clock = clock or SystemClock()
    states = await read_states(settings)
    state = msgspec.structs.replace(state_of(entry, states), next_poll=None, retired=False)
    async with (
        producer(settings) as client,
        fetcher(contact=file.contact) as fetch,
    ):
        sink = _RecordingSink(KafkaSink(Sender(client, settings), clock.now))
        stats = PollStats()
        poller = Poller(
            fetch, Robots(fetch, now=clock.now), now=clock.now, private_hosts=file.private_hosts_of
        )
        scheduler = PollScheduler(poller, sink, stats, clock=clock)
        scheduler.add_feeds([(entry, state)], others=states.values())
        await scheduler.run(asyncio.Event(), once=True)
    return PollOutcome(
        articles=tuple(sink.articles), n_refused=stats.n_refused, error=sink.last_error
    )


@dataclass
class _RecordingSink:
    """Passes articles and states on, and remembers them."""

    sink: KafkaSink
    articles: list[RawArticle] = field(default_factory=list)
    last_error: str = ""

    async def save(self, state: FeedState) -> None:
        await self.sink.save(state)
        self.last_error = state.last_error

    async def send(self, article: RawArticle) -> bool:
        accepted = await self.sink.send(article)
        if accepted:
            self.articles.append(article)
        return accepted
