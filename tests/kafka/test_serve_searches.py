"""Saved searches over HTTP on a live Kafka: each token has its own; errors name the field."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from streams.alerts.store import read_searches
from streams.records import Alert, PublicationTime
from streams.records.topics import ALERTS, DUPLICATES, ENRICHED, RAW, SUBSCRIPTIONS
from streams.serve.app import create_app
from streams.settings import Settings
from tests.support.builders import enriched_article
from tests.support.live import send
from tests.support.serving import client, serving, token, until_ready

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, SUBSCRIPTIONS, ALERTS, ENRICHED, DUPLICATES)

STORMS = {"query": "bridge and storm", "name": "Storms"}


@asynccontextmanager
async def clients(
    live: Settings, data: Path, *scopes: str
) -> AsyncIterator[list[aiohttp.ClientSession]]:
    """Open clients of one server, each with a token of these scopes."""
    settings = live.model_copy(update={"data": data, "channels": data / "channels.toml"})
    (data / "channels.toml").write_text(
        '[desk]\ntopic = "desk.alerts"\ntokens = ["alerts-0"]\n[boss]\ntopic = "boss.alerts"\n'
    )
    secrets = [token(settings, f"{scope}-{n}", scope) for n, scope in enumerate(scopes)]
    async with serving(create_app(settings)) as url, client(url) as anybody:
        await until_ready(anybody)
        sessions = [
            aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {secret}"})
            for secret in secrets
        ]
        try:
            yield sessions
        finally:
            await asyncio.gather(*(session.close() for session in sessions))


async def request(
    session: aiohttp.ClientSession, method: str, path: str, json: Any = None
) -> tuple[int, Any]:
    """Send a request; return the status and the JSON of the response, None without a body."""
    async with session.request(method, f"/v1/searches{path}", json=json) as answer:
        body = await answer.read()
        return answer.status, await answer.json(content_type=None) if body else None


async def test_search_lifecycle(live: Settings, tmp_path: Path) -> None:
    async with clients(live, tmp_path, "alerts") as (me,):
        status, saved = await request(me, "POST", "", STORMS | {"channels": ["https://me.test/x"]})
        assert (status, saved["id"], saved["owner"]) == (201, "storms", "alerts-0")
        assert await request(me, "GET", "/storms") == (200, saved)
        assert await request(me, "GET", "") == (200, {"searches": [saved]})

        status, changed = await request(me, "PUT", "/storms", {"query": "flood", "kinds": ["copy"]})
        assert (changed["query"], changed["kinds"], changed["name"]) == ("flood", ["copy"], "")
        assert (await request(me, "POST", "/storms/pause"))[1]["paused"] is True
        assert (await request(me, "POST", "/storms/resume"))[1]["paused"] is False
        stored = (await read_searches(live))["storms"]
        assert (stored.query, stored.owner, stored.paused) == ("flood", "alerts-0", False)

        assert await request(me, "DELETE", "/storms") == (204, None)
        assert await read_searches(live) == {}
        assert (await request(me, "GET", "/storms"))[0] == 404


async def test_token_sees_own_searches_and_admin_all(live: Settings, tmp_path: Path) -> None:
    async with clients(live, tmp_path, "alerts", "alerts", "admin") as (me, you, admin):
        mine = (await request(me, "POST", "", STORMS))[1]
        yours = (await request(you, "POST", "", STORMS))[1]

        assert (mine["id"], yours["id"]) == ("storms", "storms-2")
        assert (await request(me, "GET", ""))[1] == {"searches": [mine]}
        assert (await request(admin, "GET", ""))[1] == {"searches": [mine, yours]}
        others = [
            (await request(you, method, f"/storms{path}", body))[0]
            for method, path, body in (
                ("GET", "", None),
                ("PUT", "", STORMS),
                ("DELETE", "", None),
                ("POST", "/pause", None),
            )
        ]
        assert others == [404] * 4
        assert (await request(you, "POST", "", STORMS | {"id": "storms"}))[0] == 409
        assert (await request(you, "POST", "", STORMS | {"owner": "alerts-0"}))[0] == 403
        status, changed = await request(admin, "PUT", "/storms", {"query": "flood"})
        assert (status, changed["owner"]) == (200, "alerts-0")


async def test_id_with_existing_alerts_stays_taken(live: Settings, tmp_path: Path) -> None:
    article = "6b626991-d331-5668-91ea-aedb6407150e"
    await send(live, ALERTS, Alert(id="s/a/1", subscription_id="storms", article_id=article))
    async with clients(live, tmp_path, "alerts") as (me,):
        assert (await request(me, "POST", "", STORMS | {"id": "storms"}))[0] == 409
        assert (await request(me, "POST", "", STORMS | {"id": "test"}))[0] == 409
        assert (await request(me, "POST", "", STORMS))[1]["id"] == "storms-2"


async def test_invalid_request_names_its_field(
    searcher: aiohttp.ClientSession,
) -> None:
    wrong = [{"query": "x", "colour": "red"}, {"name": "x"}, {"query": "x", "channels": ["boss"]}]
    answers = [await request(searcher, "POST", "", search) for search in wrong]

    assert [status for status, _ in answers] == [400] * 3
    assert "colour" in str(answers[0][1])
    assert "query" in str(answers[1][1])
    assert answers[2][1]["problems"][0]["field"] == "channels"


@pytest.fixture
async def searcher(live: Settings, tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that may save searches."""
    async with clients(live, tmp_path, "alerts") as (me,):
        yield me


async def test_invalid_query_has_position(
    searcher: aiohttp.ClientSession,
) -> None:
    _, problem = await request(searcher, "POST", "/test", {"query": "bridge (storm"})

    assert problem["problems"][0]["column"] == 14
    assert problem["problems"][0]["pointer"].endswith("^")


async def test_channel_allowed_to_token_is_accepted(
    searcher: aiohttp.ClientSession,
) -> None:
    status, saved = await request(searcher, "POST", "", STORMS | {"channels": ["desk", "desk"]})

    assert (status, saved["channels"]) == (201, ["desk"])


async def test_backtest_counts_messages(live: Settings, searcher: aiohttp.ClientSession) -> None:
    times = [datetime(2026, 3, day, 8, tzinfo=UTC) for day in (1, 8, 8, 9)]
    articles = [
        enriched_article(
            url=f"https://news.test/{number}",
            published=PublicationTime(time=time),
            fetched=datetime(2026, 3, 9, 9, tzinfo=UTC),
        )
        for number, time in enumerate(times)
    ]
    await send(live, ENRICHED, *articles)

    _, checked = await request(searcher, "POST", "/test?days=0", STORMS)
    _, report = await request(searcher, "POST", "/test?days=7", STORMS | {"digest_minutes": 60})

    assert checked["articles"] == 0
    assert (report["articles"], report["alerts"], report["messages"]) == (3, 3, 2)
    assert [day["alerts"] for day in report["days"]] == [2, 1]
    assert {alert["article_id"] for alert in report["shown"]} == {
        article.id for article in articles[1:]
    }
    assert await read_searches(live) == {}
