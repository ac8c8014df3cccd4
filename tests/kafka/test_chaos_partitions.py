"""Every topic of a running pipeline grows while articles flow: nothing is lost, all is read."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from streams.kafka.connection import consumer, logical_name
from streams.kafka.read import partitions_of
from streams.records.topics import ENRICHED, RAW
from streams.settings import Settings
from streams.supervisor.pipeline import Pipeline
from streams.supervisor.supervisor import Child, Supervisor
from streams.topology import STAGES
from tests.kafka.test_chaos_kill import routed_origins
from tests.support.growth import grow_topics, publish_at_rate, seconds_until_read
from tests.support.news import news
from tests.support.pipeline import all_ended, child_named, kill, publish, running
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]

PER_SECOND = 100.0
SHORT_SESSION = {"session_seconds": 6.0}


async def restart_every_stage(pipeline: Pipeline) -> None:
    """Kill the process of every stage at once, and wait for their successors."""
    children = [child_named(pipeline, f"{stage.name}-1") for stage in STAGES]
    restarts = {child.name: child.restarts for child in children}
    for child in children:
        kill(child)
    await eventually(
        lambda: all(child.restarts > restarts[child.name] and child.ready for child in children),
        within=timedelta(seconds=60),
    )


async def used_partitions(settings: Settings, topic: str) -> int:
    """Return the number of partitions of a topic that hold records."""
    async with consumer(settings) as client:
        ends = await client.end_offsets(await partitions_of(client, settings, (topic,)))
    assert {logical_name(settings, each.topic) for each in ends} == {topic}
    return sum(end > 0 for end in ends.values())


async def require_complete(settings: Settings, n_articles: int) -> None:
    """Check that every article ended once, and is on a route."""
    found = await all_ended(settings, n_articles, within=timedelta(seconds=120))
    assert (found.missing, found.twice) == ([], [])
    assert found.ends[ENRICHED.name] == n_articles

    async def all_routed() -> bool:
        return len(await routed_origins(settings)) == n_articles

    await eventually(all_routed, within=timedelta(seconds=60))


@pytest.mark.chaos
@pytest.mark.parametrize("restarted", ["never", "before", "after"])
async def test_topics_grow_under_load(live: Settings, tmp_path: Path, restarted: str) -> None:
    articles = news(4000)
    async with running(live, tmp_path) as pipeline:
        if restarted == "before":
            await restart_every_stage(pipeline)
        flow = asyncio.ensure_future(publish_at_rate(live, articles, per_second=PER_SECOND))
        grown = await grow_topics(live, n_partitions=16)
        if restarted == "after":
            await restart_every_stage(pipeline)
        seconds = await seconds_until_read(live)
        print(f"restarted {restarted}: {len(grown)} topics read after {seconds:.1f} s")  # noqa: T201
        await flow
        await publish(live, news(400, seed=2))  # every producer knows the partitions by now
        await require_complete(live, 4400)

    assert await used_partitions(live, RAW.name) == 16
    assert await used_partitions(live, ENRICHED.name) == 16


@pytest.mark.chaos
async def test_topics_grow_while_a_stage_is_scaled(live: Settings, tmp_path: Path) -> None:
    settings = live.model_copy(update=SHORT_SESSION)
    articles = news(9000)
    async with running(settings, tmp_path) as pipeline:
        await restart_every_stage(pipeline)
        flow = asyncio.ensure_future(publish_at_rate(settings, articles, per_second=PER_SECOND))
        await grow_topics(settings, n_partitions=10)
        one = await seconds_until_read(settings)
        newcomers = {number: newcomer(settings, tmp_path, number) for number in (2, 3)}
        runs = [asyncio.ensure_future(each.run()) for each in newcomers.values()]
        for each in newcomers.values():
            await each.wait_ready()
        await restart_every_stage(pipeline)
        await grow_topics(settings, n_partitions=13)
        three = await seconds_until_read(settings)
        newcomers[3].stop()
        await runs[1]
        await grow_topics(settings, n_partitions=16)
        two = await seconds_until_read(settings)
        print(f"read after {one:.1f}, {three:.1f}, {two:.1f} s with 1, 3, 2 workers")  # noqa: T201
        await flow
        await require_complete(settings, 9000)
        newcomers[2].stop()
        await runs[0]


def newcomer(settings: Settings, logs: Path, number: int) -> Supervisor:
    """Return another worker of `tag`."""
    name = f"tag-{number}"
    child = Child(name, ("worker", "tag", "--instance", str(number)), logs / f"{name}.log")
    return Supervisor([child], settings.environment())
