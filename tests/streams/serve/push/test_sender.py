"""Articles sent once: recognized, sent again after a failure, waiting."""

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import Origin
from streams.serve.problems import KafkaUnavailableError
from streams.serve.push.sender import ArticleSender, SendOutcome, content_key
from tests.support.builders import raw_article

RAIN = raw_article(url="https://news.test/rain", body=b"Rain.")
SNOW = raw_article(url="https://news.test/snow", body=b"Snow.")


class SlowBroker:
    """A broker that acknowledges on request."""

    def __init__(self) -> None:
        self.sent: list[asyncio.Future[Any]] = []

    async def send(self, _topic: str, _value: bytes, _key: bytes) -> "asyncio.Future[Any]":
        """Accept a record."""
        self.sent.append(asyncio.get_running_loop().create_future())
        return self.sent[-1]

    def acknowledge_all(self) -> None:
        """Acknowledge all records."""
        for future in self.sent:
            future.set_result(None)


async def test_article_in_flight_is_not_sent_again() -> None:
    broker = SlowBroker()
    intake = ArticleSender(broker.send, ack_seconds=0.05)

    with pytest.raises(KafkaUnavailableError):
        await intake.send([RAIN, SNOW])
    asyncio.get_running_loop().call_soon(broker.acknowledge_all)

    assert await intake.send([RAIN, SNOW]) == [
        SendOutcome(id=RAIN.id, repeated=True),
        SendOutcome(id=SNOW.id, repeated=True),
    ]
    assert len(broker.sent) == 2


async def test_refused_article_is_sent_again() -> None:
    broker = SlowBroker()
    intake = ArticleSender(broker.send)
    first = asyncio.ensure_future(intake.send([RAIN]))
    await asyncio.sleep(0)
    broker.sent[0].set_exception(OSError("gone"))
    with pytest.raises(KafkaUnavailableError):
        await first

    second = asyncio.ensure_future(intake.send([RAIN]))
    await asyncio.sleep(0)
    broker.sent[1].set_result(None)

    assert await second == [SendOutcome(id=RAIN.id, repeated=False)]


async def test_duplicate_in_one_push_is_sent_once() -> None:
    broker = SlowBroker()
    intake = ArticleSender(broker.send)
    sending = asyncio.ensure_future(intake.send([RAIN, RAIN]))
    await asyncio.sleep(0)
    broker.acknowledge_all()

    assert [outcome.repeated for outcome in await sending] == [False, True]


async def test_sender_remembers_limited_articles() -> None:
    broker = SlowBroker()
    intake = ArticleSender(broker.send, remembered=1, ack_seconds=0.01)
    for article in (RAIN, SNOW, RAIN):
        with pytest.raises(KafkaUnavailableError):
            await intake.send([article])

    assert len(broker.sent) == 3


class PromptBroker:
    """A broker that acknowledges at once."""

    def __init__(self) -> None:
        self.keys: list[bytes] = []

    async def send(self, _topic: str, _value: bytes, key: bytes) -> "asyncio.Future[Any]":
        """Accept a record."""
        self.keys.append(key)
        answer = asyncio.get_running_loop().create_future()
        answer.set_result(None)
        return answer


CORRECTED = msgspec.structs.replace(RAIN, body=b"Rain, corrected.")


@pytest.mark.parametrize(
    ("pushed", "repeated"),
    [
        ([RAIN, CORRECTED, RAIN], [False, False, False]),
        ([RAIN, CORRECTED, CORRECTED, RAIN, RAIN], [False, False, True, False, True]),
        ([RAIN, SNOW, RAIN], [False, False, True]),
        ([RAIN, CORRECTED, RAIN, CORRECTED], [False, False, False, False]),
    ],
    ids=["A B A", "A B B A A", "other article", "A B A B"],
)
async def test_known_is_what_equals_the_latest_version(
    pushed: list[Any], repeated: list[bool]
) -> None:
    one_by_one, together = PromptBroker(), PromptBroker()
    sender = ArticleSender(one_by_one.send)

    outcomes = [(await sender.send([article]))[0].repeated for article in pushed]
    batch = await ArticleSender(together.send).send(pushed)

    assert outcomes == [outcome.repeated for outcome in batch] == repeated
    assert len(one_by_one.keys) == len(together.keys) == repeated.count(False)


async def test_version_that_was_refused_is_not_the_latest() -> None:
    broker = SlowBroker()
    sender = ArticleSender(broker.send)
    sending = asyncio.ensure_future(sender.send([RAIN, CORRECTED]))
    await asyncio.sleep(0)
    broker.sent[0].set_result(None)
    broker.sent[1].set_exception(OSError("gone"))
    with pytest.raises(KafkaUnavailableError):
        await sending

    again = asyncio.ensure_future(sender.send([CORRECTED]))
    await asyncio.sleep(0)
    broker.sent[2].set_result(None)

    assert await again == [SendOutcome(id=RAIN.id, repeated=False)]


@given(st.datetimes())
def test_content_key_ignores_time(fetched: Any) -> None:
    later = msgspec.structs.replace(RAIN, fetched=fetched)

    assert content_key(later) == content_key(RAIN)
    assert content_key(msgspec.structs.replace(later, title="x")) != content_key(RAIN)


class RecreatedTopic(SlowBroker):
    """A broker with a raw topic that can be deleted and created again."""

    topic_id = "5f2c90aa"

    async def send(self, _topic: str, _value: bytes, _key: bytes) -> "asyncio.Future[Any]":
        """Accept a record and acknowledge it at once."""
        stored = await super().send(_topic, _value, _key)
        stored.set_result(Origin("articles.raw.v1", 0, len(self.sent) - 1, self.topic_id))
        return stored

    async def current_id(self, _topic: str) -> str:
        """Return the id of the topic."""
        return self.topic_id


@pytest.mark.parametrize(
    ("topic_id", "repeated"),
    [("5f2c90aa", True), ("00aa17e5", False), ("", True)],
    ids=["same topic", "wiped or created again", "broker without ids"],
)
async def test_push_is_known_only_on_the_topic_that_has_it(
    topic_id: str, *, repeated: bool
) -> None:
    broker = RecreatedTopic()
    intake = ArticleSender(broker.send, topic_id=broker.current_id)
    await intake.send([RAIN])

    broker.topic_id = topic_id
    [outcome] = await intake.send([RAIN])

    assert outcome.repeated is repeated
    assert len(broker.sent) == 2 - repeated


async def test_outcome_has_origin() -> None:
    broker = RecreatedTopic()

    outcomes = await ArticleSender(broker.send).send([RAIN, SNOW])

    assert [outcome.origin for outcome in outcomes] == [
        "articles.raw.v1@5f2c90aa-0-0",
        "articles.raw.v1@5f2c90aa-0-1",
    ]


async def test_known_push_is_refused_while_topic_is_unknown() -> None:
    async def unavailable(_topic: str) -> str:
        raise KafkaUnavailableError

    intake = ArticleSender(RecreatedTopic().send, topic_id=unavailable)
    await intake.send([RAIN])

    with pytest.raises(KafkaUnavailableError):
        await intake.send([RAIN])
