"""Workers join and leave under load: nothing is lost, no article ends twice."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.topics import DUPLICATES, ENRICHED
from streams.settings import Settings
from streams.wiring.supervise import Child, Supervisor
from tests.support.builders import raw_article
from tests.support.news import news
from tests.support.pipeline import all_ended, kill, publish, running

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]

SHORT_SESSION = {"session_seconds": 6.0}
"""The least that Kafka allows: a worker that left by its name is given up sooner."""


async def test_workers_that_join_and_leave_lose_nothing(live: Settings, tmp_path: Path) -> None:
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
    newcomers = Supervisor(
        [
            Child(f"{stage}-2", ("worker", stage, "--instance", "2"), tmp_path / f"{stage}-2.log")
            for stage in ("clean", "dedupe")
        ],
        settings.environment(),
    )
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


async def test_two_workers_of_a_stage_share_its_work_and_one_may_die(
    live: Settings, tmp_path: Path
) -> None:
    articles = news(800)
    async with running(live, tmp_path, {"clean": 2, "tag": 2}) as pipeline:
        await publish(live, articles)
        for child in pipeline.children:
            if child.name in {"clean-2", "tag-1"}:
                kill(child)
        found = await all_ended(live, len(articles), within=timedelta(seconds=120))

    assert (found.missing, found.twice, found.ends[ENRICHED.name]) == ([], [], 800)
