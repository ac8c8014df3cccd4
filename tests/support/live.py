"""Settings and topics of one test on the live Kafka, with a unique prefix."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition

from streams.kafka.connection import connection_options, consumer, physical_name, producer
from streams.kafka.read import existing_topics, partitions_of, read_topics
from streams.kafka.topics import admin, create_topics
from streams.records import TOPICS, Record, Topic, encode, routed_topic
from streams.records.topics import UNMATCHED
from streams.settings import Settings
from tests.support.waiting import eventually

EUROPE = routed_topic("europe")

EVERYTHING = (*TOPICS, EUROPE, routed_topic(UNMATCHED))


@pytest.fixture
async def live(broker: str, request: pytest.FixtureRequest) -> AsyncIterator[Settings]:
    """Return settings for the session's Kafka, with topics that no other test uses.

    They are deleted afterward: clients read the partitions of all topics, so that each test would
    make every later one slower.

    A module that needs only a few topics names them in ``LIVE_TOPICS``, to save time.
    """
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:20].strip("-")
    prefix = f"{name}-{uuid4().hex[:8]}."
    settings = Settings(broker=broker, topic_prefix=prefix)
    topics = getattr(request.module, "LIVE_TOPICS", EVERYTHING)
    await create_topics(settings, topics)
    await wait_for_leaders(settings, topics)
    yield settings
    async with admin(settings) as client:
        names = await client.list_topics()
        await client.delete_topics(
            [each for each in names if each.startswith(settings.topic_prefix)]
        )


async def wait_for_leaders(settings: Settings, topics: Sequence[Topic]) -> None:
    """Wait until every partition answers; a topic is listed before it can be used."""
    names = [topic.name for topic in topics]
    async with consumer(settings) as client:

        async def all_exist() -> bool:
            existing = await existing_topics(client, settings, names, missing_ok=True)
            return len(existing) == len(names)

        await eventually(all_exist, within=timedelta(seconds=30))
        await client.end_offsets(await partitions_of(client, settings, names))


async def send(
    settings: Settings,
    topic: Topic,
    *values: Record | bytes | None,
    key: bytes | None = None,
    headers: Iterable[tuple[str, bytes]] = (),
) -> list[str]:
    """Send values to a topic, records under their own keys; return their origins."""
    origins = []
    async with producer(settings) as client:
        for value in values:
            record = isinstance(value, Record)
            sent = await client.send_and_wait(
                physical_name(settings, topic.name),
                encode(value) if isinstance(value, Record) else value,
                key=getattr(value, topic.key).encode() if record and key is None else key,
                headers=list(headers),
            )
            origins.append(f"{topic.name}-{sent.partition}-{sent.offset}")
    return origins


async def send_in_transaction(
    settings: Settings, topic: Topic, value: bytes, *, key: bytes
) -> None:
    """Send a value in a transaction, and wait for the marker that its end leaves after it.

    The coordinator of a transaction confirms a commit before it has written the markers; until
    then a reader of committed records does not see the value.
    """
    client = AIOKafkaProducer(
        **connection_options(settings), transactional_id=f"{settings.topic_prefix}writer"
    )
    await client.start()
    async with client.transaction():
        sent = await client.send_and_wait(physical_name(settings, topic.name), value, key=key)
    await client.stop()
    async with consumer(settings) as reader:
        partition = TopicPartition(sent.topic, sent.partition)
        reader.assign([partition])

        async def is_committed() -> bool:
            ends: dict[TopicPartition, int] = await reader.end_offsets([partition])
            return ends[partition] > sent.offset

        await eventually(is_committed)


async def messages_on(settings: Settings, topic: Topic) -> list[ConsumerRecord]:
    """Return all messages of a topic, in the order of sending."""
    return [message async for message in read_topics(settings, topic.name, in_order=True)]
