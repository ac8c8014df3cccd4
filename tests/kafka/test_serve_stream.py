"""Alerts as server-sent events from a live Kafka: each once, and only the token's own."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import aiohttp
import pytest

from streams.alerts.store import write_search
from streams.config.tokens_file import remove_token
from streams.kafka.connection import physical_name, producer
from streams.records import Alert, Subscription, decode, encode
from streams.records.topics import ALERTS, DUPLICATES, ENRICHED, RAW, SUBSCRIPTIONS
from streams.serve.alerts.log import AlertLog
from streams.serve.alerts.reader import AlertReader
from streams.serve.alerts.sse import alert_events
from streams.serve.app import create_app
from streams.serve.producer import ReconnectingProducer
from streams.serve.searches.store import SavedSearches
from streams.settings import Settings
from tests.support.live import send
from tests.support.serving import client, json_of, serving, token, until_ready
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, SUBSCRIPTIONS, ALERTS, ENRICHED, DUPLICATES)

LOG = logging.getLogger(__name__)

MINE = [f"mine-{number}" for number in range(8)]
CUTS = 50


class Event(NamedTuple):
    """A received event."""

    id: str
    alert: Alert


def alert(search: str, number: int) -> Alert:
    """An alert of a search."""
    article = f"6b626991-d331-5668-91ea-{number:012x}"
    return Alert(
        id=f"{search}/{article}/1", subscription_id=search, article_id=article, title=f"N {number}"
    )


@asynccontextmanager
async def streaming(settings: Settings, secret: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a client of a server that is ready."""
    async with serving(create_app(settings)) as url, client(url, secret) as session:
        await until_ready(session)
        yield session


async def prepared(live: Settings, data: Path) -> tuple[Settings, str]:
    """Save searches of two owners; return settings and the token of the first."""
    settings = live.model_copy(update={"data": data})
    for name, owner in [*((name, "me") for name in MINE), ("yours", "you")]:
        await write_search(live, name, Subscription(id=name, query="x", owner=owner))
    return settings, token(settings, "me", "alerts")


async def events(
    session: aiohttp.ClientSession, last: str = "", n: int = 1, query: str = ""
) -> list[Event]:
    """Follow the stream until enough events have been received, then cut the connection."""
    headers = {"Last-Event-ID": last} if last else {}
    collected: list[Event] = []
    async with session.get(f"/v1/alerts/stream{query}", headers=headers) as answer:
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
        id_ = ""
        async for line in answer.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            id_ = value if name == "id" else id_
            if name == "data":
                collected.append(Event(id_, decode(value.encode(), Alert)))
            if len(collected) >= n:
                break
    return collected


async def send_alerts(live: Settings, alerts: list[Alert]) -> None:
    """Send alerts in order, some twice as `route` does after a crash."""
    async with producer(live) as kafka:
        topic = physical_name(live, ALERTS.name)
        for number, new in enumerate(alerts):
            again = alerts[max(0, number - 9) : number + 1] if number % 10 == 9 else [new]
            sends = [
                await kafka.send(topic, encode(each), key=each.subscription_id.encode())
                for each in again
            ]
            await asyncio.gather(*sends)


