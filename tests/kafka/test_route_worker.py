"""The route worker on a live Kafka: rules and searches change while it runs."""

from datetime import timedelta
from pathlib import Path

import pytest

from streams.alerts.backtest import backtest
from streams.cli.alerts import app
from streams.kafka.read import read_topics, topics_with_prefix
from streams.records import Alert, RawArticle, Subscription, decode
from streams.records.topics import ALERTS
from streams.settings import Settings
from streams.supervisor.pipeline import Pipeline
from tests.support.builders import raw_article
from tests.support.commands import run_command
from tests.support.news import news
from tests.support.pipeline import all_ended, child_named, kill, publish, running
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

BRIDGES = '[[route]]\nname = "europe"\nwhen = "bridge"\n'
HARBORS = '[[route]]\nname = "harbors"\nwhen = "harbor"\n'
WAIT = timedelta(seconds=30)


def article(number: int) -> RawArticle:
    """Return a page about the bridge."""
    return raw_article(
        url=f"https://news.test/{number}",
        title=f"Bridge {number} of the harbor",
        body=f"<article><h1>Bridge {number}</h1><p>{f'Bridge number {number} of the harbor. ' * 9}"
        "</p></article>",
    )


async def keys(settings: Settings, topic: str) -> list[str]:
    """Return the keys on a topic."""
    messages = read_topics(settings, topic, missing_ok=True)
    return [(message.key or b"").decode() async for message in messages]


async def test_rules_and_searches_take_effect_without_a_restart(
    live: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "routes.toml"
    settings = live.model_copy(update={"routes": file})
    rewrite(file, BRIDGES)
    async with running(settings, tmp_path) as pipeline:
        await run_command(app, "add", "bridge", "--id", "bridges", live=live)
        await eventually(lambda: remembered(pipeline) == 1, within=WAIT)
        await publish(settings, [article(1)])
        await eventually(lambda: has(settings, ALERTS.name, ["bridges"]), within=WAIT)

        rewrite(file, BRIDGES + BRIDGES)
        log = tmp_path / "route-1.log"
        await eventually(lambda: "configuration not reloaded" in read(log), within=WAIT)
        rewrite(file, BRIDGES + HARBORS)
        await eventually(lambda: "rules reloaded" in read(log), within=WAIT)
        assert await topics_with_prefix(settings, "routed.harbors") == ["routed.harbors.v1"]
        await run_command(app, "remove", "bridges", live=live)
        await eventually(lambda: remembered(pipeline) == 0, within=WAIT)
        second = article(2)
        await publish(settings, [second])

        await eventually(lambda: has(settings, "routed.harbors.v1", [second.id]), within=WAIT)
        assert len(await keys(settings, "routed.europe.v1")) == 2
        assert await keys(settings, ALERTS.name) == ["bridges"]


async def test_no_alert_is_lost_when_worker_is_killed(live: Settings, tmp_path: Path) -> None:
    some = news(60)
    async with running(live, tmp_path) as pipeline:
        await run_command(app, "add", "bridge", "--id", "bridges", live=live)
        await eventually(lambda: remembered(pipeline) == 1, within=WAIT)
        await publish(live, some)
        await eventually(lambda: keys(live, ALERTS.name), within=WAIT)
        kill(child_named(pipeline, "route-1"))

        await all_ended(live, len(some), within=WAIT)
        predicted = await backtest(live, Subscription(id="bridges", query="bridge"))
        expected = {hit.alert.id for hit in predicted.hits}
        await eventually(lambda: has_alerts(live, expected), within=timedelta(seconds=60))

    assert len(predicted.hits) > 20


async def has_alerts(settings: Settings, ids: set[str]) -> bool:
    """Return whether exactly these alerts were sent, each at least once."""
    messages = read_topics(settings, ALERTS.name)
    return {decode(message.value, Alert).id async for message in messages} == ids


async def has(settings: Settings, topic: str, wanted: list[str]) -> bool:
    """Return whether a topic has some keys."""
    return await keys(settings, topic) == wanted


def remembered(pipeline: Pipeline) -> object:
    """Return the number of active searches that the route worker reports."""
    (route,) = (child for child in pipeline.children if child.name == "route-1")
    return route.health.get("remembered")


def rewrite(file: Path, text: str) -> None:
    """Rewrite the file of rules."""
    file.write_text(text)


def read(file: Path) -> str:
    """Return the log of a process."""
    return file.read_text()
