"""The client API against a live Kafka: acknowledged sends, at-least-once subscriptions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from streams.client import connect, publish, raw_article, receive, subscribe
from streams.errors import UsageError
from streams.kafka.read import partition_for
from streams.records import ORIGIN_HEADER, Origin, PublicationTime, RawArticle, decode
from streams.records.topics import RAW
from streams.settings import Settings
from tests.support.builders import duplicate_article, enriched_article
from tests.support.live import EUROPE, messages_on, send
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, EUROPE)


def url(number: int) -> str:
    return f"https://news.test/{number}"


def origin(number: int) -> tuple[str, bytes]:
    return (ORIGIN_HEADER, f"articles.raw.v1-0-{number}".encode())


async def urls(live: Settings, **options: Any) -> list[str]:
    """Return the URLs that a subscriber of `europe` gets from the beginning."""
    options = {"from_": "beginning", "settings": live} | options
    return [article.url async for article in subscribe("europe", **options)]


async def test_publish_returns_origins(live: Settings) -> None:
    articles = [
        raw_article(source="x", url=url(number), title="Rain", text="Wet.") for number in range(5)
    ]

    origins = await publish(articles, settings=live)

    stored = {
        Origin(RAW.name, message.partition, message.offset): decode(message.value, RawArticle)
        for message in await messages_on(live, RAW)
    }
    assert [stored[origin] for origin in origins] == articles
    assert {place.partition for place in origins} == {
        partition_for(article.id.encode(), 8) for article in articles
    }


async def test_connect_publishes_repeatedly_in_order(live: Settings) -> None:
    article = raw_article(source="x", url=url(1), title="Rain", text="Wet.")

    async with connect(live) as connection:
        first = await connection.publish([article])
        second = await connection.publish([article])

    assert first[0].partition == second[0].partition
    assert first[0].offset < second[0].offset


async def test_subscribe_yields_enriched_and_duplicates(
    live: Settings,
) -> None:
    records = [enriched_article(), duplicate_article()]
    await send(live, EUROPE, *records)

    received = [
        article async for article in subscribe("europe", from_="beginning", limit=2, settings=live)
    ]

    assert sorted(received, key=repr) == sorted(records, key=repr)


async def test_subscribe_continues_at_committed_offset(live: Settings) -> None:
    await send(live, EUROPE, *(enriched_article(url=url(n)) for n in range(6)), key=b"k")

    first = await urls(live, group="me", limit=4)
    second = await urls(live, group="me", limit=2)

    assert [*first, *second] == [url(n) for n in range(6)]


async def test_subscribe_redelivers_unfinished_article(live: Settings) -> None:
    await send(live, EUROPE, *(enriched_article(url=url(n)) for n in range(3)), key=b"k")
    handled = []
    following = subscribe("europe", group="me", from_="beginning", settings=live)
    async with aclosing(following) as articles:
        async for article in articles:
            handled.append(article.url)
            if len(handled) == 2:
                break

    assert handled == [url(0), url(1)]
    assert await urls(live, group="me", limit=2) == [url(1), url(2)]


async def test_subscribe_skips_redelivered_articles(live: Settings) -> None:
    await send(live, EUROPE, enriched_article(url=url(1)), headers=[origin(1)], key=b"k")
    await send(live, EUROPE, enriched_article(url=url(1)), headers=[origin(1)], key=b"k")
    await send(live, EUROPE, enriched_article(url=url(1)), headers=[origin(2)], key=b"k")
    await send(live, EUROPE, enriched_article(url=url(2)), headers=[origin(2)], key=b"k")

    assert await urls(live, limit=3) == [url(1), url(1), url(2)]


async def test_subscribe_skips_malformed_records(
    live: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    await send(live, EUROPE, b"{", None, enriched_article(url=url(1)), key=b"k")

    assert await urls(live, limit=1) == [url(1)]
    assert caplog.text.count("record unreadable") == 1  # the message without a value is none


async def test_subscribe_commits_its_start_at_end(live: Settings) -> None:
    await send(live, EUROPE, enriched_article(url=url(1)))
    ready = asyncio.Event()
    following = receive("europe", group="me", settings=live, ready=ready.set)
    waiting = asyncio.ensure_future(anext(following))
    await ready.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    await send(live, EUROPE, enriched_article(url=url(2)))

    assert await urls(live, group="me", from_="end", limit=1) == [url(2)]


async def test_subscribe_from_time_uses_event_time(live: Settings) -> None:
    fetched = datetime.now(UTC)
    times = [timedelta(days=9), timedelta(days=1), timedelta(days=8), timedelta(hours=1)]
    for number, ago in enumerate(times):
        published = PublicationTime(time=fetched - ago)
        article = enriched_article(url=url(number), published=published, fetched=fetched)
        await send(live, EUROPE, article, key=b"k")

    received = await urls(live, from_=fetched - timedelta(days=7), limit=2)

    assert received == [url(1), url(3)]


async def test_group_members_share_work_without_loss(live: Settings) -> None:
    received: list[str] = []
    ready = [asyncio.Event(), asyncio.Event()]

    async def work(event: asyncio.Event) -> None:
        options = {"group": "me", "from_": "beginning", "settings": live, "ready": event.set}
        async with aclosing(receive("europe", **options)) as items:  # type: ignore[arg-type]
            async for item in items:
                received.append(item.record.url)  # type: ignore[attr-defined]  # noqa: PERF401

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        first = tasks.create_task(work(ready[0]))
        await ready[0].wait()
        await send(live, EUROPE, *(enriched_article(url=url(n)) for n in range(40)))
        second = tasks.create_task(work(ready[1]))
        await ready[1].wait()
        await send(live, EUROPE, *(enriched_article(url=url(n)) for n in range(40, 80)))
        await eventually(lambda: set(received) == {url(n) for n in range(80)})
        first.cancel()
        second.cancel()

    assert len(received) < 120


@pytest.mark.parametrize("name", ["Europe!", "nowhere", "articles.none.v1"])
async def test_subscribe_to_unknown_route_fails(live: Settings, name: str) -> None:
    with pytest.raises(UsageError, match=name):
        await anext(subscribe(name, settings=live))


async def test_subscribe_accepts_any_topic(live: Settings) -> None:
    article = raw_article(source="x", url=url(1), title="Rain", text="Wet.")
    await publish([article], settings=live)

    received: AsyncIterator[Any] = subscribe(RAW.name, from_="beginning", limit=1, settings=live)

    assert [record async for record in received] == [article]


async def test_subscribe_reads_history_in_order_then_follows(live: Settings) -> None:
    for number in range(9):
        await send(live, EUROPE, enriched_article(url=url(number)), key=f"{number}".encode())
    received = []

    async with aclosing(receive("europe", from_="beginning", settings=live)) as items:
        async for item in items:
            received.append(item.record.url)  # type: ignore[attr-defined]
            if len(received) in (4, 9):  # within the history, and after it
                key = f"{len(received)}".encode()
                await send(live, EUROPE, enriched_article(url=url(100 + len(received))), key=key)
            if len(received) == 11:
                break

    assert received[:9] == [url(number) for number in range(9)]
    assert sorted(received[9:]) == [url(104), url(109)]
