"""Divide the feeds among processes, with a Kafka consumer group."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Final

import xxhash
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener

from streams.errors import BrokerError
from streams.kafka.connection import consumer
from streams.kafka.errors import translate_errors
from streams.kafka.partition_watch import PartitionWatch
from streams.kafka.read import existing_topics
from streams.kafka.topic_watch import TopicWatch
from streams.records.topics import FEEDS
from streams.settings import Settings
from streams.text.urls import registrable_domain

GROUP: Final = "news-sources"
"""The consumer group; its name never changes."""


def shard_of(url: str, n_shards: int) -> int:
    """Return the shard of a feed; all feeds of a site are in one shard.

    So no two processes send requests to the same site, and its limits hold over all processes.

    Args:
        url: Address of the feed in the configuration.
        n_shards: Number of shards.

    Examples:
        >>> shard_of("https://news.test/rss", 8) == shard_of("https://www.news.test/sport", 8)
        True
    """
    return xxhash.xxh3_64_intdigest((registrable_domain(url) or url).encode()) % n_shards


class ShardAssignment(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """The shards assigned to this process; create it with `join_group`.

    Args:
        client: Connected consumer without a subscription.
        topic: Physical name of the topic whose partitions are the shards.
        lost: See `join_group`.
        settings: Settings that say how often the topic is looked at.

    Attributes:
        watch: Watches the partitions, and that the topic stays the same.
        n_shards: Number of shards; 0 before the first assignment.
        owned: Shards of this process.
        generation: Number that increases with every change.
        changed: Set after an assignment.
        membership: Task that ends only when the process can no longer be a member.
    """

    def __init__(
        self,
        client: AIOKafkaConsumer,
        topic: str,
        lost: Callable[[], Awaitable[None]],
        *,
        settings: Settings,
    ) -> None:
        self._client = client
        self._topic = topic
        self._lost = lost
        self.watch = PartitionWatch(lambda: client, settings=settings, topics=TopicWatch([topic]))
        self.n_shards = 0
        self.owned: Collection[int] = frozenset()
        self.generation = 0
        self.changed = asyncio.Event()
        client.subscribe([topic], listener=self)
        self.membership: asyncio.Task[None] = asyncio.create_task(self._keep_membership())

    def owns(self, url: str) -> bool:
        """Return whether this process polls a feed."""
        return shard_of(url, self.n_shards) in self.owned

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:  # noqa: ARG002
        """Release all shards; their next owners start when this returns."""
        self.generation += 1
        self.owned = frozenset()
        self.changed.clear()
        await self._lost()

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Take over the assigned shards."""
        # The group only assigns shards; its messages are read by others (`read_states`).
        self._client.pause(*assigned)
        self.n_shards = len(self._client.partitions_for_topic(self._topic) or ())
        self.generation += 1
        self.owned = frozenset(partition.partition for partition in assigned)
        self.changed.set()

    async def _keep_membership(self) -> None:
        async with translate_errors(f"sharing {FEEDS.name}"):
            while True:
                # A member that does not poll for messages is removed after five minutes.
                await self._client.getmany(timeout_ms=1000)
                self._check_topic()

    def _check_topic(self) -> None:
        """End if the topic of the states is another one, or gone: the states are read again.

        Raises:
            BrokerError: If so.
        """
        topics = self.watch.topics
        if topics.recreated or topics.has_waited_in_vain(is_idle_in_vain=False):
            raise BrokerError(f"sharing {FEEDS.name}: {topics.problem}")


@asynccontextmanager
async def join_group(
    settings: Settings, *, instance: str, lost: Callable[[], Awaitable[None]]
) -> AsyncIterator[ShardAssignment]:
    """Join the group of processes that share the feeds; leave it on exit.

    Args:
        settings: Settings of the broker. A member that is silent for ``session_seconds`` loses
            its shards.
        instance: Unique name of the member. It keeps its shards while it restarts, and has
            them back at once. If empty, they are assigned to others.
        lost: Called when the shards are revoked; they are assigned to others when it returns.

    Raises:
        BrokerError: If the broker cannot be reached, or the topic does not exist.
    """
    options = {
        "group_instance_id": instance or None,
        "session_timeout_ms": int(settings.session_seconds * 1000),
        "heartbeat_interval_ms": int(min(3.0, settings.session_seconds / 3) * 1000),
    }
    async with consumer(settings, group=GROUP, **options) as client:
        (topic,) = await existing_topics(client, settings, (FEEDS.name,))
        shards = ShardAssignment(client, topic, lost, settings=settings)
        watching = asyncio.ensure_future(shards.watch.keep_watching())
        try:
            yield shards
        finally:
            for task in (shards.membership, watching):
                task.cancel()
            await asyncio.gather(shards.membership, watching, return_exceptions=True)
