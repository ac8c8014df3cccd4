"""Stretches of alerts.v1: two places in, the messages between them out, so many at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import consumer
from streams.kafka.cursor import Cursor, read_unordered
from streams.kafka.read import partitions_of
from streams.records.topics import ALERTS
from streams.serve.problems import KafkaUnavailableError
from streams.settings import Settings

FETCH_BYTES: Final = 1024 * 1024
"""Fetched at a time; an alert has 1 to 3 KB."""

FETCH_WAIT_MS: Final = 20
"""A fetch that waits for news holds up all that comes behind it on its connection."""

PART: Final = 200
"""Messages that one read gives at most: half a megabyte, held while a slow client takes them."""

READERS: Final = 4
"""Reads at a time: each has connections to Kafka of its own."""

MESSAGE_SECONDS: Final = 10.0
"""How long one message may take to come."""


@dataclass(frozen=True, slots=True)
class AlertBatch:
    """What a read gave.

    Attributes:
        messages: Those that were wanted, in the order of each partition.
        places: Where it goes on.
        n_gone: Messages that the topic has dropped by age before they were read.
    """

    messages: list[ConsumerRecord]
    places: list[int]
    n_gone: int = 0


@dataclass(frozen=True, slots=True)
class _Client:
    """A consumer that reads now this stretch and now that.

    Attributes:
        kafka: Connected.
        partitions: All of alerts.v1.
        stack: Disconnects it.
    """

    kafka: AIOKafkaConsumer
    partitions: list[TopicPartition]
    stack: AsyncExitStack


class AlertReader:
    """Reads what lies behind, with connections of its own, which it keeps for the next read."""

    def __init__(self, settings: Settings) -> None:
        """Read from the broker of these settings."""
        self._settings = settings
        self._readers = asyncio.Semaphore(READERS)
        self._idle: list[_Client] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Disconnect what is connected at the end of the body."""
        try:
            yield
        finally:
            while self._idle:
                await self._idle.pop().stack.aclose()

    async def between(
        self,
        places: Sequence[int],
        ends: Sequence[int],
        wanted: Callable[[ConsumerRecord], bool],
    ) -> AlertBatch:
        """Read from where a client stands towards where it is to stand.

        Args:
            places: For each partition the offset that comes next.
            ends: For each partition the offset at which to end.
            wanted: Says which messages count.

        Returns:
            A first part; the last one has ``places`` equal to ``ends``.

        Raises:
            KafkaUnavailableError: If it cannot be read now.
        """
        now = list(places)
        found: list[ConsumerRecord] = []
        n_gone = 0
        async with self._client() as (kafka, every):
            behind = [one for one in every if now[one.partition] < ends[one.partition]]
            kafka.assign(behind)
            for one, first in (await kafka.beginning_offsets(behind)).items():
                start = min(max(first, now[one.partition]), ends[one.partition])
                n_gone += start - now[one.partition]
                now[one.partition] = start
                kafka.seek(one, start)
            cursor = Cursor(kafka, {one: ends[one.partition] for one in behind}, None)
            async for message in read_unordered(cursor):
                now[message.partition] = message.offset + 1
                if wanted(message):
                    found.append(message)
                if len(found) >= PART:
                    return AlertBatch(found, now, n_gone)
        return AlertBatch(found, list(ends), n_gone)

    async def at(self, places: Sequence[tuple[int, int]]) -> list[ConsumerRecord]:
        """Read single messages; those that the topic has dropped are left out.

        Args:
            places: Partition and offset of each.

        Raises:
            KafkaUnavailableError: If they cannot be read now.
        """
        found: list[ConsumerRecord] = []
        async with self._client() as (kafka, every):
            for one in [one for one in every if one.partition in {number for number, _ in places}]:
                kafka.assign([one])
                first = (await kafka.beginning_offsets([one]))[one]
                wanted = {o for number, o in places if number == one.partition and o >= first}
                position = -1
                for offset in sorted(wanted):
                    if offset != position:
                        kafka.seek(one, offset)
                    message = await asyncio.wait_for(kafka.getone(one), MESSAGE_SECONDS)
                    position = message.offset + 1
                    if message.offset == offset:
                        found.append(message)
        return found

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
        """Borrow a connection; one with which something went wrong is not kept.

        Raises:
            KafkaUnavailableError: If there is none now, or the body fails.
        """
        async with self._readers:
            try:
                client = self._idle.pop() if self._idle else await self._connected()
                try:
                    yield client.kafka, client.partitions
                    client.kafka.unsubscribe()
                except BaseException:
                    await client.stack.aclose()
                    raise
            except (BrokerError, KafkaError, TimeoutError) as error:
                raise KafkaUnavailableError from error
            self._idle.append(client)

    async def _connected(self) -> _Client:
        async with AsyncExitStack() as stack:
            kafka = await stack.enter_async_context(
                consumer(
                    self._settings,
                    fetch_max_bytes=FETCH_BYTES,
                    fetch_max_wait_ms=FETCH_WAIT_MS,
                )
            )
            partitions = await partitions_of(kafka, self._settings, (ALERTS.name,))
            return _Client(kafka, partitions, stack.pop_all())
