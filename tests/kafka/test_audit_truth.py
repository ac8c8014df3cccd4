"""`streams audit` beside a plain count, and readers beside foreign records, on a live Kafka."""

from collections.abc import Sequence

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from streams.alerts.backtest import backtest
from streams.alerts.store import open_table, read_searches
from streams.driver import Driver
from streams.inspect.audit import AuditExit, audit
from streams.inspect.dead_letters import read_dead_letters, read_index
from streams.inspect.trace import trace_article
from streams.kafka.connection import connection_options, physical_name, producer
from streams.kafka.read import partitions_of
from streams.kafka.subscribe import follow_topic
from streams.kafka.topic_sizes import topic_sizes
from streams.records import ORIGIN_HEADER, Subscription, Topic, encode
from streams.records.topics import (
    ALERTS,
    CLEAN,
    DEAD_LETTER,
    DROPPED,
    DUPLICATES,
    ENRICHED,
    FEEDS,
    IMPORTS,
    MEMORY,
    RAW,
    ROUTED,
    SUBSCRIPTIONS,
    UNIQUE,
    routed_topic,
)
from streams.settings import Settings
from streams.sources.feeds.state import read_states
from streams.sources.imports.position import read_positions
from streams.topology import STAGES
from tests.support.builders import enriched_article, raw_article
from tests.support.independent_count import count_independently
from tests.support.live import send
from tests.support.stored import HEADERS, KEYS, TIMESTAMPS, VALUES

pytestmark = pytest.mark.kafka

UNMATCHED = routed_topic("unmatched")
FOREIGN = (SUBSCRIPTIONS, FEEDS, IMPORTS, MEMORY, ALERTS, CLEAN, UNIQUE, ENRICHED, DROPPED)
LIVE_TOPICS = (RAW, *FOREIGN, DUPLICATES, DEAD_LETTER, UNMATCHED)

N_ARTICLES = 6


async def run_stages(settings: Settings, sources: Sequence[str]) -> list[str]:
    """Send articles, and all that the stages make of them; return their origins."""
    driver, origins = Driver(), []
    for source in sources:
        article = raw_article(source=source, url=f"https://{source}.test/a", external_id=source)
        [origin] = await send(settings, RAW, article)
        before = {topic: len(messages) for topic, messages in driver.topics.items()}
        driver.put(article)
        for topic, messages in driver.topics.items():
            for message in messages[before.get(topic, 0) :]:
                if topic != RAW.name:
                    known = UNMATCHED.name if topic.startswith(ROUTED) else topic
                    await send_as(settings, known, message.key, message.value, origin)
        origins.append(origin)
    return origins


async def send_as(
    settings: Settings, topic: str, key: bytes | None, value: bytes | None, origin: str | bytes
) -> None:
    """Send a message with an origin."""
    header = origin.encode() if isinstance(origin, str) else origin
    async with producer(settings) as client:
        await client.send_and_wait(
            physical_name(settings, topic), value, key=key, headers=[(ORIGIN_HEADER, header)]
        )


async def commit_all(settings: Settings, *stages: str) -> None:
    """Commit the ends of their topics for these stages, as if they had read everything."""
    for stage in STAGES:
        if stage.name not in stages:
            continue
        client = AIOKafkaConsumer(
            **connection_options(settings),
            group_id=settings.topic_prefix + stage.app_id,
            enable_auto_commit=False,
        )
        await client.start()
        names = [topic.name for topic, _ in stage.reads]
        partitions = await partitions_of(client, settings, names)
        client.assign(partitions)
        ends: dict[TopicPartition, int] = await client.end_offsets(partitions)
        await client.commit({at: OffsetAndMetadata(end, "") for at, end in ends.items()})
        await client.stop()


async def test_audit_counts_as_a_plain_consumer_does(live: Settings) -> None:
    names = [f"source-{number}" for number in range(N_ARTICLES)]
    origins = await run_stages(live, names)
    lost = await send(live, RAW, raw_article(source="lost-1"), raw_article(source="lost-2"))
    await send_as(live, DROPPED.name, b"k", b"{}", lost[0])
    await send_as(live, ENRICHED.name, b"k", encode(enriched_article(source="forged")), lost[1])
    await send_as(live, UNMATCHED.name, b"k", encode(enriched_article()), b"\xff\xfe")
    await commit_all(live, *(stage.name for stage in STAGES))

    result = await audit(live)
    plain = await count_independently(str(live.broker), live.topic_prefix)

    assert result.lost == plain.missing == sorted(lost)
    assert result.origins == len(plain.raw) == N_ARTICLES + 2
    assert result.n_routed == len(plain.routed) > 0
    assert len(result.unreadable) == plain.unreadable == 2
    assert set(origins) == plain.ended.keys()
    assert result.exit is AuditExit.MISSING


async def test_audit_says_who_has_not_read(live: Settings) -> None:
    await run_stages(live, ["one"])
    await commit_all(live, "clean", "dedupe", "tag")

    result = await audit(live)

    assert (result.unread, result.exit) == ({"route": 1}, AuditExit.UNREAD)


async def test_audit_of_articles_that_all_arrived(live: Settings) -> None:
    await run_stages(live, ["one", "two"])
    await commit_all(live, *(stage.name for stage in STAGES))

    assert (await audit(live)).exit is AuditExit.ACCOUNTED_FOR


async def send_pills(settings: Settings, topic: Topic) -> None:
    """Send everything that another program may send to a topic."""
    name = physical_name(settings, topic.name)
    small = [value for value in VALUES if value is None or len(value) < 200_000]
    async with producer(settings) as client:
        for key in KEYS[1:]:
            await client.send_and_wait(name, b"{}", key=key)
            await client.send_and_wait(name, None, key=key)
        for value in small:
            await client.send_and_wait(name, value, key=b"k")
        for headers in HEADERS:
            await client.send_and_wait(name, b"{}", key=b"k", headers=list(headers))
        for timestamp in TIMESTAMPS[1:4:2]:
            await client.send_and_wait(name, b"{}", key=b"k", timestamp_ms=timestamp)


async def test_readers_survive_foreign_records(live: Settings) -> None:
    search = Subscription(id="rates", query="bridge")
    for topic in (*FOREIGN, DUPLICATES, DEAD_LETTER, UNMATCHED):
        await send_pills(live, topic)
    await send(live, SUBSCRIPTIONS, search)
    [origin] = await run_stages(live, ["one"])

    async with open_table(live) as table:
        assert table.get("rates") == search
    assert await read_searches(live) == {"rates": search}
    assert await read_states(live) == {}
    assert await read_positions(live) == {}
    assert (await backtest(live, search)).n_articles == 1
    assert {entry.origin for entry in await trace_article(live, origin=origin)} == {origin}
    assert not (await read_index(live)).is_open("0-0")
    assert [letter async for letter in read_dead_letters(live)] == []
    assert (await topic_sizes(live, [UNMATCHED.name]))[UNMATCHED.name].newest is not None
    received = follow_topic(live, UNMATCHED.name, start="beginning", until_end=True)
    assert [item.origin async for item in received] == [origin]
    assert (await audit(live)).missing == []
