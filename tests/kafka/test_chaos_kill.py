"""kill -9 of stages under load: nothing is lost, and repeats are recognized by their origin."""

import asyncio
import random
import time
from datetime import timedelta
from pathlib import Path

import pytest

from streams.inspect.audit import audit
from streams.kafka.read import read_topics, topics_with_prefix
from streams.records import ORIGIN_HEADER, topic_named
from streams.records.topics import ENRICHED
from streams.settings import Settings
from streams.supervisor.pipeline import Pipeline
from streams.topology import STAGES
from tests.support.news import news
from tests.support.pipeline import all_ended, kill, publish, running
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(900)]

RECOVERED_WITHIN = timedelta(seconds=60)


async def origins_on(settings: Settings, *topics: str) -> set[str]:
    return {
        dict(message.headers)[ORIGIN_HEADER].decode()
        async for message in read_topics(settings, *topics)
    }


async def routed_origins(settings: Settings) -> set[str]:
    return await origins_on(settings, *await topics_with_prefix(settings, "routed."))


async def n_ended(settings: Settings) -> int:
    return sum((await audit(settings)).ends.values())


async def kill_and_wait(pipeline: Pipeline, name: str) -> float:
    """Kill a process; return the seconds until its successor is ready."""
    child = next(child for child in pipeline.children if child.name == name)
    restarts = child.restarts
    kill(child)
    started = time.monotonic()
    await eventually(lambda: child.restarts > restarts and child.ready, within=RECOVERED_WITHIN)
    return time.monotonic() - started


async def test_killing_each_stage_under_load_loses_nothing(live: Settings, tmp_path: Path) -> None:
    articles = news(1200)
    async with running(live, tmp_path) as pipeline:
        await publish(live, articles)
        for stage in STAGES:
            await kill_and_wait(pipeline, f"{stage.name}-1")
        found = await all_ended(live, len(articles), within=timedelta(seconds=120))
        enriched = await origins_on(live, ENRICHED.name)

        async def all_routed() -> bool:
            return await routed_origins(live) >= enriched

        await eventually(all_routed, within=timedelta(seconds=60))

    assert (found.missing, found.twice, found.ends[ENRICHED.name]) == ([], [], len(articles))
    assert topic_named(ENRICHED.name).name in found.records


@pytest.mark.chaos
@pytest.mark.parametrize("seed", range(2))
async def test_killing_stages_at_random_loses_none_of_10000(
    live: Settings, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311  # chooses stages and times
    articles = news(10_000, seed=seed)
    seconds: list[float] = []
    names = [stage.name for stage in STAGES]
    async with running(live, tmp_path) as pipeline:
        publishing = asyncio.ensure_future(publish(live, articles))
        for stage in (*names, rng.choice(names[:-1])):
            ended = await n_ended(live)
            target = min(ended + rng.randint(200, 1500), len(articles) - 1)

            async def far_enough(target: int = target) -> bool:
                return await n_ended(live) >= target

            await eventually(far_enough, within=timedelta(seconds=240))
            seconds.append(await kill_and_wait(pipeline, f"{stage}-1"))
        await publishing
        found = await all_ended(live, len(articles), within=timedelta(seconds=300))

    print(f"repeats {found.repeats}, back in {[round(s, 1) for s in seconds]} s")  # noqa: T201
    assert (found.missing, found.twice, sum(found.ends.values())) == ([], [], len(articles))
