"""Several processes share the feeds: who is there in, which feeds are whose out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Final

import xxhash
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener

from streams.kafka.connection import consumer
from streams.kafka.errors import translate_errors
from streams.kafka.read import existing_topics
from streams.records.topics import FEEDS
from streams.settings import Settings
from streams.text.urls import registrable_domain

GROUP: Final = "news-sources"
"""The consumer group; fixed for life."""


def shard_of(url: str, n_shares: int) -> int:
    """Say to which share a feed belongs: all feeds of a site to one.

    So no site is asked by two processes, and what it bears at a time holds
    over all of them.

    Args:
        url: Of the feed, as its owner gave it.
        n_shares: How many there are.

    Examples:
        >>> shard_of("https://news.test/rss", 8) == shard_of("https://www.news.test/sport", 8)
        True
    """
    return xxhash.xxh3_64_intdigest((registrable_domain(url) or url).encode()) % n_shares


class ShardAssignment(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """The shares that this process has now; made by `join_group`.

    Attributes:
        number: How many there are; 0 before the first are given.
        owned: Those that this process has.
        generation: Grows with every change.
        changed: Set when it was given some.
        staying: Ends only when the process can be no member any more.
    """

    def __init__(
        self, client: AIOKafkaConsumer, topic: str, lost: Callable[[], Awaitable[None]]
    ) -> None:
        """Join the group.

        Args:
            client: Connected, without a subscription.
            topic: Physical name of the one whose partitions are the shares.
            lost: See `join_group`.
        """
        self._client = client
        self._topic = topic
        self._lost = lost
        self.number = 0
        self.owned: Collection[int] = frozenset()
        self.generation = 0
        self.changed = asyncio.Event()
        client.subscribe([topic], listener=self)
        self.staying: asyncio.Task[None] = asyncio.create_task(self._stay())

    def has(self, url: str) -> bool:
        """Tell whether a feed is this process's to poll."""
        return shard_of(url, self.number) in self.owned

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:  # noqa: ARG002
        """Let go of all; whoever has them next begins when this is done."""
        self.generation += 1
        self.owned = frozenset()
        self.changed.clear()
        await self._lost()

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Take what this process is given."""
        # What is written there is read by others: the group only says whose it is.
        self._client.pause(*assigned)
        self.number = len(self._client.partitions_for_topic(self._topic) or ())
        self.generation += 1
        self.owned = frozenset(one.partition for one in assigned)
        self.changed.set()

    async def _stay(self) -> None:
        async with translate_errors(f"sharing {FEEDS.name}"):
            while True:
                # Whoever never asks for messages is taken for dead after five minutes.
                await self._client.getmany(timeout_ms=1000)


@asynccontextmanager
async def join_group(
    settings: Settings, *, instance: str, lost: Callable[[], Awaitable[None]]
) -> AsyncIterator[ShardAssignment]:
    """Be one of those who share the feeds while the body runs.

    Args:
        settings: With a broker. A member silent for ``session_seconds`` loses its shares.
        instance: Name among them, different for each: a member that comes back under it has its
            shares again at once, and keeps them while it restarts; empty: they go to others.
        lost: Called when the shares are taken away; they are given to others when it is done.

    Raises:
        BrokerError: If the broker cannot be reached, or has no such topic.
    """
    options = {
        "group_instance_id": instance or None,
        "session_timeout_ms": int(settings.session_seconds * 1000),
        "heartbeat_interval_ms": int(min(3.0, settings.session_seconds / 3) * 1000),
    }
    async with consumer(settings, group=GROUP, **options) as client:
        (topic,) = await existing_topics(client, settings, (FEEDS.name,))
        shares = ShardAssignment(client, topic, lost)
        try:
            yield shares
        finally:
            shares.staying.cancel()
            await asyncio.gather(shares.staying, return_exceptions=True)
