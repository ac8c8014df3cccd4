"""Bounded reads and tables: complete, whatever offsets compaction and transactions remove."""

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest
from aiokafka import TopicPartition
from aiokafka.admin.records_to_delete import RecordsToDelete

from streams.errors import BrokerError
from streams.kafka.connection import physical_name, producer
from streams.kafka.decoding import sent_at
from streams.kafka.read import partition_for, read_topics, topics_with_prefix
from streams.kafka.table import read_table, read_table_batches
from streams.kafka.topics import admin
from streams.records.topics import MEMORY, RAW, SUBSCRIPTIONS
from streams.settings import Settings
from tests.support.builders import raw_article
from tests.support.live import EUROPE, send, send_in_transaction

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, MEMORY, SUBSCRIPTIONS, EUROPE)


async def values(settings: Settings, *topics: str, **options: object) -> list[bytes | None]:
    return [message.value async for message in read_topics(settings, *topics, **options)]  # type: ignore[arg-type]


async def table(settings: Settings, topic: str) -> list[tuple[bytes | None, bytes | None]]:
    return [(message.key, message.value) async for message in read_table(settings, topic)]


async def delete_before(settings: Settings, partition: int, offset: int) -> None:
    """Delete the messages of a partition of the raw topic before an offset."""
    place = TopicPartition(physical_name(settings, RAW.name), partition)
    async with admin(settings) as client:
        await client.delete_records({place: RecordsToDelete(before_offset=offset)})


async def test_read_topics_of_empty_topic_is_empty(live: Settings) -> None:
    assert await values(live, RAW.name) == []


async def test_read_topics_yields_each_message_once(live: Settings) -> None:
    sent = [f"{number}".encode() for number in range(500)]
    async with producer(live) as client:
        for value in sent:
            await client.send(physical_name(live, RAW.name), value, key=value)

    assert sorted(await values(live, RAW.name)) == sorted(sent)


async def test_read_topics_in_order_sorts_by_time(live: Settings) -> None:
    sent = [f"{number}".encode() for number in range(50)]
    for value in sent:
        await send(live, RAW, value, key=value)

    assert await values(live, RAW.name, in_order=True) == sent


PROGRAM = """
import asyncio, sys
from streams.kafka.read import read_topics
from streams.settings import Settings

async def first():
    async for message in read_topics(Settings(broker=sys.argv[1], topic_prefix=sys.argv[2]),
                                     "articles.raw.v1", in_order=True):
        return message.value

print(asyncio.run(first()))
"""


async def test_read_topics_may_be_abandoned(live: Settings) -> None:
    await send(live, RAW, b"first", key=b"k")

    process = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", PROGRAM, live.broker, live.topic_prefix],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (process.stdout, process.stderr) == ("b'first'\n", "")


async def test_read_topics_ends_at_initial_end(live: Settings) -> None:
    await send(live, RAW, b"before", key=b"k")
    reading = read_topics(live, RAW.name)

    first = await anext(reading)
    await send(live, RAW, b"meanwhile", key=b"k")

    assert [first.value, *[message.value async for message in reading]] == [b"before"]


async def test_read_topics_reads_partitions_of_key(live: Settings) -> None:
    keys = [f"{number}".encode() for number in range(20)]
    for key in keys:
        await send(live, RAW, key, key=key)

    read = await values(live, RAW.name, keys=[b"7"])

    assert read == [key for key in keys if partition_for(key, 8) == partition_for(b"7", 8)]


async def test_read_topics_starts_at_time(live: Settings) -> None:
    await send(live, RAW, b"early", key=b"k")
    [early] = [message async for message in read_topics(live, RAW.name)]
    await send(live, RAW, b"late", key=b"k")

    after = sent_at(early) + timedelta(milliseconds=1)

    assert await values(live, RAW.name, since=after) == [b"late"]
    assert await values(live, RAW.name, since=after + timedelta(days=1)) == []


async def test_read_topics_passes_deleted_messages(live: Settings) -> None:
    partition = partition_for(b"k", 8)
    await send(live, RAW, b"1", b"2", key=b"k")
    await delete_before(live, partition, 1)
    rest = await values(live, RAW.name)

    await delete_before(live, partition, 2)

    assert rest == [b"2"]
    assert await values(live, RAW.name) == []


async def test_read_topics_names_missing_topic(live: Settings) -> None:
    with pytest.raises(BrokerError, match=r"routed\.nowhere"):
        await values(live, "routed.nowhere.v1")


async def test_read_topics_accepts_missing_topic(
    live: Settings,
) -> None:
    await send(live, RAW, b"1", key=b"k")

    assert await values(live, "routed.nowhere.v1", RAW.name, missing_ok=True) == [b"1"]


async def test_read_topics_reports_progress(live: Settings) -> None:
    await send(live, RAW, b"1", b"2", b"3", key=b"k")
    reports: list[tuple[int, int]] = []

    await values(live, RAW.name, progress=lambda done, total: reports.append((done, total)))

    assert reports[-1] == (3, 3)
    assert reports == sorted(reports)


async def test_read_table_yields_values_and_tombstones_in_order(
    live: Settings,
) -> None:
    await send(live, MEMORY, b"1", b"2", key=b"a")
    await send(live, MEMORY, b"3", key=b"b")
    await send(live, MEMORY, None, key=b"a")

    assert await table(live, MEMORY.name) == [
        (b"a", b"1"),
        (b"a", b"2"),
        (b"b", b"3"),
        (b"a", None),
    ]


async def test_read_table_batches_equals_read_table(live: Settings) -> None:
    await send(live, MEMORY, b"1", None, key=b"a")
    batches = [batch async for batch in read_table_batches(live, MEMORY.name)]

    await send(live, MEMORY, b"2", key=b"b")

    assert all(batches)
    assert [message.value for batch in batches for message in batch] == [b"1", None]
    assert [batch async for batch in read_table_batches(live, SUBSCRIPTIONS.name)] == []


async def test_read_table_ends_after_transaction_marker(live: Settings) -> None:
    await send_in_transaction(live, SUBSCRIPTIONS, b"1", key=b"a")

    assert await table(live, SUBSCRIPTIONS.name) == [(b"a", b"1")]


async def test_read_table_includes_last_acknowledged_message(live: Settings) -> None:
    article = raw_article()

    for number in range(20):
        await send(live, SUBSCRIPTIONS, b"%d" % number, key=article.id.encode())
        assert (await table(live, SUBSCRIPTIONS.name))[-1][1] == b"%d" % number


async def test_topics_with_prefix_lists_the_routes(live: Settings) -> None:
    assert await topics_with_prefix(live, "routed.") == ["routed.europe.v1"]
