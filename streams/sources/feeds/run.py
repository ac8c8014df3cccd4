"""Feeds in, raw articles in Kafka out, for months: who is due is polled, what is known is kept."""

import asyncio
import heapq
import random
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas import DecodeError, FeedState, RawArticle, decode, encode
from schemas.topics import DEAD_LETTER, FEEDS, RAW
from streams.errors import BrokerError
from streams.kafka.connection import physical_name, producer
from streams.kafka.table import read_table
from streams.settings import Settings
from streams.sources.article import checked
from streams.sources.feeds.feed_file import FeedEntry, FeedFile
from streams.sources.feeds.known import KEY_BYTES, SIZE
from streams.sources.feeds.poll import Poller
from streams.sources.feeds.schedule import after_poll
from streams.sources.fetch import fetcher
from streams.sources.fetch_pace import Hosts
from streams.sources.fetch_robots import Robots
from streams.sources.problem import SourceProblem, source_dead_letter

KEPT_EVERY: Final = 5
"""Articles of one poll after which its state is written: so many pages are fetched twice at most
after a crash."""

AT_A_TIME: Final = 64
"""Feeds polled at a time: with answers of a second, 64 feeds/s, far more than thousands need."""

NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass
class Course:
    """What a run has done so far.

    Attributes:
        n_polls: Feeds asked.
        n_failed: Of these, how many gave none.
        n_sent: Articles that the broker has acknowledged.
        n_refused: Of entries that became dead letters.
    """

    n_polls: int = 0
    n_failed: int = 0
    n_sent: int = 0
    n_refused: int = 0


async def read_states(settings: Settings) -> dict[str, FeedState]:
    """Read what is known of every feed; what is no state is left out.

    Raises:
        BrokerError: If the broker cannot be reached, or has no such topic.
    """
    states: dict[str, FeedState] = {}
    async for message in read_table(settings, FEEDS.name):
        name = (message.key or b"").decode("utf-8", "replace")
        try:
            states[name] = decode(message.value or b"", FeedState)
        except DecodeError:
            states.pop(name, None)
    return states


def state_of(feed: FeedEntry, states: dict[str, FeedState]) -> FeedState:
    """Give the state of a feed; a new one if it has none, or its owner gave it another URL."""
    state = states.get(feed.name)
    if state is None:
        return FeedState(id=feed.name, url=feed.url, given_url=feed.url)
    if state.given_url != feed.url:
        # Another address is another server: nothing that the old one said holds, but its entries.
        return FeedState(id=feed.name, url=feed.url, given_url=feed.url, known=state.known)
    return state


async def run_feeds(
    settings: Settings,
    file: FeedFile,
    *,
    stop: asyncio.Event,
    course: Course,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    chance: Callable[[], float] = random.random,
    hosts: Hosts | None = None,
    once: bool = False,
    polled: Callable[[FeedState], None] | None = None,
) -> None:
    """Poll feeds as they become due, and send what is new.

    **Delivery.** At-least-once: a feed's state is written after the broker has
    acknowledged its articles, so a crash between sends them again, and
    deduplication knows them by their id. After a restart every feed keeps the
    time of its next poll: there is no storm.

    Args:
        settings: With a broker.
        file: Which feeds, and how.
        stop: Once set, polls in progress are finished, and no new ones begun.
        course: Counts.
        now: The clock.
        chance: From 0 up to 1, for the schedule.
        hosts: Turns of each host; None: the usual.
        once: Whether to end when every feed that is due was polled.
        polled: Told each new state.

    Raises:
        BrokerError: If the broker cannot be reached, or does not acknowledge.
    """
    states = await read_states(settings)
    allowed = frozenset(file.allow_private_hosts)
    async with (
        producer(settings) as client,
        fetcher(contact=file.contact, allowed=allowed, hosts=hosts) as fetch,
    ):
        poller = Poller(fetch, Robots(fetch, now=now), now=now)
        run = _Run(client, settings, poller, course, now, chance, polled)
        try:
            await run.go([(feed, state_of(feed, states)) for feed in file.feed], stop, once=once)
        except KafkaError as error:
            raise BrokerError(f"sending to {settings.broker}: {error!r}") from error


