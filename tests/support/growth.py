"""Grow every topic of a running pipeline while articles flow, and measure until all are read."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

from streams.config.routes import required_topics
from streams.kafka.connection import physical_name, producer
from streams.kafka.coverage import group_coverage
from streams.kafka.topics import add_partitions, topic_states
from streams.records import RawArticle, encode
from streams.records.topics import CLEAN, RAW
from streams.settings import Settings
from streams.topology import STAGES
from tests.support.waiting import eventually

READ_WITHIN = timedelta(seconds=60)
"""The time within which every added partition has a reader."""


async def publish_at_rate(
    settings: Settings, articles: Sequence[RawArticle], *, per_second: float
) -> None:
    """Send articles to the raw topic at a steady rate, and wait for all acknowledgments."""
    topic = physical_name(settings, RAW.name)
    started = asyncio.get_running_loop().time()
    sends = []
    async with producer(settings) as client:
        for number, article in enumerate(articles):
            due = started + number / per_second
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            sends.append(await client.send(topic, encode(article), key=article.id.encode()))
        await asyncio.gather(*sends)


async def grow_topics(settings: Settings, *, n_partitions: int) -> list[str]:
    """Add partitions to every topic that may grow; return their names.

    The topic of `dedupe` keeps its one partition: it may grow, but gains nothing.
    """
    states = await topic_states(settings, required_topics(settings))
    growing = [
        state.topic
        for state in states
        if state.topic.can_grow and state.topic != CLEAN and state.partitions < n_partitions
    ]
    for topic in growing:
        await add_partitions(settings, topic, n_partitions)
    return [topic.name for topic in growing]


async def seconds_until_read(settings: Settings) -> float:
    """Wait until every partition of every stage's topics has a reader; return the seconds.

    Raises:
        AssertionError: If one has none after a minute.
    """
    started = time.monotonic()

    async def all_read() -> bool:
        for stage in STAGES:
            topics = [topic.name for topic, _ in stage.reads]
            coverage = await group_coverage(settings, stage.app_id, topics)
            if coverage.state != "Stable" or coverage.unassigned:
                return False
        return True

    await eventually(all_read, within=READ_WITHIN)
    return time.monotonic() - started
