"""A topic that is deleted and created again, below processes that go on."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from streams.kafka.bound_positions import positions_of
from streams.kafka.connection import consumer, physical_name
from streams.kafka.read import read_topics
from streams.kafka.subscribe import Received, follow_topic
from streams.kafka.topics import create_topics, delete_topics
from streams.records import ORIGIN_HEADER, Origin, Topic, routed_topic
from streams.records.topics import CLEAN, DEAD_LETTER, DROPPED, RAW
from streams.serve.producer import ReconnectingProducer
from streams.serve.push.sender import ArticleSender
from streams.settings import Settings
from streams.supervisor.supervisor import Child, Supervisor
from tests.support.builders import enriched_article, raw_article
from tests.support.live import send, wait_for_leaders
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

ROUTE = routed_topic("europe")

LIVE_TOPICS = (RAW, CLEAN, DROPPED, DEAD_LETTER, ROUTE)

WAIT = timedelta(seconds=60)
"""A worker notices within 15 s by default, within a second in these tests."""


async def recreate(live: Settings, topic: Topic) -> None:
    """Delete a topic and create it again."""
    await delete_topics(live, [topic.name])

    async def is_created() -> bool:
        return bool(await create_topics(live, [topic]))

    await eventually(is_created, within=WAIT)
    await wait_for_leaders(live, (topic,))


def often(live: Settings) -> Settings:
    """Return settings of processes that look at their topics each second."""
    return live.model_copy(update={"partition_check_seconds": 1.0})


async def test_worker_reads_all_of_recreated_topic(live: Settings, tmp_path: Path) -> None:
    child = Child("clean-1", ("worker", "clean", "--instance", "1"), tmp_path / "clean-1.log")
    supervisor = Supervisor([child], often(live).environment())
    running = asyncio.ensure_future(supervisor.run())
    first = [raw_article(url=f"https://news.test/{number}") for number in range(20)]
    second = [raw_article(url=f"https://news.test/again/{number}") for number in range(30)]

    async def cleaned() -> set[Origin]:
        return {
            Origin.parse(dict(message.headers)[ORIGIN_HEADER].decode())
            async for message in read_topics(live, CLEAN.name)
        }

    async def n_cleaned() -> int:
        return len({str(origin) for origin in await cleaned()})

    try:
        await send(live, RAW, *first)
        await eventually(lambda: child.health.get("delivered") == len(first), within=WAIT)
        await recreate(live, RAW)
        await send(live, RAW, *second)

        async def has_all() -> bool:
            return await n_cleaned() == len(first) + len(second)

        await eventually(has_all, within=WAIT)
    finally:
        supervisor.stop()
        await running

    assert {len(origin.topic_id) for origin in await cleaned()} == {8}
    assert len({origin.topic_id for origin in await cleaned()}) == 2
    assert "created again" in child.reason


async def test_worker_without_topic_is_not_ready_and_ends(live: Settings, tmp_path: Path) -> None:
    child = Child("clean-1", ("worker", "clean", "--instance", "1"), tmp_path / "clean-1.log")
    supervisor = Supervisor([child], often(live).environment())
    running = asyncio.ensure_future(supervisor.run())
    try:
        await eventually(lambda: child.ready, within=WAIT)
        await delete_topics(live, [RAW.name])

        await eventually(lambda: not child.ready, within=timedelta(seconds=20))
        await eventually(lambda: child.restarts > 0, within=WAIT)
    finally:
        supervisor.stop()
        await running


async def test_group_reads_recreated_topic_from_its_beginning(live: Settings) -> None:
    topic = physical_name(live, RAW.name)
    places = [TopicPartition(topic, number) for number in range(RAW.partitions)]
    async with consumer(live, group="bound") as client:
        client.assign(places)
        await client.committed(places[0])
        stale = dict(positions_of(client).ids)
        await recreate(live, RAW)
        # What a member does that has not noticed: it commits positions of the old topic.
        positions_of(client).renew(stale)
        await client.commit({place: OffsetAndMetadata(5, "") for place in places})

    async with consumer(live, group="bound") as client:
        client.assign(places)

        assert {await client.committed(place) for place in places} == {None}
        assert positions_of(client).of_other_topics == set(places)


async def test_push_is_sent_again_after_recreation(live: Settings) -> None:
    sender = ReconnectingProducer(live)
    article = raw_article(url="https://news.test/rain")
    async with sender.running():
        await eventually(lambda: sender.ready, within=WAIT)
        intake = ArticleSender(sender.send, topic_id=sender.topic_id)
        [before] = await intake.send([article])
        [known] = await intake.send([article])
        await recreate(live, RAW)

        [after] = await intake.send([article])

    assert (before.repeated, known.repeated, after.repeated) == (False, True, False)
    assert Origin.parse(before.origin) != Origin.parse(after.origin)
    assert len([message async for message in read_topics(live, RAW.name)]) == 1


async def test_subscriber_gets_records_of_recreated_route(live: Settings) -> None:
    got: list[Received] = []
    wanted = asyncio.Event()

    async def follow() -> None:
        async for received in follow_topic(often(live), ROUTE.name, start="beginning"):
            got.append(received)
            wanted.set()

    await send(live, ROUTE, enriched_article(title="Open"))
    following = asyncio.ensure_future(follow())
    try:
        await asyncio.wait_for(wanted.wait(), WAIT.total_seconds())
        await recreate(live, ROUTE)
        await send(live, ROUTE, enriched_article(title="Closed after a day"))

        await eventually(lambda: len(got) == 2, within=WAIT)
    finally:
        following.cancel()
        await asyncio.wait((following,))

    assert [received.record.title for received in got] == ["Open", "Closed after a day"]