async def test_reconnecting_client_gets_each_alert_once(live: Settings, tmp_path: Path) -> None:
    settings, secret = await prepared(live, tmp_path)
    searches = [*MINE, "yours"]
    every = [alert(searches[number % 9], number) for number in range(9 * 60)]
    mine = [alert.id for alert in every if alert.subscription_id != "yours"]
    collected: list[Event] = []
    sending = asyncio.ensure_future(send_alerts(live, every))

    async def cut_off(session: aiohttp.ClientSession, times: int, each: int) -> None:
        for _ in range(times):
            query = "" if collected else "?from=beginning"
            collected.extend(
                await events(session, collected[-1].id if collected else "", each, query)
            )

    async with asyncio.timeout(120):
        async with streaming(settings, secret) as session:
            await cut_off(session, CUTS // 2, 4)
        async with streaming(settings, secret) as session:
            await cut_off(session, CUTS // 2, 4)
            await sending
            collected.extend(await events(session, collected[-1].id, len(mine) - len(collected)))

    ids = [event.alert.id for event in collected]
    missed, twice = len(set(mine) - set(ids)), len(ids) - len(set(ids))
    # For `-o log_cli=true --log-cli-level=INFO`, which shows the figures.
    LOG.info("%d cuts, %d alerts: %d missed, %d twice", CUTS, len(mine), missed, twice)
    assert sorted(ids) == sorted(mine)
    by_search = [
        [event.alert.id for event in collected if event.alert.subscription_id == s] for s in MINE
    ]
    assert by_search == [[id_ for id_ in mine if id_.startswith(f"{s}/")] for s in MINE]


async def test_stream_has_new_alerts_of_owner_only(live: Settings, tmp_path: Path) -> None:
    settings, secret = await prepared(live, tmp_path)
    boss = token(settings, "boss", "admin")
    sent = [alert("yours", 1), alert("mine-1", 2), alert("mine-2", 3), alert("nobody", 4)]
    async with streaming(settings, secret) as session, client(str(session._base_url), boss) as all_:
        following = asyncio.gather(
            events(session, n=2), events(session, n=1, query="?search=mine-2"), events(all_, n=3)
        )

        async def connected() -> bool:
            return "news_alert_streams 3.0" in await (await session.get("/metrics")).text()

        await eventually(connected)
        await send(live, ALERTS, *sent)
        mine, single, every = await following

        async def unregistered() -> bool:
            return "news_alert_streams 0.0" in await (await session.get("/metrics")).text()

        await eventually(unregistered)

    assert {event.alert.id for event in mine} == {sent[1].id, sent[2].id}
    assert [event.alert.id for event in single] == [sent[2].id]
    assert {event.alert.id for event in every} == {alert.id for alert in sent[:3]}


async def test_slow_client_gets_each_alert_once(live: Settings, tmp_path: Path) -> None:
    settings, _ = await prepared(live, tmp_path)
    saved = SavedSearches(settings, ReconnectingProducer(settings))
    log, reader = AlertLog(settings, saved), AlertReader(settings)
    every = [alert(MINE[number % 8], number) for number in range(60)]
    async with saved.running(), log.running(), reader.running():
        await eventually(lambda: saved.ready and log.ready, within=timedelta(seconds=30))
        following = alert_events(
            log, reader, lambda _: True, list(log.offsets), allowed=lambda: True, buffered=3
        )
        received = [await anext(following), await anext(following)]
        await send_alerts(live, every)
        await eventually(lambda: sum(log.offsets) == 60 + 6 * 9)
        async with asyncio.timeout(30), aclosing(following):
            while sum(b"event: alert" in event for event in received) < 60:
                received.append(await anext(following))

    values = [event.split(b"data: ")[1] for event in received if b"event: alert" in event]
    ids = [decode(value.strip(), Alert).id for value in values]
    assert sorted(ids) == sorted(alert.id for alert in every)


async def test_stream_refusals_have_reasons(live: Settings, tmp_path: Path) -> None:
    settings, secret = await prepared(live, tmp_path)
    async with streaming(settings, secret) as session:
        wrong = await json_of(
            await session.get("/v1/alerts/stream", headers={"Last-Event-ID": "a.b!"})
        )
        others = await json_of(await session.get("/v1/alerts/stream?search=yours"))
        async with session.get("/v1/alerts/stream") as answer:
            await answer.content.readuntil(b"\n\n")
            remove_token(settings.tokens_file, "me")
            await send(live, ALERTS, alert("mine-1", 1))
            rest = await asyncio.wait_for(answer.content.read(), 10)

    assert (wrong["status"], others["status"]) == (400, 404)
    assert b"data" not in rest


async def test_stopping_server_ends_streams(live: Settings, tmp_path: Path) -> None:
    settings, secret = await prepared(live, tmp_path)
    loop = asyncio.get_running_loop()
    bearer = {"Authorization": f"Bearer {secret}"}
    async with aiohttp.ClientSession(headers=bearer) as outside:
        async with streaming(settings, secret) as session:
            answer = await outside.get(f"{session._base_url!s}/v1/alerts/stream")
            await answer.content.readuntil(b"\n\n")
            stopping = loop.time()
        stopped = loop.time()

        assert b"data" not in await answer.content.read()
        assert stopped - stopping < 2.5
