"""Articles pushed over HTTP to a live Kafka: acknowledged, recognized, limited."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import orjson
import pytest

from streams.broker import BrokerOptions, start_broker
from streams.kafka.topics import create_topics
from streams.records import Origin, RawArticle, decode
from streams.records.topics import ALERTS, RAW, SUBSCRIPTIONS
from streams.serve.app import create_app
from streams.serve.component import Component, assemble_app
from streams.serve.producer import ReconnectingProducer
from streams.serve.push.handlers import push_component
from streams.serve.push.limits import Budget
from streams.serve.push.sender import ArticleSender
from streams.serve.push.service import PushService
from streams.settings import Settings
from tests.support.live import messages_on
from tests.support.serving import client, json_of, serving, token, until_ready
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, SUBSCRIPTIONS, ALERTS)

RAIN = {"id": "wire-7", "source": "wire", "title": "Rain", "text": "It rained."}
NDJSON = {"Content-Type": "application/x-ndjson"}


@asynccontextmanager
async def pushing(live: Settings, data: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """Open a client that may push, of a server that is ready."""
    settings = live.model_copy(update={"data": data})
    secret = token(settings, "service", "push")
    async with serving(create_app(settings)) as url, client(url, secret) as session:
        await until_ready(session)
        yield session


async def pushed(live: Settings) -> list[RawArticle]:
    """Return the articles on the raw topic."""
    return [decode(message.value, RawArticle) for message in await messages_on(live, RAW)]


def lines(*values: Any) -> bytes:
    """Return JSON lines; bytes are used unchanged."""
    encoded = (value if isinstance(value, bytes) else orjson.dumps(value) for value in values)
    return b"\n".join(encoded)


async def test_push_is_answered_after_acknowledgment(live: Settings, tmp_path: Path) -> None:
    async with pushing(live, tmp_path) as session:
        answer = await session.post("/v1/articles", json=RAIN)
        body = await json_of(answer)
        (article,) = await pushed(live)

    assert answer.status == 202
    origin = Origin.parse(body["articles"][0].pop("origin"))
    assert (origin.topic, len(origin.topic_id)) == (RAW.name, 8)
    assert body == {
        "accepted": 1,
        "repeated": 0,
        "articles": [{"line": 1, "id": article.id, "repeated": False}],
    }
    assert (article.source, article.external_id, article.title) == ("wire", "wire-7", "Rain")


async def test_source_defaults_to_token_name(live: Settings, tmp_path: Path) -> None:
    async with pushing(live, tmp_path) as session:
        await json_of(await session.post("/v1/articles", json={"title": "Rain"}))
        (article,) = await pushed(live)

    assert article.source == "service"


async def test_repeated_push_is_not_sent_again(live: Settings, tmp_path: Path) -> None:
    changed = RAIN | {"text": "It snowed."}
    async with pushing(live, tmp_path) as session:
        first = await json_of(await session.post("/v1/articles", json=RAIN))
        again = await session.post("/v1/articles", json=RAIN)
        second = await json_of(again)
        revision = await session.post("/v1/articles", data=lines(RAIN, changed), headers=NDJSON)
        third = await json_of(revision)
        articles = await pushed(live)

    assert (again.status, second["repeated"]) == (200, 1)
    assert (revision.status, third["accepted"], third["repeated"]) == (202, 1, 1)
    ids = {article["id"] for body in (first, second, third) for article in body["articles"]}
    assert {article.id for article in articles} == ids
    assert sorted(article.body for article in articles) == [b"It rained.", b"It snowed."]


async def test_concurrent_identical_pushes_are_sent_once(live: Settings, tmp_path: Path) -> None:
    async with pushing(live, tmp_path) as session:
        answers = await asyncio.gather(
            *(session.post("/v1/articles", json=RAIN) for _ in range(30))
        )
        bodies = [await json_of(answer) for answer in answers]

        assert sum(body["accepted"] for body in bodies) == 1
        assert len(await pushed(live)) == 1


async def test_idempotency_key_repeats_response(live: Settings, tmp_path: Path) -> None:
    key = {"Idempotency-Key": "k-1"}
    async with pushing(live, tmp_path) as session:
        first = await session.post("/v1/articles", json=RAIN, headers=key)
        again = await session.post("/v1/articles", json=RAIN, headers=key)
        other = await session.post("/v1/articles", json=RAIN | {"title": "x"}, headers=key)

        assert (first.status, again.status, other.status) == (202, 202, 422)
        assert await json_of(first) == await json_of(again)
        await json_of(other)
        assert len(await pushed(live)) == 1


async def test_invalid_lines_are_named_and_others_accepted(live: Settings, tmp_path: Path) -> None:
    body = lines(
        RAIN, b"{", b"", {"title": 3, "published": []}, b"  ", {"url": "x"}, {"title": "S"}
    )
    async with pushing(live, tmp_path) as session:
        answer = await session.post("/v1/articles", data=body, headers=NDJSON)
        result = await json_of(answer)
        articles = await pushed(live)

    assert (answer.status, answer.content_type) == (400, "application/problem+json")
    assert result["detail"] == "3 lines refused, 2 accepted; correct the lines in problems"
    problems = [(line["line"], line["field"], line["reason"]) for line in result["problems"]]
    assert problems == [
        (2, "", "not_json"),
        (4, "title", "not_this_record"),
        (4, "published", "not_this_record"),
        (6, "", "not_this_record"),
    ]
    assert [line["line"] for line in result["articles"]] == [1, 7]
    assert sorted(article.title for article in articles) == ["Rain", "S"]


async def test_ten_thousand_gzip_lines_arrive(live: Settings, tmp_path: Path) -> None:
    articles = [{"id": f"n-{number}", "title": f"Rain {number}"} for number in range(10_000)]
    headers = NDJSON | {"Content-Encoding": "gzip"}
    async with pushing(live, tmp_path) as session:
        answer = await session.post(
            "/v1/articles", data=gzip.compress(lines(*articles), mtime=0), headers=headers
        )

        assert (await json_of(answer))["accepted"] == 10_000
        stored = {article.external_id for article in await pushed(live)}
        assert stored == {article["id"] for article in articles}


async def test_unavailable_kafka_is_503_without_loss(
    broker_options: BrokerOptions, tmp_path: Path
) -> None:
    first = await start_broker(broker_options)
    settings = Settings(broker=first.bootstrap)
    await create_topics(settings, LIVE_TOPICS)
    async with pushing(settings, tmp_path) as session:
        await json_of(await session.post("/v1/articles", json=RAIN))
        await first.stop()
        refused = await session.post("/v1/articles", json=RAIN | {"id": "wire-8"})
        problem = await json_of(refused)
        await start_broker(broker_options)

        async def accepted() -> bool:
            answer = await session.post("/v1/articles", json=RAIN | {"id": "wire-8"})
            return "articles" in await json_of(answer)

        await eventually(accepted)
        stored = await pushed(settings)

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert "send it again" in problem["detail"]
    assert sorted(article.external_id for article in stored) == ["wire-7", "wire-8"]


async def test_push_beyond_budget_is_429(live: Settings, tmp_path: Path) -> None:
    settings = live.model_copy(update={"data": tmp_path})
    producer = ReconnectingProducer(settings)
    kafka = Component(
        handlers=(),
        running=[lambda _: producer.running()],
        facts=[lambda: {"kafka_ready": producer.ready}],
    )
    service = PushService(
        ArticleSender(producer.send), budget=Budget(max_bytes=300), max_page_bytes=1000
    )
    app = assemble_app(settings, components=[kafka, push_component(producer, service)])
    async with serving(app) as url, client(url, token(settings)) as session:
        await until_ready(session)
        refused = await session.post("/v1/articles", json=RAIN | {"text": "x" * 100})
        await json_of(refused)
        accepted = await session.post("/v1/articles", json=RAIN)
        await json_of(accepted)
        metrics = await (await session.get("/metrics")).text()

    assert (refused.status, refused.headers["Retry-After"], accepted.status) == (429, "1", 202)
    assert "news_push_in_flight_bytes 0.0" in metrics
    assert [article.external_id for article in await pushed(live)] == ["wire-7"]


def test_responses_match_openapi(tmp_path: Path) -> None:
    schema = create_app(Settings(data=tmp_path, broker="nowhere:1")).openapi_schema.to_schema()

    operation = schema["paths"]["/v1/articles"]["post"]
    assert set(operation["responses"]) >= {"200", "202", "400"}
    assert (
        "title" in operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
    )
    assert operation["security"] == [{"bearer": []}]
    assert msgspec.json.encode(schema)
