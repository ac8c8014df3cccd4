"""Partitions that are added to a topic are read, also after a restart (KAFKA-13435)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer

from streams.kafka.connection import consumer, physical_name
from streams.kafka.partition_watch import PartitionWatch
from streams.kafka.topics import add_partitions
from streams.records.topics import RAW
from streams.settings import Settings
from streams.topology import CLEAN_STAGE
from tests.support.live import wait_for_leaders
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW,)

GROUP = CLEAN_STAGE.app_id


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
