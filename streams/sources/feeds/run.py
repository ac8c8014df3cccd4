"""Feeds in, raw articles in Kafka out, for months: who is due is polled, what is known is kept."""

import asyncio
import random
from collections.abc import Callable

from aiohttp.abc import AbstractResolver

from streams.config.feeds import FeedFile
from streams.fetch.fetcher import fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import Robots
from streams.kafka.connection import producer
from streams.kafka.sender import Sender
from streams.runtime.background import until_first_ends
from streams.runtime.clock import Clock, SystemClock
from streams.settings import Settings
from streams.sources.feeds.polling.poller import Poller
from streams.sources.feeds.polling.scheduler import PollScheduler
from streams.sources.feeds.polling.sharding import ShardAssignment, join_group
from streams.sources.feeds.polling.sink import KafkaSink
from streams.sources.feeds.polling.stats import PollRecord, PollStats
from streams.sources.feeds.state import read_states, state_of
from streams.sources.feeds.websub.callback import serve_callbacks
from streams.sources.feeds.websub.subscriber import Subscriber


async def run_feeds(
    settings: Settings,
    file: FeedFile,
    *,
    stop: asyncio.Event,
    course: PollStats,
    instance: str = "",
    clock: Clock | None = None,
    chance: Callable[[], float] = random.random,
    hosts: HostLimiter | None = None,
    resolver: AbstractResolver | None = None,
    once: bool = False,
    polled: Callable[[PollRecord], None] = lambda _: None,
) -> None:
    """Poll feeds as they become due, and send what is new.

    Processes that run this at the same time share the feeds; each needs the
    same file. One that ends or dies leaves its share to the others.

    **Delivery.** At-least-once: a feed's state is written after the broker has
    acknowledged its articles, so a crash between sends them again, and
    deduplication knows them by their id. After a restart every feed keeps the
    time of its next poll: there is no storm.

    With a ``websub_url`` in the settings, hubs push what feeds have, too.

    Args:
        settings: With a broker.
        file: Which feeds, and how.
        stop: Once set, no poll begins, and those in progress end within a second or two.
        course: Counts.
        instance: Name of this process among those who share; see `join_group`.
        clock: None: the wall's.
        chance: From 0 up to 1, for the schedule.
        hosts: Turns of each host; None: the usual.
        resolver: Who resolves names; None: the system.
        once: Whether to end when every feed that is due was polled.
        polled: Told of each poll.

    Raises:
        BrokerError: If the broker cannot be reached, or does not acknowledge.
        SettingsError: If hubs shall push, and nothing can listen for them.
    """
    clock = clock or SystemClock()
    allowed = frozenset(file.allow_private_hosts)
    async with (
        producer(settings) as client,
        fetcher(contact=file.contact, allowed=allowed, hosts=hosts, resolver=resolver) as fetch,
    ):
        hubs = None
        if settings.websub_url:
            names = frozenset(feed.name for feed in file.feed if not feed.paused)
            hubs = Subscriber(fetch, course, settings=settings, names=names, now=clock.now)
        polling = PollScheduler(
            Poller(fetch, Robots(fetch, now=clock.now), now=clock.now),
            KafkaSink(Sender(client, settings), clock.now),
            course,
            clock=clock,
            chance=chance,
            polled=polled,
            beside=hubs,
        )
        async with (
            join_group(settings, instance=instance, lost=polling.release) as shares,
            serve_callbacks(hubs, polling, settings),
        ):
            taken = asyncio.Event()
            await until_first_ends(
                _poll(polling, taken, stop, once=once),
                _take(settings, file, shares, polling, taken),
                shares.staying,
                *([hubs.run()] if hubs else []),
            )


async def _poll(
    polling: PollScheduler, taken: asyncio.Event, stop: asyncio.Event, *, once: bool
) -> None:
    await until_first_ends(taken.wait(), stop.wait())
    if not stop.is_set():
        await polling.go(stop, once=once)


async def _take(
    settings: Settings,
    file: FeedFile,
    shares: ShardAssignment,
    polling: PollScheduler,
    taken: asyncio.Event,
) -> None:
    """Take the feeds of each share that this process is given, as others have left them."""
    while True:
        await shares.changed.wait()
        shares.changed.clear()
        generation = shares.generation
        states = await read_states(settings)
        if shares.generation != generation:  # they were taken away again meanwhile
            continue
        mine = [
            (feed, state_of(feed, states))
            for feed in file.feed
            if shares.has(feed.url) and not feed.paused
        ]
        polling.take(mine, others=states.values())
        taken.set()
