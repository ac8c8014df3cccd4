"""Partitions that are added to a topic are read, also after a restart (KAFKA-13435)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer

from streams.cli.topics import app as topics_app
from streams.config.routes import required_topics
from streams.errors import BrokerError
from streams.inspect.doctor import all_checks
from streams.kafka.connection import consumer, physical_name, producer
from streams.kafka.coverage import group_coverage
from streams.kafka.partition_watch import PartitionWatch
from streams.kafka.read import partitions_of
from streams.kafka.subscribe import follow_topic
from streams.kafka.topics import add_partitions, create_topics
from streams.records import TOPICS, encode, routed_topic
from streams.records.topics import ALERTS, MEMORY, RAW, UNMATCHED
from streams.serve.alerts.log import AlertLog
from streams.settings import Settings
from streams.supervisor.supervisor import Child, Supervisor
from streams.topology import CLEAN_STAGE
from tests.support.builders import enriched_article, raw_article
from tests.support.commands import run_command
from tests.support.live import EUROPE, wait_for_leaders
from tests.support.pipeline import kill
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (*TOPICS, EUROPE, routed_topic(UNMATCHED))

GROUP = CLEAN_STAGE.app_id

WAIT = timedelta(seconds=30)


@asynccontextmanager
async def member(live: Settings, name: str, **options: object) -> AsyncIterator[AIOKafkaConsumer]:
    """Run a static member of the group of `clean`; on exit it leaves without a word."""
    options = {"group_instance_id": name, "metadata_max_age_ms": 300_000, **options}
    async with consumer(live, group=GROUP, **options) as client:
        client.subscribe([physical_name(live, RAW.name)])

        async def has_partitions() -> bool:
            await client.getmany(timeout_ms=10)
            return bool(client.assignment())

        await eventually(has_partitions)
        yield client


async def grow(live: Settings, n_partitions: int) -> None:
    """Add partitions to the raw topic and wait until they can be used."""
    await add_partitions(live, RAW, n_partitions)
    async with consumer(live) as client:

        async def are_known() -> bool:
            return len(await partitions_of(client, live, (RAW.name,))) == n_partitions

        await eventually(are_known, within=WAIT)
    await wait_for_leaders(live, (RAW,))


async def numbers(client: AIOKafkaConsumer) -> list[int]:
    """Return the partitions of a member, after it had the chance to join anew."""
    await client.getmany(timeout_ms=10)
    return sorted(partition.partition for partition in client.assignment())


async def test_restarted_member_reads_added_partitions(live: Settings) -> None:
    async with member(live, "1"):
        pass
    async with member(live, "1") as client:
        await grow(live, 12)
        watch = PartitionWatch(lambda: client)

        await watch.check()
        unread = watch.unread.names
        await watch.check()

        assert unread == [f"{physical_name(live, RAW.name)}-{number}" for number in range(8, 12)]

        async def has_all() -> bool:
            return await numbers(client) == list(range(12))

        await eventually(has_all)
        await watch.check()
        assert watch.unread.problem == ""


async def test_two_restarted_members_share_added_partitions(live: Settings) -> None:
    async with member(live, "1") as first:

        async def shared(second: AIOKafkaConsumer, n_partitions: int) -> bool:
            both = await numbers(first) + await numbers(second)
            return sorted(both) == list(range(n_partitions))

        async with member(live, "2") as second:
            await eventually(lambda: shared(second, 8), within=WAIT)
        async with member(live, "2") as second:
            await grow(live, 11)
            watches = [PartitionWatch(lambda: first), PartitionWatch(lambda: second)]
            for watch in (*watches, *watches):
                await watch.check()

            await eventually(lambda: shared(second, 11), within=WAIT)
            assert await numbers(first)
            assert await numbers(second)


async def test_lag_and_doctor_name_unread_partitions(live: Settings) -> None:
    async with member(live, "1"):
        pass
    async with member(live, "1") as client:
        await grow(live, 9)
        watch = PartitionWatch(lambda: client)
        topic = physical_name(live, RAW.name)
        async with producer(live) as sender:
            await sender.send_and_wait(topic, b"{", partition=8)
            await sender.send_and_wait(topic, b"{", partition=8)

        await watch.check()
        await create_topics(live, required_topics(live))
        checks = {check.name: check for check in await all_checks(live)}

        assert watch.unread.n_records == 2
        assert not checks["group news-clean"].sound
        assert f"no process reads {topic}-8" in checks["group news-clean"].found
        assert "lag 2" in checks["group news-clean"].found
        assert checks["topics"].sound
        assert checks["group news-dedupe"].sound


def often(live: Settings) -> Settings:
    """Return settings of processes that look for added partitions each second."""
    return live.model_copy(update={"partition_check_seconds": 1.0})


@asynccontextmanager
async def supervised(child: Child, settings: Settings) -> AsyncIterator[None]:
    """Run a process until the body ends."""
    supervisor = Supervisor([child], settings.environment())
    running = asyncio.ensure_future(supervisor.run())
    try:
        yield
    finally:
        supervisor.stop()
        await running


async def test_restarted_worker_reads_added_partitions(live: Settings, tmp_path: Path) -> None:
    child = Child("clean-1", ("worker", "clean", "--instance", "1"), tmp_path / "clean-1.log")
    async with supervised(child, often(live)):
        await eventually(lambda: child.ready, within=WAIT)
        kill(child)
        await eventually(lambda: child.restarts == 1 and child.ready, within=WAIT)
        await grow(live, 10)
        topic = physical_name(live, RAW.name)
        async with producer(live) as client:
            for number in range(10):
                article = encode(raw_article(url=f"https://news.test/{number}"))
                await client.send_and_wait(topic, article, partition=number)

        await eventually(lambda: child.health.get("delivered") == 10, within=WAIT)

        assert (child.health["partitions"], child.health["unassigned"]) == (10, [])
    assert "partitions unassigned, rebalancing" in (tmp_path / "clean-1.log").read_text()


async def follow(live: Settings, n: int, **options: Any) -> list[int]:
    """Return the partitions of the first records that a subscriber receives."""
    following = follow_topic(often(live), EUROPE.name, limit=n, **options)
    return [received.partition async for received in following]


async def send_to(live: Settings, *partitions: int) -> None:
    """Send an article to each of some partitions of the route."""
    async with producer(live) as client:
        for number in partitions:
            article = encode(enriched_article(id=str(UUID(int=number))))
            topic = physical_name(live, EUROPE.name)
            await client.send_and_wait(topic, article, partition=number)


@pytest.mark.parametrize("group", [None, "program"])
async def test_subscriber_reads_added_partitions_from_their_beginning(
    live: Settings, group: str | None
) -> None:
    await send_to(live, 0)
    ready = asyncio.Event()
    following = asyncio.ensure_future(follow(live, 3, group=group, ready=ready.set))
    await ready.wait()

    await add_partitions(live, EUROPE, 10)
    await wait_for_leaders(live, (EUROPE,))
    await send_to(live, 1, 8, 9)

    assert sorted(await asyncio.wait_for(following, 60)) == [1, 8, 9]


async def test_returning_group_reads_added_partitions_from_their_beginning(live: Settings) -> None:
    ready = asyncio.Event()
    following = asyncio.ensure_future(follow(live, 1, group="program", ready=ready.set))
    await ready.wait()
    await send_to(live, 0)
    await following
    await add_partitions(live, EUROPE, 10)
    await wait_for_leaders(live, (EUROPE,))

    await send_to(live, 9)

    assert await asyncio.wait_for(follow(live, 1, group="program"), 60) == [9]


async def test_alert_log_reads_added_partitions(live: Settings) -> None:
    log = AlertLog(often(live), saved=None)  # type: ignore[arg-type]  # used for listeners only
    async with log.running():
        await eventually(lambda: log.ready, within=WAIT)
        await add_partitions(live, ALERTS, 9)
        await wait_for_leaders(live, (ALERTS,))

        await eventually(lambda: len(log.offsets) == 9 and log.ready, within=timedelta(seconds=40))


async def test_grow_adds_partitions(live: Settings) -> None:
    grown = await run_command(topics_app, "grow", RAW.name, 9, live=live)
    refused = await run_command(topics_app, "grow", MEMORY.name, 2, live=live)
    unknown = await run_command(topics_app, "grow", "articles.row.v1", 9, live=live)
    smaller = await run_command(topics_app, "grow", RAW.name, 4, live=live)

    assert grown.exit_code == 0
    assert [len((await group_coverage(live, GROUP, [RAW.name])).partitions)] == [9]
    assert "no partitions can be added to a table" in str(refused.exception)
    assert 'did you mean "articles.raw.v1"?' in str(unknown.exception)
    assert isinstance(smaller.exception, BrokerError)
