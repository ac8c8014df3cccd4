"""Measure how many records wait for the stages, from the offsets that their groups committed."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import consumer, physical_name
from streams.kafka.topics import admin
from streams.settings import Settings
from streams.topology import STAGES, Stage

STANDING_SECONDS: Final = 15.0
"""A stage that commits nothing for this time has stopped; what waits for it is not counted."""

_MEMBERS: Final = 5
"""Position of the members in a group of ``DescribeGroupsResponse`` (Kafka's protocol guide)."""


@dataclass(slots=True)
class _Progress:
    committed: int = -1
    moved_at: float = 0.0


class GroupLag:
    """Measures the lag of all stages that run; connects at the first call.

    Args:
        settings: Settings with a broker.
        now: Clock, in seconds.
    """

    def __init__(self, settings: Settings, *, now: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._now = now
        self._stack = AsyncExitStack()
        self._clients: tuple[AIOKafkaAdminClient, AIOKafkaConsumer] | None = None
        self._progress = {stage.name: _Progress() for stage in STAGES}

    async def measure(self) -> int:
        """Return the records that are not done, over all stages that have members and progress.

        A stage commits once a second, so up to a second of its work counts as not done.

        Raises:
            BrokerError: If the broker does not answer.
        """
        try:
            return sum([await self._lag(stage) for stage in STAGES])
        except (KafkaError, OSError, LookupError, ValueError) as error:
            await self.close()
            raise BrokerError(f"the lag of the stages cannot be measured: {error!r}") from error

    async def close(self) -> None:
        """Close the connections."""
        self._clients = None
        await self._stack.aclose()

    async def _connected(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        if self._clients is None:
            admin_client = await self._stack.enter_async_context(admin(self._settings))
            reader = await self._stack.enter_async_context(consumer(self._settings))
            self._clients = (admin_client, reader)
        return self._clients

    async def _lag(self, stage: Stage) -> int:
        admin_client, reader = await self._connected()
        group = self._settings.topic_prefix + stage.app_id
        described: Any = await admin_client.describe_consumer_groups([group])
        if not described[0].groups[0][_MEMBERS]:
            return 0
        offsets = await admin_client.list_consumer_group_offsets(group)
        topics = {physical_name(self._settings, topic.name) for topic, _ in stage.reads}
        committed = {
            partition: max(0, found.offset)
            for partition, found in offsets.items()
            if partition.topic in topics
        }
        names = await admin_client.describe_topics(sorted(topics))
        partitions = [
            TopicPartition(found["topic"], part["partition"])
            for found in names
            for part in found["partitions"]
        ]
        ends = await reader.end_offsets(partitions)
        lag = sum(max(0, end - committed.get(part, 0)) for part, end in ends.items())
        return lag if self._moves(stage, sum(committed.values()), is_behind=lag > 0) else 0

    def _moves(self, stage: Stage, committed: int, *, is_behind: bool) -> bool:
        """Return whether a stage that is behind has committed lately."""
        progress = self._progress[stage.name]
        if committed != progress.committed or not is_behind:
            progress.committed, progress.moved_at = committed, self._now()
        return self._now() - progress.moved_at < STANDING_SECONDS
