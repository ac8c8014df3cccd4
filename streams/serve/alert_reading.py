"""Stretches of alerts.v1: two places in, the messages between them out, so many at a time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from schemas.topics import ALERTS
from streams.errors import BrokerError
from streams.kafka.connection import consumer, physical_name
from streams.kafka.cursor import Cursor, as_they_come
from streams.kafka.reading import partitions_of
from streams.serve.problem import KafkaAwayError
from streams.settings import Settings

FETCH_BYTES: Final = 1024 * 1024
"""Fetched at a time; an alert has 1 to 3 KB."""

PART: Final = 200
"""Messages that one read gives at most: half a megabyte, held while a slow client takes them."""

READERS: Final = 4
"""Reads at a time: each has connections to Kafka of its own."""

MESSAGE_SECONDS: Final = 10.0
"""How long one message may take to come."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a read gave.

    Attributes:
        messages: Those that were wanted, in the order of each partition.
        places: Where it goes on.
        n_gone: Messages that the topic has dropped by age before they were read.
    """

    messages: list[ConsumerRecord]
    places: list[int]
    n_gone: int = 0


class AlertReader:
    """Reads what lies behind, with connections of its own."""

    def __init__(self, settings: Settings) -> None:
        """Read from the broker of these settings."""
        self._settings = settings
        self._readers = asyncio.Semaphore(READERS)

    async def between(
        self,
        places: Sequence[int],
        ends: Sequence[int],
        wanted: Callable[[ConsumerRecord], bool],
    ) -> Part:
        """Read from where a client stands towards where it is to stand.

        Args:
            places: For each partition the offset that comes next.
            ends: For each partition the offset at which to end.
            wanted: Says which messages count.

        Returns:
            A first part; the last one has ``places`` equal to ``ends``.

        Raises:
            KafkaAwayError: If it cannot be read now.
        """
        try:
            async with self._readers:
                return await self._between(places, ends, wanted)
        except (BrokerError, KafkaError) as error:
            raise KafkaAwayError from error

    async def _between(
        self,
        places: Sequence[int],
        ends: Sequence[int],
        wanted: Callable[[ConsumerRecord], bool],
    ) -> Part:
        now = list(places)
        found: list[ConsumerRecord] = []
        n_gone = 0
        async with consumer(self._settings, fetch_max_bytes=FETCH_BYTES) as client:
            every = await partitions_of(client, self._settings, (ALERTS.name,))
            behind = [one for one in every if now[one.partition] < ends[one.partition]]
            client.assign(behind)
            for one, first in (await client.beginning_offsets(behind)).items():
                start = min(max(first, now[one.partition]), ends[one.partition])
                n_gone += start - now[one.partition]
                now[one.partition] = start
                client.seek(one, start)
            cursor = Cursor(client, {one: ends[one.partition] for one in behind}, None)
            async for message in as_they_come(cursor):
                now[message.partition] = message.offset + 1
                if wanted(message):
                    found.append(message)
                if len(found) >= PART:
                    return Part(found, now, n_gone)
        return Part(found, list(ends), n_gone)

    async def at(self, places: Sequence[tuple[int, int]]) -> list[ConsumerRecord]:
        """Read single messages; those that the topic has dropped are left out.

        Args:
            places: Partition and offset of each.

        Raises:
            KafkaAwayError: If they cannot be read now.
        """
        if not places:
            return []
        try:
            async with self._readers:
                return await self._at(places)
        except (BrokerError, KafkaError, TimeoutError) as error:
            raise KafkaAwayError from error

    async def _at(self, places: Sequence[tuple[int, int]]) -> list[ConsumerRecord]:
        found: list[ConsumerRecord] = []
        topic = physical_name(self._settings, ALERTS.name)
        async with consumer(self._settings, fetch_max_bytes=FETCH_BYTES) as client:
            for number in sorted({partition for partition, _ in places}):
                one = TopicPartition(topic, number)
                client.assign([one])
                first = (await client.beginning_offsets([one]))[one]
                offsets = sorted(o for p, o in places if p == number and o >= first)
                position = -1
                for offset in offsets:
                    if offset != position:
                        client.seek(one, offset)
                    message = await asyncio.wait_for(client.getone(one), MESSAGE_SECONDS)
                    position = message.offset + 1
                    if message.offset == offset:
                        found.append(message)
        return found
