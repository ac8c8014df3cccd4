"""Articles sent once: recognized, sent again after a failure, waiting."""

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@given(st.datetimes())
def test_content_key_ignores_time(fetched: Any) -> None:
    later = msgspec.structs.replace(RAIN, fetched=fetched)

    assert content_key(later) == content_key(RAIN)
    assert content_key(msgspec.structs.replace(later, title="x")) != content_key(RAIN)
