"""``streams topics`` against a live Kafka."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from typer.testing import CliRunner, Result

from streams.cli.topics import app
from streams.errors import UsageError
from streams.kafka.topics import create_topics
from streams.records.topics import TOPICS, routed_topic
from streams.settings import Settings
from tests.support.builders import enriched_article
from tests.support.live import send, wait_for_leaders
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

RULES = '[[route]]\nname = "bridges"\nwhen = "bridge"\n'
OLD = routed_topic("old")
ALL = [*(topic.name for topic in TOPICS), "routed.bridges.v1", "routed.unmatched.v1"]


@pytest.fixture
def environment(broker: str, tmp_path: Path) -> dict[str, str]:
    """Settings with topics of their own, and one route."""
    rules = tmp_path / "routes.toml"
    rules.write_text(RULES)
    prefix = f"topics-command-{uuid4().hex[:8]}."
    return {"NEWS_BROKER": broker, "NEWS_TOPIC_PREFIX": prefix, "NEWS_ROUTES": str(rules)}


def streams_topics(environment: dict[str, str], *arguments: str, typed: str = "") -> Result:
    """What the command prints; an error in it is raised here."""
    return CliRunner().invoke(app, arguments, env=environment, input=typed, catch_exceptions=False)


def test_topics_create_is_idempotent(environment: dict[str, str]) -> None:
    before = streams_topics(environment, "list", "--json").output.splitlines()
    created = streams_topics(environment, "create").output.splitlines()
    again = streams_topics(environment, "create").output.splitlines()
    after = streams_topics(environment, "list", "--json").output.splitlines()

    assert [orjson.loads(line)["found"] for line in before] == [0] * len(ALL)
    assert created[:-1] == [f"created {name}" for name in ALL]
    assert again == [f"0 topics created, {len(ALL)} existed already"]
    assert [(row["topic"], row["sound"]) for row in map(orjson.loads, after)] == [
        (name, True) for name in ALL
    ]


def test_topics_list_shows_missing_topics(environment: dict[str, str]) -> None:
    output = streams_topics(environment, "list").output

    assert "0 of 8" in output
    assert "streams topics create" in output


@pytest.fixture
async def with_old_route(environment: dict[str, str], broker: str) -> Settings:
    """A broker with the topics, and one of a route that no rule names, with two records."""
    live = Settings(broker=broker, topic_prefix=environment["NEWS_TOPIC_PREFIX"])
    await asyncio.to_thread(streams_topics, environment, "create")
    await create_topics(live, [OLD])
    await wait_for_leaders(live, [OLD])
    articles = (enriched_article(), enriched_article(url="https://news.test/2"))
    await send(live, OLD, *articles, key=b"k")
    return live


async def rows(environment: dict[str, str]) -> dict[str, Any]:
    """The rows of ``streams topics list --json`` by topic."""
    result = await asyncio.to_thread(streams_topics, environment, "list", "--json")
    return {row["topic"]: row for row in map(orjson.loads, result.output.splitlines())}


@pytest.mark.usefixtures("with_old_route")
async def test_list_shows_sizes_and_retired_topics(environment: dict[str, str]) -> None:
    listed = await rows(environment)

    old, empty = listed[OLD.name], listed["routed.bridges.v1"]
    assert (old["retired"], old["n_records"], old["n_records_exact"]) == (True, 2, True)
    assert old["bytes"] > 1000
    assert datetime.now(UTC) - datetime.fromisoformat(old["newest"]) < timedelta(minutes=5)
    assert (empty["retired"], empty["n_records"], empty["bytes"], empty["newest"]) == (
        False,
        0,
        0,
        None,
    )
    assert listed["articles.memory.v1"]["n_records_exact"] is False


@pytest.mark.usefixtures("with_old_route")
async def test_prune_keeps_topic_in_use_unless_named(environment: dict[str, str]) -> None:
    kept = await asyncio.to_thread(streams_topics, environment, "prune", "--yes")
    between = await rows(environment)
    named = await asyncio.to_thread(streams_topics, environment, "prune", "old", "--yes")

    async def is_gone() -> bool:
        return sorted(await rows(environment)) == sorted(ALL)

    await eventually(is_gone, within=timedelta(seconds=30))
    assert "kept: in use" in kept.output
    assert "nothing to delete" in kept.output
    assert OLD.name in between
    assert named.output.endswith("deleted 1 topic with 2 records\n")


async def test_prune_asks_and_deletes_nothing_without_consent(
    environment: dict[str, str], with_old_route: Settings
) -> None:
    result = await asyncio.to_thread(streams_topics, environment, "prune", "old", typed="n\n")

    assert result.exit_code == 1
    assert f"at {with_old_route.broker}? " in result.output
    assert OLD.name in await rows(environment)


@pytest.mark.usefixtures("with_old_route")
async def test_prune_refuses_routes_that_rules_name(environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="bridges: no retired route"):
        await asyncio.to_thread(streams_topics, environment, "prune", "bridges", "--yes")


@pytest.mark.usefixtures("with_old_route")
async def test_prune_with_shipped_rules_needs_names(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    del environment["NEWS_ROUTES"]

    with pytest.raises(UsageError, match="built-in"):
        await asyncio.to_thread(streams_topics, environment, "prune", "--yes")
