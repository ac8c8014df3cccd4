"""Workers join and leave under load: nothing is lost, no article ends twice."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path

import pytest

from streams.inspect.audit import audit
from streams.records.topics import DUPLICATES, ENRICHED
from streams.settings import Settings
from streams.supervisor.supervisor import Child, Supervisor
from tests.kafka.test_chaos_kill import kill_and_wait
from tests.support.builders import raw_article
from tests.support.news import news
from tests.support.pipeline import all_ended, kill, publish, running
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]

SHORT_SESSION = {"session_seconds": 6.0}
"""The shortest session that Kafka allows: a worker that left by name loses partitions sooner."""


def newcomers_for(settings: Settings, logs: Path) -> Supervisor:
    """Return second workers of two stages: one shares partitions, one waits for the only one."""
    children = [
        Child(f"{stage}-2", ("worker", stage, "--instance", "2"), logs / f"{stage}-2.log")
        for stage in ("clean", "dedupe")
    ]
    return Supervisor(children, settings.environment())


@pytest.mark.chaos
async def test_workers_joining_and_leaving_repeatedly_lose_nothing(
    live: Settings, tmp_path: Path
) -> None:
    rng = random.Random(11)  # noqa: S311  # chooses when they join and leave
    settings = live.model_copy(update=SHORT_SESSION)
    async with running(settings, tmp_path):
        for turn in range(5):
            newcomers = newcomers_for(settings, tmp_path)
            await publish(settings, news(rng.randint(400, 900), seed=turn))
            joined = asyncio.ensure_future(newcomers.run())
            await newcomers.wait_ready()
            await publish(settings, news(rng.randint(100, 400), seed=100 + turn))
            newcomers.stop()
            await joined
        n_origins = (await audit(settings)).origins
        found = await all_ended(settings, n_origins, within=timedelta(seconds=300))

    assert (found.missing, found.twice) == ([], [])
    assert found.ends[ENRICHED.name] == n_origins


@pytest.mark.chaos
async def test_killing_one_of_two_workers_repeatedly_loses_nothing(
    live: Settings, tmp_path: Path
) -> None:
    rng = random.Random(12)  # noqa: S311  # chooses processes and times
    articles = news(4000)
    async with running(live, tmp_path, {"clean": 2, "tag": 2}) as pipeline:
        publishing = asyncio.ensure_future(publish(live, articles))
        for _ in range(6):
            target = sum((await audit(live)).ends.values()) + rng.randint(50, 400)

            async def far_enough(target: int = target) -> bool:
                return sum((await audit(live)).ends.values()) >= min(target, 3900)

            await eventually(far_enough, within=timedelta(seconds=120))
            await kill_and_wait(pipeline, rng.choice(["clean-1", "clean-2", "tag-1", "tag-2"]))
        await publishing
        found = await all_ended(live, len(articles), within=timedelta(seconds=300))

    assert (found.missing, found.twice, found.ends[ENRICHED.name]) == ([], [], 4000)


async def test_workers_joining_and_leaving_lose_nothing(live: Settings, tmp_path: Path) -> None:
    settings = live.model_copy(update=SHORT_SESSION)
    articles = news(1000)
    copies = [
        raw_article(
            url=f"https://copy.test/{number}",
            title=article.title,
            content_type="text/plain",
            body=article.body,
        )
        for number, article in enumerate(articles[:100])
    ]
    newcomers = newcomers_for(settings, tmp_path)
    async with running(settings, tmp_path):
        await publish(settings, articles)
        joined = asyncio.ensure_future(newcomers.run())
        await newcomers.wait_ready()
        await publish(settings, copies)
        newcomers.stop()
        await joined
        found = await all_ended(settings, 1100, within=timedelta(seconds=120))

    assert (found.missing, found.twice) == ([], [])
    assert (found.ends[ENRICHED.name], found.ends[DUPLICATES.name]) == (1000, 100)


async def test_two_workers_share_a_stage_and_one_may_die(live: Settings, tmp_path: Path) -> None:
    articles = news(800)
    async with running(live, tmp_path, {"clean": 2, "tag": 2}) as pipeline:
        await publish(live, articles)
        for child in pipeline.children:
            if child.name in {"clean-2", "tag-1"}:
                kill(child)
        found = await all_ended(live, len(articles), within=timedelta(seconds=120))

    assert (found.missing, found.twice, found.ends[ENRICHED.name]) == ([], [], 800)
