"""Records sent without waiting: acknowledged, refused, and limited in number."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from aiokafka.structs import RecordMetadata, TopicPartition

from streams.errors import BrokerError
from streams.kafka.sender import Sender
from streams.records import Origin
from streams.settings import Settings

TOPIC = "articles.raw.v1"
SETTINGS = Settings(broker="127.0.0.1:1", topic_prefix="test.")


class SlowProducer:
    """A producer that acknowledges on request."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []
        self.answers: list[asyncio.Future[RecordMetadata]] = []
        self.refuses: Exception | None = None

    async def send(
        self, topic: str, value: bytes | None, *, key: bytes | None, headers: Any
    ) -> "asyncio.Future[RecordMetadata]":
        if self.refuses:
            raise self.refuses
        self.sent.append((topic, value, key, headers))
        self.answers.append(asyncio.get_running_loop().create_future())
        return self.answers[-1]

    def acknowledge(self, number: int) -> None:
        name = self.sent[number][0]
        place = RecordMetadata(name, 0, TopicPartition(name, 0), number, 0, 0, 0)
        self.answers[number].set_result(place)


@pytest.fixture
def producer() -> SlowProducer:
    return SlowProducer()


def sender(producer: SlowProducer, **options: int) -> Sender:
    return Sender(producer, SETTINGS, **options)  # type: ignore[arg-type]


async def test_send_returns_position_of_acknowledged_record(producer: SlowProducer) -> None:
    answer = await sender(producer).send(TOPIC, b"value", b"key", headers=[("a", b"b")])

    assert not answer.done()
    producer.acknowledge(0)
    assert await answer == Origin(TOPIC, 0, 0)
    assert producer.sent == [(f"test.{TOPIC}", b"value", b"key", [("a", b"b")])]


async def test_send_waits_while_too_many_are_in_flight(producer: SlowProducer) -> None:
    sending = sender(producer, max_in_flight=2)
    for _ in range(2):
        await sending.send(TOPIC, b"value")

    third = asyncio.ensure_future(sending.send(TOPIC, b"value"))
    await asyncio.sleep(0)
    n_before = len(producer.sent)
    producer.acknowledge(1)
    await third

    assert (n_before, len(producer.sent)) == (2, 3)


async def test_flush_waits_for_all_and_raises_the_first_failure(producer: SlowProducer) -> None:
    sending = sender(producer)
    for _ in range(3):
        await sending.send(TOPIC, b"value")

    flushing = asyncio.ensure_future(sending.flush())
    producer.answers[1].set_exception(MessageSizeTooLargeError())
    await asyncio.sleep(0)
    failed_early = (sending.failed, flushing.done())
    producer.acknowledge(0)
    producer.acknowledge(2)

    assert failed_early == (True, False)
    with pytest.raises(BrokerError, match=rf"sending to {TOPIC}: .*message"):
        await flushing
    assert not sending.failed
    await sending.flush()


async def test_send_and_wait_raises_refusals(producer: SlowProducer) -> None:
    sending = asyncio.ensure_future(sender(producer).send_and_wait(TOPIC, None, b"key"))
    await asyncio.sleep(0)

    producer.answers[0].set_exception(KafkaTimeoutError())

    with pytest.raises(BrokerError, match="does not answer in time"):
        await sending


async def test_refused_record_frees_its_slot(
    producer: SlowProducer,
) -> None:
    sending = sender(producer, max_in_flight=1)
    producer.refuses = KafkaTimeoutError()
    for _ in range(2):
        with pytest.raises(BrokerError, match="does not answer in time"):
            await sending.send(TOPIC, b"value")

    producer.refuses = None

    assert not (await sending.send(TOPIC, b"value")).done()


async def test_canceled_wait_leaves_record_in_flight(producer: SlowProducer) -> None:
    sending = sender(producer)
    waiting = asyncio.ensure_future(sending.send_and_wait(TOPIC, b"value"))
    await asyncio.sleep(0)

    waiting.cancel()
    flushing = asyncio.ensure_future(sending.flush())
    await asyncio.sleep(0)
    was_done = flushing.done()
    producer.acknowledge(0)

    await flushing
    assert (was_done, sending.failed) == (False, False)
