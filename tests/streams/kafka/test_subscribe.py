"""A subscriber that ends while Kafka does not answer."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiokafka import TopicPartition

from streams.kafka import subscribe
from streams.kafka.subscribe import _Position
from tests.support.stored import stored_message

PARTITION = TopicPartition("routed.europe.v1", 0)


class AwayClient:
    """A consumer in a group whose coordinator is not found."""

    def assignment(self) -> set[TopicPartition]:
        return {PARTITION}

    async def commit(self, offsets: Any) -> None:  # noqa: ARG002  # as aiokafka's
        await asyncio.Event().wait()


async def test_ending_subscriber_does_not_wait_for_kafka(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribe, "LAST_COMMIT_WITHIN", timedelta(milliseconds=1))
    position = _Position(AwayClient(), "end", until_end=False)
    position._group = True
    position.mark_handled(stored_message(PARTITION.topic))

    async with asyncio.timeout(10):
        await position.close()
