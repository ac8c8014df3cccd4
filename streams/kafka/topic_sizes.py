"""Number of records, size and newest record of topics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.kafka.connection import consumer, logical_name
from streams.kafka.cursor import Cursor, read_unordered
from streams.kafka.decoding import sent_at
from streams.kafka.errors import translate_errors
from streams.kafka.log_dirs import partition_sizes
from streams.kafka.read import partitions_of
from streams.settings import Settings


@dataclass(frozen=True, kw_only=True)
class TopicSize:
    """Size of a topic on the broker.

    Attributes:
        n_partitions: Number of partitions.
        n_records: Number of offsets between beginning and end; compaction and transactions leave
            gaps, so that a compacted topic may have fewer records.
        n_bytes: Size on disk, one replica counted; None if the brokers do not tell.
        newest: Time at which the newest record was sent; None without a record.
    """

    n_partitions: int
    n_records: int
    n_bytes: int | None
    newest: datetime | None


async def topic_sizes(settings: Settings, topics: Sequence[str]) -> dict[str, TopicSize]:
    """Return the size of each topic that exists, by its logical name.

    Raises:
        BrokerError: If the broker cannot be reached.
    """
    async with translate_errors("measuring the topics"), consumer(settings) as client:
        partitions = await partitions_of(client, settings, topics, missing_ok=True)
        if not partitions:
            return {}
        client.assign(partitions)
        starts = await client.beginning_offsets(partitions)
        ends = await client.end_offsets(partitions)
        filled = {each: end for each, end in ends.items() if end > starts[each]}
        newest = await _newest(client, filled) if filled else {}
    sizes = await partition_sizes(settings, partitions)
    by_topic: dict[str, list[TopicPartition]] = {}
    for partition in partitions:
        by_topic.setdefault(partition.topic, []).append(partition)
    return {
        logical_name(settings, name): TopicSize(
            n_partitions=len(own),
            n_records=sum(ends[each] - starts[each] for each in own),
            n_bytes=sum(sizes[each] for each in own) if sizes.keys() >= set(own) else None,
            newest=newest.get(name),
        )
        for name, own in by_topic.items()
    }


async def _newest(
    client: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]
) -> dict[str, datetime]:
    """Return when the last record of each topic was sent, by the topic's physical name.

    Args:
        client: A connected client without a subscription.
        ends: End offsets of partitions that have records: a fetch of an empty one would wait for
            records before it answers.
    """
    client.assign(list(ends))
    for partition, end in ends.items():
        client.seek(partition, end - 1)
    newest: dict[str, datetime] = {}
    async for message in read_unordered(Cursor(client, dict(ends), None)):
        sent = sent_at(message)
        newest[message.topic] = max(sent, newest.get(message.topic, sent))
    return newest
