"""Bind the committed positions of a consumer group to the topics in which they were reached.

Kafka keeps a position by the name of the topic. If the topic is deleted and created again while a
member runs, the member may commit positions of the old topic for the new one, and records before
these positions would never be read. So each commit carries the id of the topic, and a position of
another topic does not count: the new topic is read from its beginning.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from streams.kafka.topic_ids import read_topic_ids

log = structlog.get_logger()

PREFIX: Final = "topic-id:"
"""Begin of the metadata of our commits; others may write anything there."""


class BoundPositions:
    """The topics that a member of a group reads, as they were when it got its positions.

    Attributes:
        ids: Short id of each topic, by physical name; those of the latest assignment. Empty before
            the first one, and with brokers before Kafka 2.8.
        of_other_topics: Partitions whose committed position belongs to another topic of that name.
    """

    def __init__(self) -> None:
        self.ids: Mapping[str, str] = MappingProxyType({})
        self.of_other_topics: set[TopicPartition] = set()

    def renew(self, ids: Mapping[str, str]) -> None:
        """Take other ids for topics whose partitions are read from their beginning from now on."""
        self.ids = {**self.ids, **ids}

    def bound(
        self, offsets: Mapping[TopicPartition, OffsetAndMetadata]
    ) -> dict[TopicPartition, OffsetAndMetadata]:
        """Return positions to commit, with the ids of their topics."""
        return {
            at: OffsetAndMetadata(each.offset, each.metadata or self._metadata(at))
            for at, each in offsets.items()
        }

    def _metadata(self, partition: TopicPartition) -> str:
        topic_id = self.ids.get(partition.topic, "")
        return PREFIX + topic_id if topic_id else ""

    def valid(
        self, offsets: Mapping[TopicPartition, OffsetAndMetadata]
    ) -> dict[TopicPartition, OffsetAndMetadata]:
        """Return the committed positions that belong to the current topics.

        Positions without a topic id, as older versions committed, are believed.
        """
        valid = {at: each for at, each in offsets.items() if self._is_valid(at, each.metadata)}
        self.of_other_topics = self.of_other_topics - valid.keys() | (offsets.keys() - valid.keys())
        return valid

    def _is_valid(self, partition: TopicPartition, metadata: str | None) -> bool:
        topic_id = self.ids.get(partition.topic, "")
        if not topic_id or not (metadata or "").startswith(PREFIX):
            return True
        return metadata == PREFIX + topic_id


def bind_positions(client: AIOKafkaConsumer) -> BoundPositions:
    """Bind the positions of a consumer to its topics; a second call changes nothing.

    Args:
        client: A started consumer with a group, which has not joined it yet.
    """
    # aiokafka has no public way to its coordinator; its version is pinned (pyproject.toml).
    coordinator = client._coordinator  # noqa: SLF001
    existing: BoundPositions | None = getattr(coordinator, "news_positions", None)
    if existing is not None:
        return existing
    positions = coordinator.news_positions = BoundPositions()
    fetch = coordinator._do_fetch_commit_offsets  # noqa: SLF001
    commit = coordinator._do_commit_offsets  # noqa: SLF001

    async def fetch_valid(partitions: Any) -> dict[TopicPartition, OffsetAndMetadata]:
        wanted = list(partitions)
        topics = {partition.topic for partition in wanted}
        found = await read_topic_ids(client._client, topics)  # noqa: SLF001
        positions.renew(found.ids)
        offsets = await fetch(wanted)
        valid = positions.valid(offsets)
        if len(valid) < len(offsets):
            log.warning("topic recreated, reading from its beginning", topics=sorted(topics))
        return valid

    async def commit_bound(assignment: Any, offsets: Any) -> None:
        await commit(assignment, positions.bound(offsets))

    coordinator._do_fetch_commit_offsets = fetch_valid  # noqa: SLF001
    coordinator._do_commit_offsets = commit_bound  # noqa: SLF001
    return positions


def positions_of(client: AIOKafkaConsumer | None) -> BoundPositions:
    """Return the bound positions of a consumer; without topic ids if it has none (yet)."""
    coordinator = getattr(client, "_coordinator", None)
    return getattr(coordinator, "news_positions", None) or BoundPositions()
