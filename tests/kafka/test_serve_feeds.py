"""Feeds of saved searches from a live Kafka: the latest alerts, ETags, revoked tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import feedparser
import pytest

from streams.alerts.store import write_search
from streams.cli.alerts.feed import create_addresses
from streams.config.tokens_file import read_tokens, remove_token
from streams.records import Alert, Subscription
from streams.records.topics import ALERTS, DUPLICATES, ENRICHED, RAW, SUBSCRIPTIONS
from streams.serve.app import create_app
from streams.settings import Settings
from tests.support.builders import enriched_article
from tests.support.live import send
from tests.support.serving import client, json_of, serving, token, until_ready
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, SUBSCRIPTIONS, ALERTS, ENRICHED, DUPLICATES)

FEED = "/v1/searches/storms/feed"


def alert(number: int, search: str = "storms") -> Alert:
    """An alert of a search."""
    article = f"6b626991-d331-5668-91ea-{number:012x}"
    return Alert(
        id=f"{search}/{article}/1",
        subscription_id=search,
        article_id=article,
        title=f"Storm {number}",
        url=f"https://news.test/{number}",
    )


@asynccontextmanager
async def reading(settings: Settings, secret: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a client of a server that is ready."""
    async with serving(create_app(settings)) as url, client(url, secret) as session:
        await until_ready(session)
        yield session


async def fetch(session: aiohttp.ClientSession, path: str, **headers: str) -> tuple[Any, bytes]:
    """Return a response and its body."""
    async with session.get(path, headers=headers) as answer:
        return answer, await answer.read()


async def test_feed_has_50_alerts_and_etag(live: Settings, tmp_path: Path) -> None:
    settings = live.model_copy(update={"data": tmp_path})
    secret = token(settings, "me", "alerts")
    await write_search(live, "storms", Subscription(id="storms", query="x", owner="me"))
    alerts = [alert(number) for number in range(60)]
    await send(live, ALERTS, *alerts[:59], alerts[3], alert(1, "others"))
    async with reading(settings, secret) as session:
        first, atom = await fetch(session, f"{FEED}.atom")
        again, nothing = await fetch(
            session, f"{FEED}.atom", **{"If-None-Match": first.headers["ETag"]}
        )
        await send(live, ALERTS, alerts[59])

        async def newer() -> bool:
            answer, _ = await fetch(
                session, f"{FEED}.atom", **{"If-None-Match": first.headers["ETag"]}
            )
            return bool(answer.status == 200)

        await eventually(newer)
        other, _ = await fetch(session, f"{FEED}.json")
        async with session.get(f"{FEED}.json") as answer:
            json = await json_of(answer)

    feed = feedparser.parse(atom)
    assert (first.status, first.content_type) == (200, "application/atom+xml")
    assert [entry.title for entry in feed.entries] == [f"Storm {n}" for n in range(58, 8, -1)]
    assert (again.status, nothing) == (304, b"")
    assert (other.status, other.content_type) == (200, "application/feed+json")
    assert [item["title"] for item in json["items"]] == [f"Storm {n}" for n in range(59, 9, -1)]


async def test_new_feed_starts_with_matches_on_topic(live: Settings, tmp_path: Path) -> None:
    settings = live.model_copy(
        update={"data": tmp_path, "public_url": "https://news.test/streams", "serve_port": 0}
    )
    articles = [
        enriched_article(id=str(UUID(int=n)), title=f"{word} {n}", url=f"https://news.test/{n}")
        for n, word in enumerate(["Storm", "Sun", "Storm"])
    ]
    await send(live, ENRICHED, *articles)
    await write_search(live, "title", Subscription(id="title", query="title:storm"))
    addresses = await create_addresses(settings, "title")
    path = addresses["atom"].removeprefix("https://news.test/streams")

    async with reading(settings, "") as session:
        answer, atom = await fetch(session, path)

    feed = feedparser.parse(atom)
    assert answer.status == 200
    assert {entry.title for entry in feed.entries} == {"Storm 0", "Storm 2"}
    assert feed.feed.links[0].href == "https://news.test/streams/v1/searches/title/feed.atom"


async def test_feed_token_works_until_revoked(live: Settings, tmp_path: Path) -> None:
    settings = live.model_copy(update={"data": tmp_path})
    secret = token(settings, "me", "alerts")
    await write_search(live, "storms", Subscription(id="storms", query="x", owner="me"))
    await write_search(live, "others", Subscription(id="others", query="x", owner="you"))
    async with reading(settings, secret) as session, client(str(session._base_url)) as anybody:

        async def create_token() -> dict[str, Any]:
            return await json_of(await session.post("/v1/searches/storms/feed-token"))

        async def status(path: str) -> int:
            return int((await fetch(anybody, path))[0].status)

        first = await create_token()
        paths = {
            kind: first[kind].removeprefix(str(session._base_url)) for kind in ("atom", "json")
        }
        assert [await status(paths["atom"]), await status(paths["json"])] == [200, 200]
        assert first["token"] not in (await fetch(anybody, paths["atom"]))[1].decode()
        opened = f"?token={first['token']}"
        refused = [f"{FEED}.atom", f"/v1/searches/others/feed.atom{opened}", f"{FEED}.atom?token=x"]
        assert [await status(path) for path in refused] == [401] * 3
        assert (await fetch(session, "/v1/searches/others/feed.atom"))[0].status == 404
        assert await status(f"{FEED}.atom?token={secret}") == 401

        second = await create_token()
        assert await status(paths["atom"]) == 401
        path = second["atom"].removeprefix(str(session._base_url))
        assert await status(path) == 200
        assert (await session.delete("/v1/searches/storms/feed-token")).status == 204
        assert await status(path) == 401

        third = (await create_token())["atom"].removeprefix(str(session._base_url))
        remove_token(settings.tokens_file, "me")
        assert await status(third) == 401


async def test_deleting_search_deletes_feed(live: Settings, tmp_path: Path) -> None:
    settings = live.model_copy(update={"data": tmp_path})
    secret = token(settings, "me", "alerts")
    await write_search(live, "storms", Subscription(id="storms", query="x", owner="me"))
    async with reading(settings, secret) as session:
        await json_of(await session.post("/v1/searches/storms/feed-token"))
        assert len(read_tokens(settings.tokens_file)) == 2

        assert (await session.delete("/v1/searches/storms")).status == 204
        assert [token.name for token in read_tokens(settings.tokens_file)] == ["me"]
        assert (await fetch(session, f"{FEED}.atom"))[0].status == 404
