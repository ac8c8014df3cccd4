"""A table followed on a live Kafka: its content, then every change."""

import asyncio
from contextlib import aclosing

import pytest
from aiokafka import AIOKafkaProducer

from streams.errors import BrokerError
from streams.kafka.connection import connection_options, physical_name
from streams.kafka.table import follow_table
from streams.records.topics import SUBSCRIPTIONS
from streams.settings import Settings
from tests.support.live import send
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (SUBSCRIPTIONS,)


class Followed:
    """The messages of a followed table, and their number when the reader had caught up."""

    def __init__(self, live: Settings) -> None:
        """Start to follow."""
        self.messages: list[tuple[bytes, bytes | None]] = []
        self.caught_up_after: list[int] = []
        self.task = asyncio.ensure_future(self._run(live))

    async def _run(self, live: Settings) -> None:
        def caught_up() -> None:
            self.caught_up_after.append(len(self.messages))

        following = follow_table(live, SUBSCRIPTIONS.name, caught_up=caught_up)
        async with aclosing(following) as messages:
            async for message in messages:
                self.messages.append((message.key, message.value))


async def test_follow_table_yields_content_then_changes(live: Settings) -> None:
    await send(live, SUBSCRIPTIONS, b"1", b"2", key=b"a")

    followed = Followed(live)
    await eventually(lambda: followed.caught_up_after == [2])
    await send(live, SUBSCRIPTIONS, None, key=b"a")
    await send(live, SUBSCRIPTIONS, b"3", key=b"b")

    expected = [(b"a", b"1"), (b"a", b"2"), (b"a", None), (b"b", b"3")]
    await eventually(lambda: followed.messages == expected)
    assert followed.caught_up_after == [2]
    followed.task.cancel()


async def test_follow_table_catches_up_with_an_empty_table(live: Settings) -> None:
    followed = Followed(live)

    await eventually(lambda: followed.caught_up_after == [0])
    followed.task.cancel()


async def test_follow_table_catches_up_after_transaction_marker(live: Settings) -> None:
    client = AIOKafkaProducer(
        **connection_options(live), transactional_id=f"{live.topic_prefix}writer"
    )
    await client.start()
    async with client.transaction():
        topic = physical_name(live, SUBSCRIPTIONS.name)
        await client.send_and_wait(topic, b"1", key=b"a")
    await client.stop()

    followed = Followed(live)

    await eventually(lambda: followed.caught_up_after == [1])
    followed.task.cancel()


async def test_follow_table_yields_to_event_loop(live: Settings) -> None:
    await send(live, SUBSCRIPTIONS, *[b"%d" % number for number in range(500)], key=b"a")
    beats = 0
    followed = Followed(live)

    while not followed.caught_up_after:  # bounded by the time-out of tests
        beats += 1
        await asyncio.sleep(0.001)

    assert beats > 1
    followed.task.cancel()


async def test_follow_table_of_missing_topic_fails(broker: str) -> None:
    followed = Followed(Settings(broker=broker, topic_prefix="nobody-has-it."))

    with pytest.raises(BrokerError, match="create it with"):
        await followed.task
