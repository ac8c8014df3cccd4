"""Records of aborted transactions reach nobody, and their markers are no lag."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from streams.alerts.store import read_searches
from streams.inspect.audit import audit
from streams.kafka.connection import connection_options, physical_name
from streams.kafka.read import holds_records, readable_lag
from streams.kafka.subscribe import follow_topic
from streams.kafka.table import read_table_batches
from streams.records import RawArticle, encode, routed_topic
from streams.records.topics import CLEAN, MEMORY, RAW, SUBSCRIPTIONS, UNMATCHED, Topic
from streams.settings import Settings
from streams.topology import DEDUPE_STAGE
from tests.support.builders import raw_article
from tests.support.live import EVERYTHING
from tests.support.pipeline import all_ended, child_named, running
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = EVERYTHING


@asynccontextmanager
async def transactions(live: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """Run a producer that writes in transactions, as Kafka Connect and Flink do."""
    client = AIOKafkaProducer(**connection_options(live), transactional_id=live.topic_prefix + "tx")
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


async def write(
    client: AIOKafkaProducer, live: Settings, topic: Topic, value: bytes, *, commit: bool
) -> None:
    """Write a value in a transaction, and commit or abort it."""
    await client.begin_transaction()
    await client.send_and_wait(physical_name(live, topic.name), value, key=b"k", partition=0)
    await (client.commit_transaction() if commit else client.abort_transaction())


def article(word: str) -> RawArticle:
    text = " ".join(f"{word} bridge harbor council river {number}." for number in range(30))
    return raw_article(
        url=f"https://tx.test/{word}", title=word, content_type="text/plain", body=text
    )


async def test_aborted_articles_reach_no_subscriber(live: Settings, tmp_path: Path) -> None:
    async with running(live, tmp_path) as pipeline, transactions(live) as client:
        for word, commit in (("one", True), ("two", False), ("three", True), ("four", False)):
            await write(client, live, RAW, encode(article(word)), commit=commit)
        await all_ended(live, 2, within=timedelta(seconds=30))

        follow = follow_topic(live, routed_topic(UNMATCHED).name, start="beginning", until_end=True)
        titles = {received.record.title async for received in follow}  # type: ignore[attr-defined]
        clean = child_named(pipeline, "clean-1")
        # Four markers and an aborted record follow: with a lag the stage would end as stalled.
        await eventually(lambda: (clean.health["lag"], clean.health["delivered"]) == (0, 2))

    assert titles == {"one", "three"}
    assert (await audit(live)).origins == 2


async def test_tables_leave_out_aborted_records(live: Settings) -> None:
    async with transactions(live) as client:
        await write(client, live, MEMORY, b"committed", commit=True)
        await write(client, live, MEMORY, b"aborted", commit=False)
        await write(client, live, SUBSCRIPTIONS, b"{}", commit=False)

    batches = read_table_batches(live, MEMORY.name)

    assert [each.value async for batch in batches for each in batch] == [b"committed"]
    assert await read_searches(live) == {}


async def test_lag_of_the_doctor_ends_at_the_last_record(live: Settings) -> None:
    async with transactions(live) as client:
        await write(client, live, CLEAN, b"one", commit=True)
        await write(client, live, CLEAN, b"two", commit=False)
    place = TopicPartition(physical_name(live, CLEAN.name), 0)
    [topic] = [topic.name for topic, _ in DEDUPE_STAGE.reads]

    assert await readable_lag(live, [topic], {}) == 4  # the record and the offsets behind it
    assert await readable_lag(live, [topic], {place: 1}) == 0
    assert await holds_records(live, place, 0, 4)
    assert not await holds_records(live, place, 1, 4)
