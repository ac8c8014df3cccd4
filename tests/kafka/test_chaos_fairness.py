"""A sender at full blast does not delay another one, who sends an article a second."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import msgspec
import pytest
from aiokafka import AIOKafkaConsumer

from streams.kafka.connection import consumer, physical_name, producer
from streams.records import encode
from streams.records.topics import RAW, routed_topic
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.supervisor.pipeline import Pipeline
from tests.support.news import news
from tests.support.serving import client, token, until_ready

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(1500)]

SECONDS = int(os.environ.get("FAIRNESS_SECONDS", "60"))
"""Duration of a flood; the requirement is ten minutes."""

UNMATCHED = routed_topic("unmatched").name

LIMIT_SECONDS = 2.0

Flood = Callable[[Settings, str, str], Awaitable[None]]


def lines(articles: list[dict[str, str]]) -> bytes:
    """Return a push of several articles."""
    return b"\n".join(map(msgspec.json.encode, articles))


def pushed(name: str, number: int, text: str, source: str = "") -> dict[str, str]:
    """Return an article for a push."""
    url = f"https://{name}.test/{number}"
    article = {"url": url, "title": f"{name} {number}", "text": text}
    return article | ({"source": source} if source else {})


async def post_flood(session: aiohttp.ClientSession, name: str, source: str = "") -> None:
    """Push good articles without a pause until cancelled."""
    texts = [article.body.decode() for article in news(500, seed=2)]
    headers = {"Content-Type": "application/x-ndjson"}

    async def post(worker: int) -> None:
        number = 0
        while True:
            batch = [
                pushed(
                    name, worker * 10**7 + number + k, f"{number + k} {texts[(number + k) % 500]}"
                )
                | ({"source": source} if source else {})
                for k in range(50)
            ]
            number += 50
            answer = await session.post("/v1/articles", data=lines(batch), headers=headers)
            if answer.status == 429:
                await asyncio.sleep(float(answer.headers["Retry-After"]))

    await asyncio.gather(*(post(worker) for worker in range(8)))


async def flood_by_token(settings: Settings, url: str, _secret: str) -> None:
    """Push by another token."""
    async with client(url, token(settings, "flood", "push")) as session:
        await post_flood(session, "flood")


async def flood_by_source(_settings: Settings, url: str, secret: str) -> None:
    """Push by the same token, from another source."""
    async with client(url, secret) as session:
        await post_flood(session, "flood", source="flood")


async def flood_of_bad_records(settings: Settings, _url: str, _secret: str) -> None:
    """Write 100,000 bad records to the raw topic as fast as clean rejects some 1,000 a second."""
    topic = physical_name(settings, RAW.name)
    bad = encode(msgspec.structs.replace(news(1)[0], url="javascript:x", source="bad"))
    async with producer(settings) as kafka:
        for number in range(100_000):
            await kafka.send(topic, bad, key=b"%d" % number)
            if number % 100 == 99:
                await asyncio.sleep(0.1)


async def note_arrivals(reader: AIOKafkaConsumer, arrived: dict[str, float]) -> None:
    """Note when each title of the quiet sender is on a route."""
    async for message in reader:
        title = msgspec.json.decode(message.value).get("title", "")
        if title.startswith("quiet"):
            arrived.setdefault(title, time.monotonic())


@pytest.mark.parametrize("flood", [flood_by_token, flood_by_source, flood_of_bad_records])
async def test_flood_does_not_delay_a_quiet_sender(
    live: Settings, tmp_path: Path, flood: Flood
) -> None:
    port = free_port()
    settings = live.model_copy(update={"data": tmp_path, "serve_port": port})
    secret = token(settings, "quiet", "push")
    sent: dict[str, float] = {}
    arrived: dict[str, float] = {}
    statuses: list[int] = []
    texts = [article.body.decode() for article in news(SECONDS, seed=3)]
    async with Pipeline(settings, {}, log_folder=tmp_path, serve=True) as pipeline:
        await pipeline.wait_ready()
        url = f"http://127.0.0.1:{port}"
        async with client(url, secret) as session, consumer(settings, UNMATCHED) as reader:
            await until_ready(session)
            tasks = [
                asyncio.ensure_future(note_arrivals(reader, arrived)),
                asyncio.ensure_future(flood(settings, url, secret)),
            ]
            for number, text in enumerate(texts):
                article = pushed("quiet", number, text, source="quiet")
                sent[article["title"]] = time.monotonic()
                statuses.append((await session.post("/v1/articles", json=article)).status)
                await asyncio.sleep(max(0, sent[article["title"]] + 1 - time.monotonic()))
            await asyncio.sleep(5)
            for task in tasks:
                task.cancel()
    delays = sorted(arrived.get(title, float("inf")) - at for title, at in sent.items())
    p50, p99 = (delays[min(len(delays) - 1, int(share * len(delays)))] for share in (0.5, 0.99))

    assert set(statuses) == {202}
    assert p99 < LIMIT_SECONDS, f"p50 {p50:.2f} s, p99 {p99:.2f} s, {len(arrived)} arrived"
