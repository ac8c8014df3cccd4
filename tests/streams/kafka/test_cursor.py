from datetime import timedelta

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from streams.errors import BrokerError
from streams.kafka.cursor import Cursor, read_unordered

PLACE = TopicPartition("alerts.v1", 0)


class SilentConsumer:
    """A consumer that stays at an offset, as when its partition has no leader."""

    async def position(self, place: TopicPartition) -> int:
        assert place == PLACE
        return 3

    async def getmany(self, *places: TopicPartition, timeout_ms: int) -> dict[None, None]:
        assert (places, timeout_ms) == ((PLACE,), 500)
        return {}

    def pause(self, place: TopicPartition) -> None:
        assert place == PLACE


async def read(end: int) -> list[ConsumerRecord]:
    cursor = Cursor(SilentConsumer(), {PLACE: end}, None, stall=timedelta(0))
    return [message async for message in read_unordered(cursor)]


async def test_read_unordered_fails_without_progress() -> None:
    with pytest.raises(BrokerError, match=r"alerts\.v1: no progress"):
        await read(end=4)


async def test_read_unordered_ends_at_once_at_end() -> None:
    assert await read(end=3) == []