@dataclass
class _Run:
    client: AIOKafkaProducer
    settings: Settings
    poller: Poller
    course: Course
    now: Callable[[], datetime]
    chance: Callable[[], float]
    polled: Callable[[FeedState], None] | None
    due: list[tuple[datetime, str]] = field(default_factory=list)
    feeds: dict[str, tuple[FeedEntry, FeedState]] = field(default_factory=dict)
    owners: dict[bytes, str] = field(default_factory=dict)

    async def go(
        self, feeds: Iterable[tuple[FeedEntry, FeedState]], stop: asyncio.Event, *, once: bool
    ) -> None:
        for feed, state in feeds:
            self.feeds[feed.name] = (feed, state)
            self._own(state)
            if not state.retired:
                heapq.heappush(self.due, (state.next_poll or NEVER, feed.name))
        tasks: set[asyncio.Task[None]] = set()
        try:
            async for name in self._names(stop, tasks, once=once):
                tasks.add(asyncio.create_task(self._poll(name, again=not once)))
            if tasks:
                await asyncio.wait(tasks)
                _raise_of(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _names(
        self, stop: asyncio.Event, tasks: set[asyncio.Task[None]], *, once: bool
    ) -> AsyncIterator[str]:
        """Give the feeds as they become due; raise what a poll could not bear."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                _raise_of(tasks)
                tasks -= {task for task in tasks if task.done()}
                wait = (self.due[0][0] - self.now()).total_seconds() if self.due else None
                if wait is not None and wait <= 0 and len(tasks) < AT_A_TIME:
                    yield heapq.heappop(self.due)[1]
                elif once and not tasks:
                    return
                elif once and (wait is None or wait > 0):
                    await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
                else:
                    longest = None if wait is None or wait <= 0 else wait
                    await asyncio.wait(
                        {*tasks, stopping},
                        timeout=longest,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
        finally:
            stopping.cancel()

    async def _poll(self, name: str, *, again: bool) -> None:
        feed, state = self.feeds[name]
        delivery = _Delivery(self, state)
        answer = await self.poller.poll(
            feed, state, deliver=delivery.deliver, elsewhere=_Elsewhere(self.owners, name)
        )
        state = after_poll(state, answer, now=self.now(), bounds=feed.bounds, chance=self.chance())
        await self.keep(state)
        self.feeds[name] = (feed, state)
        self._own(state)
        self.course.n_polls += 1
        self.course.n_failed += answer.failure is not None
        if again and not state.retired:
            heapq.heappush(self.due, (state.next_poll or NEVER, name))
        if self.polled:
            self.polled(state)

    async def keep(self, state: FeedState) -> None:
        """Write the state of a feed, and wait until the broker has it."""
        await self._acknowledged(FEEDS.name, encode(state), state.id.encode())

    async def send(self, article: RawArticle) -> None:
        """Send an article, and wait until the broker has it; one that is none, as a dead letter."""
        item = checked(article, place=f"{article.source}: {article.url or article.external_id}")
        if isinstance(item, SourceProblem):
            letter = source_dead_letter(item, now=self.now())
            await self._acknowledged(DEAD_LETTER.name, encode(letter), None)
            self.course.n_refused += 1
        else:
            await self._acknowledged(RAW.name, encode(item), item.id.encode())
            self.course.n_sent += 1

    async def _acknowledged(self, topic: str, value: bytes, key: bytes | None) -> None:
        await self.client.send_and_wait(physical_name(self.settings, topic), value, key=key)

    def _own(self, state: FeedState) -> None:
        known = state.known
        for start in range(0, len(known) - SIZE + 1, SIZE):
            self.owners.setdefault(known[start : start + KEY_BYTES], state.id)


@dataclass
class _Delivery:
    """Sends the articles of one poll, and keeps what is known as it goes."""

    run: _Run
    state: FeedState
    n_articles: int = 0

    async def deliver(self, article: RawArticle, mark: bytes) -> None:
        await self.run.send(article)
        self.n_articles += 1
        known = self.state.known + mark
        self.state = msgspec.structs.replace(self.state, known=known)
        # A first poll may take minutes, a page a second: a crash must not begin it anew.
        if self.n_articles % KEPT_EVERY == 0:
            # Without what says "unchanged", so that the rest is asked for.
            await self.run.keep(
                msgspec.structs.replace(self.state, etag="", last_modified="", body_hash="")
            )


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """The entries that other feeds have brought; a feed's own are none of them."""

    owners: dict[bytes, str]
    name: str

    def __contains__(self, key: object) -> bool:
        owner = self.owners.get(key) if isinstance(key, bytes) else None
        return owner is not None and owner != self.name


def _raise_of(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()):
            raise error
