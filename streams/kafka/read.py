"""Read topics from their beginning to the end that they have at the start of the read."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from streams.errors import BrokerError
from streams.kafka.connection import consumer, logical_name, physical_name
from streams.kafka.cursor import Cursor, read_in_time_order, read_unordered
from streams.kafka.decoding import read_record
from streams.kafka.errors import translate_errors
from streams.kafka.raw_batches import fetching_client
from streams.kafka.topic_ids import read_topic_ids
from streams.records import Record, topic_named
from streams.settings import Settings

OnReadProgress = Callable[[int, int], None]
"""Called with the number of offsets read and to read; gaps of compaction count as read."""


async def read_topics(
    settings: Settings,
    *topics: str,
    keys: Iterable[bytes] | None = None,
    since: datetime | None = None,
    in_order: bool = False,
    missing_ok: bool = False,
    progress: OnReadProgress | None = None,
) -> AsyncIterator[ConsumerRecord]:
    """Read topics from their beginning to their current end, without a group.

    Complete: each message before the end at the start of the read is yielded once, whatever
    offsets compaction and transactions have removed; messages sent later are not yielded.

    Args:
        settings: Settings with a broker.
        topics: Logical names.
        keys: Read only the partitions that can hold one of these keys; messages with other keys in
            these partitions are yielded, too. Defaults to all partitions.
        since: Only messages sent at that time or later (Kafka's timestamp).
        in_order: Whether to sort by time across partitions, not only within each.
        missing_ok: Whether a missing topic counts as empty.
        progress: Called with the number of offsets read and to read.

    Raises:
        BrokerError: If the broker is unreachable, a topic is missing, or no
            partition moves for a minute.
    """
    async with translate_errors(f"reading {', '.join(topics)}"), consumer(settings) as client:
        partitions = await partitions_of(client, settings, topics, missing_ok=missing_ok)
        if keys is not None:
            partitions = _partitions_with(partitions, tuple(keys))
        if not partitions:
            return
        client.assign(partitions)
        if since is not None:
            await seek_to_time(client, partitions, since)
        cursor = Cursor(client, await client.end_offsets(partitions), progress)
        messages = read_in_time_order(cursor) if in_order else read_unordered(cursor)
        async for message in messages:
            yield message


async def topic_id_of(settings: Settings, topic: str) -> str:
    """Return the id that a topic has now, as in an origin; empty if it does not exist.

    Args:
        settings: Settings with a broker.
        topic: Logical name.

    Raises:
        BrokerError: If the broker is unreachable.
    """
    name = physical_name(settings, topic)
    async with translate_errors(f"reading {topic}"), fetching_client(settings) as client:
        return (await read_topic_ids(client, (name,))).ids.get(name, "")


async def message_at(
    settings: Settings, topic: str, partition: int, offset: int
) -> ConsumerRecord | None:
    """Read one message; None if the offset holds none, or no longer.

    Raises:
        BrokerError: If the broker is unreachable, or the topic is missing.
    """
    async with translate_errors(f"reading {topic}"), consumer(settings) as client:
        wanted = TopicPartition(physical_name(settings, topic), partition)
        if wanted not in await partitions_of(client, settings, (topic,)):
            return None
        client.assign([wanted])
        first = (await client.beginning_offsets([wanted]))[wanted]
        end = (await client.end_offsets([wanted]))[wanted]
        if not first <= offset < end:
            return None
        client.seek(wanted, offset)
        cursor = Cursor(client, {wanted: offset + 1}, None)
        async for message in read_unordered(cursor):
            return message
    return None


async def holds_records(
    settings: Settings, partition: TopicPartition, first: int, end: int
) -> bool:
    """Return whether a partition holds a committed record from one offset to before another.

    Other offsets are markers at the ends of transactions, records of aborted transactions, and
    records that were deleted or compacted.

    Args:
        settings: Settings with a broker.
        partition: The partition, with the physical name of its topic.
        first: Offset to begin with.
        end: Offset to end at.

    Raises:
        BrokerError: If the broker is unreachable.
    """
    async with translate_errors(f"reading {partition.topic}"), consumer(settings) as client:
        client.assign([partition])
        client.seek(partition, first)
        async for _ in read_unordered(Cursor(client, {partition: end}, None)):
            return True
    return False


async def readable_lag(
    settings: Settings, topics: Sequence[str], committed: Mapping[TopicPartition, int]
) -> int:
    """Return the number of offsets from the first record that a group has not read to the end.

    In all partitions of the topics, whether a member has them or not. The markers of transactions
    after the last record do not count.

    Args:
        settings: Settings with a broker.
        topics: Logical names.
        committed: Committed offsets of the group by partition.

    Raises:
        BrokerError: If the broker is unreachable, or a topic is missing.
    """
    async with translate_errors("reading offsets"), consumer(settings) as client:
        partitions = await partitions_of(client, settings, topics)
        starts = await client.beginning_offsets(partitions)
        ends = await client.end_offsets(partitions)
        positions = {each: max(starts[each], committed.get(each, 0)) for each in partitions}
        behind = {each: ends[each] for each in partitions if positions[each] < ends[each]}
        if not behind:
            # Before the assignment: aiokafka's fetcher ignores a stop right after one, so that each
            # disconnecting took the longest wait of `consumer`.
            return 0
        client.assign(list(behind))
        for partition in behind:
            client.seek(partition, positions[partition])
        lag = 0
        cursor = Cursor(client, dict(behind), None)
        await cursor.update_positions()
        while cursor.pending:
            for partition, messages in (await cursor.fetch(cursor.pending)).items():
                if messages and partition in behind:
                    lag += behind.pop(partition) - messages[0].offset
                    cursor.leave(partition)
    return lag


async def partitions_of(
    client: AIOKafkaConsumer, settings: Settings, topics: Sequence[str], *, missing_ok: bool = False
) -> list[TopicPartition]:
    """List all partitions of topics.

    Args:
        client: A connected client without a subscription; partition 0 of each topic stays assigned.
        settings: Settings of the client.
        topics: Logical names.
        missing_ok: Whether a missing topic has no partitions.

    Raises:
        BrokerError: If a topic is missing.
    """
    existing = await existing_topics(client, settings, topics, missing_ok=missing_ok)
    firsts = [TopicPartition(name, 0) for name in existing]
    client.assign(firsts)
    # A request for offsets waits until the client knows the topic; `assign` alone does not.
    await client.end_offsets(firsts)
    return [
        TopicPartition(first.topic, number)
        for first in firsts
        for number in sorted(client.partitions_for_topic(first.topic) or ())
    ]


async def existing_topics(
    client: AIOKafkaConsumer, settings: Settings, topics: Sequence[str], *, missing_ok: bool = False
) -> list[str]:
    """Return the physical names of topics, without those that do not exist.

    Raises:
        BrokerError: If a topic is missing, unless ``missing_ok``.
    """
    existing = await client.topics()
    names = [physical_name(settings, topic) for topic in topics]
    missing = [name for name in names if name not in existing]
    if missing and not missing_ok:
        raise BrokerError(f"no topic {missing[0]}: create it with `streams topics create`")
    return [name for name in names if name in existing]


async def topics_with_prefix(settings: Settings, prefix: str) -> list[str]:
    """List the topics on the broker whose logical names begin with ``prefix``, sorted."""
    async with translate_errors("listing the topics"), consumer(settings) as client:
        existing: set[str] = await client.topics()
    start = physical_name(settings, prefix)
    return sorted(logical_name(settings, name) for name in existing if name.startswith(start))


async def seek_to_time(
    client: AIOKafkaConsumer, partitions: Sequence[TopicPartition], time: datetime
) -> None:
    """Seek to the first message sent at a time or later; to the end if there is none."""
    milliseconds = max(0, int(time.timestamp() * 1000))
    positions = await client.offsets_for_times(dict.fromkeys(partitions, milliseconds))
    ends = await client.end_offsets(partitions)
    for partition in partitions:
        position = positions.get(partition)
        client.seek(partition, ends[partition] if position is None else position.offset)


def partition_for(key: bytes, n_partitions: int) -> int:
    """Return the partition of a key, as Java's producers and aiokafka's choose it.

    References:
        Kafka's default partitioner for keyed records: murmur2, positive, modulo.

    Examples:
        >>> partition_for(b"6b626991-d331-5668-91ea-aedb6407150e", 8)
        4
    """
    chosen: int = DefaultPartitioner()(key, list(range(n_partitions)), [])
    return chosen


def record_in(message: ConsumerRecord, settings: Settings) -> Record | None:
    """Return the record of a message as `read_record`, which sets aside what is none.

    Raises:
        KeyError: If the pipeline has no such topic.
    """
    return read_record(message, *topic_named(logical_name(settings, message.topic)).records)


def _partitions_with(
    partitions: Sequence[TopicPartition], keys: Sequence[bytes]
) -> list[TopicPartition]:
    sizes: dict[str, int] = {}
    for partition in partitions:
        sizes[partition.topic] = sizes.get(partition.topic, 0) + 1
    return [
        partition
        for partition in partitions
        if any(partition_for(key, sizes[partition.topic]) == partition.partition for key in keys)
    ]
