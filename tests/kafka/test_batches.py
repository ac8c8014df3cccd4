"""A table in packed batches from a live Kafka: complete, up to its end at the call."""

import pytest
from aiokafka import TopicPartition
from aiokafka.admin.records_to_delete import RecordsToDelete

from streams.errors import BrokerError
from streams.kafka.connection import physical_name, producer
from streams.kafka.read import partition_for
from streams.kafka.table import read_table_batches
from streams.kafka.topics import admin
from streams.records.topics import MEMORY, RAW, SUBSCRIPTIONS
from streams.settings import Settings
from tests.support.live import send, send_in_transaction

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, MEMORY, SUBSCRIPTIONS)


async def values(settings: Settings, topic: str) -> list[bytes | None]:
    batches = read_table_batches(settings, topic)
    return [message.value async for batch in batches for message in batch]


async def delete_before(settings: Settings, partition: int, offset: int) -> None:
    """Delete the messages of a partition of the raw topic before an offset."""
    place = TopicPartition(physical_name(settings, RAW.name), partition)
    async with admin(settings) as client:
        await client.delete_records({place: RecordsToDelete(before_offset=offset)})


async def test_read_table_batches_excludes_later_messages(live: Settings) -> None:
    await send(live, MEMORY, b"1", None, key=b"a")
    batches = [batch async for batch in read_table_batches(live, MEMORY.name)]

    await send(live, MEMORY, b"2", key=b"b")

    assert [(message.key, message.value) for batch in batches for message in batch] == [
        (b"a", b"1"),
        (b"a", None),
    ]
    assert [batch async for batch in read_table_batches(live, SUBSCRIPTIONS.name)] == []


async def test_read_table_batches_reads_all_partitions(live: Settings) -> None:
    expected = [b"%d" % number * 50_000 for number in range(60)]
    reports: list[tuple[int, int]] = []
    async with producer(live) as client:
        for value in expected:
            await client.send(physical_name(live, RAW.name), value, key=value[:9])

    batches = read_table_batches(
        live, RAW.name, progress=lambda done, total: reports.append((done, total))
    )

    received = [message.value async for batch in batches for message in batch]
    assert sorted(received) == sorted(expected)
    assert reports[-1] == (60, 60)
    assert reports == sorted(reports)


async def test_read_table_batches_ends_after_transaction_marker(live: Settings) -> None:
    await send_in_transaction(live, SUBSCRIPTIONS, b"1", key=b"a")

    assert await values(live, SUBSCRIPTIONS.name) == [b"1"]


async def test_read_table_batches_starts_after_deleted_messages(live: Settings) -> None:
    await send(live, RAW, b"1", b"2", b"3", key=b"k")
    await delete_before(live, partition_for(b"k", RAW.partitions), 2)

    assert await values(live, RAW.name) == [b"3"]


async def test_read_table_batches_of_missing_topic_fails(live: Settings) -> None:
    with pytest.raises(BrokerError, match=r"routed\.nowhere"):
        await anext(read_table_batches(live, "routed.nowhere.v1"))
