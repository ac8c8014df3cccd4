"""Run the polling of feeds: fetcher, scheduler, shards and WebSub callbacks together."""

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
    stats: PollStats,
    instance: str = "",
    clock: Clock | None = None,
    chance: Callable[[], float] = random.random,
    hosts: HostLimiter | None = None,
    resolver: AbstractResolver | None = None,
    once: bool = False,
    polled: Callable[[PollRecord], None] = lambda _: None,
) -> None:
    """Poll feeds when they are due, and send new articles to Kafka.

    Processes that run this at the same time share the feeds; each needs the same file. When one
    ends or dies, the others take over its shards.

    **Delivery.** At-least-once: a feed's state is saved after the broker has acknowledged its
    articles, so after a crash in between they are sent again, and deduplication recognizes
    their ids. After a restart every feed keeps the time of its next poll, so that not all are
    polled at once.

    With a ``websub_url`` in the settings, feeds are also subscribed at their hubs.

    Args:
        settings: Settings of the broker and of WebSub.
        file: Configuration of the feeds.
        stop: Once set, no poll starts, and running ones end within a second or two.
        stats: Statistics, updated with each poll.
        instance: Unique name of this process; see `join_group`.
        clock: Defaults to the system clock.
        chance: Returns random numbers from 0 up to 1, for the schedule.
        hosts: Limits for each host. Defaults to those of `fetcher`.
        resolver: Resolves host names. Defaults to the system's resolver.
        once: Whether to end when every feed that is due was polled.
        polled: Called after each poll.

    Raises:
        BrokerError: If the broker cannot be reached, or does not acknowledge.
        SettingsError: If WebSub is enabled and its key or port cannot be used.
    """
    clock = clock or SystemClock()
    async with (
        producer(settings) as client,
        fetcher(contact=file.contact, hosts=hosts, resolver=resolver) as fetch,
    ):
        hubs = None
        if settings.websub_url:
            names = frozenset(feed.name for feed in file.feed if not feed.paused)
            private = {feed.name: file.private_hubs_of(feed) for feed in file.feed}
            hubs = Subscriber(
                fetch,
                stats,
                settings=settings,
                names=names,
                now=clock.now,
                private_hosts=lambda name: private.get(name, frozenset()),
            )
        scheduler = PollScheduler(
            Poller(
                fetch,
                Robots(fetch, now=clock.now),
                now=clock.now,
                private_hosts=file.private_hosts_of,
            ),
            KafkaSink(Sender(client, settings), clock.now),
            stats,
            clock=clock,
            chance=chance,
            polled=polled,
            push_hooks=hubs,
        )
        async with (
            join_group(settings, instance=instance, lost=scheduler.release) as shards,
            serve_callbacks(hubs, scheduler, settings),
        ):
            assigned = asyncio.Event()
            await until_first_ends(
                _poll(scheduler, assigned, stop, once=once),
                _add_assigned_feeds(settings, file, shards, scheduler, assigned),
                shards.membership,
                *([hubs.run()] if hubs else []),
            )


async def _poll(
    scheduler: PollScheduler, assigned: asyncio.Event, stop: asyncio.Event, *, once: bool
) -> None:
    await until_first_ends(assigned.wait(), stop.wait())
    if not stop.is_set():
        await scheduler.run(stop, once=once)


async def _add_assigned_feeds(
    settings: Settings,
    file: FeedFile,
    shards: ShardAssignment,
    scheduler: PollScheduler,
    assigned: asyncio.Event,
) -> None:
    """Add the feeds of each new assignment to the scheduler, with the states saved by others."""
    while True:
        await shards.changed.wait()
        shards.changed.clear()
        generation = shards.generation
        states = await read_states(settings)
        if shards.generation != generation:  # revoked while the states were read
            continue
        own = [
            (feed, state_of(feed, states))
            for feed in file.feed
            if shards.owns(feed.url) and not feed.paused
        ]
        scheduler.add_feeds(own, others=states.values())
        assigned.set()
