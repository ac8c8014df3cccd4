"""Read older messages of alerts.v1 in batches, between two positions or one by one."""

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
"""Bytes per fetch; an alert has 1 to 3 KB."""

FETCH_WAIT_MS: Final = 20
"""A fetch that waits for new messages blocks all later requests on its connection."""

BATCH: Final = 200
"""Maximum messages of one batch: half a megabyte, held while a slow client takes them."""

READERS: Final = 4
"""Concurrent reads: each has its own connections to Kafka."""

MESSAGE_SECONDS: Final = 10.0
"""Maximum time to read one message."""


@dataclass(frozen=True, slots=True)
class AlertBatch:
    """The result of one read.

    Attributes:
        messages: The wanted messages, in the order of each partition.
        offsets: For each partition the offset at which to continue.
        n_gone: Number of messages that were deleted by age before they were read.
    """

    messages: list[ConsumerRecord]
    offsets: list[int]
    n_gone: int = 0


@dataclass(frozen=True, slots=True)
class _Client:
    """A consumer that is reused for different reads.

    Attributes:
        kafka: A connected consumer.
        partitions: All partitions of alerts.v1.
        stack: Disconnects it.
    """

    kafka: AIOKafkaConsumer
    partitions: list[TopicPartition]
    stack: AsyncExitStack


class AlertReader:
    """Reads older alerts, with connections of its own that are kept for the next read.

    Args:
        settings: Settings with a broker.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._readers = asyncio.Semaphore(READERS)
        self._idle: list[_Client] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Disconnect at the end of the body."""
        try:
            yield
        finally:
            while self._idle:
                await self._idle.pop().stack.aclose()

    async def between(
        self,
        offsets: Sequence[int],
        ends: Sequence[int],
        wanted: Callable[[ConsumerRecord], bool],
    ) -> AlertBatch:
        """Read from the offsets of a client towards some end offsets.

        Args:
            offsets: For each partition the next offset.
            ends: For each partition the offset at which to end.
            wanted: Returns whether a message is wanted.

        Returns:
            The first batch; the last batch has ``offsets`` equal to ``ends``.

        Raises:
            KafkaUnavailableError: If Kafka is unavailable.
        """
        reached = list(offsets)
        messages: list[ConsumerRecord] = []
        n_gone = 0
        async with self._client(len(ends)) as (kafka, partitions):
            behind = [each for each in partitions if reached[each.partition] < ends[each.partition]]
            kafka.assign(behind)
            for partition, first in (await kafka.beginning_offsets(behind)).items():
                number = partition.partition
                start = min(max(first, reached[number]), ends[number])
                n_gone += start - reached[number]
                reached[number] = start
                kafka.seek(partition, start)
            cursor = Cursor(kafka, {each: ends[each.partition] for each in behind}, None)
            async for message in read_unordered(cursor):
                reached[message.partition] = message.offset + 1
                if wanted(message):
                    messages.append(message)
                if len(messages) >= BATCH:
                    return AlertBatch(messages, reached, n_gone)
        return AlertBatch(messages, list(ends), n_gone)

    async def at(self, positions: Sequence[tuple[int, int]]) -> list[ConsumerRecord]:
        """Read single messages; deleted ones are left out.

        Args:
            positions: Partition and offset of each.

        Raises:
            KafkaUnavailableError: If Kafka is unavailable.
        """
        messages: list[ConsumerRecord] = []
        numbers = {number for number, _ in positions}
        async with self._client(max(numbers, default=-1) + 1) as (kafka, partitions):
            for partition in [each for each in partitions if each.partition in numbers]:
                kafka.assign([partition])
                first = (await kafka.beginning_offsets([partition]))[partition]
                wanted = {
                    offset
                    for number, offset in positions
                    if number == partition.partition and offset >= first
                }
                next_offset = -1
                for offset in sorted(wanted):
                    if offset != next_offset:
                        kafka.seek(partition, offset)
                    message = await asyncio.wait_for(kafka.getone(partition), MESSAGE_SECONDS)
                    next_offset = message.offset + 1
                    if message.offset == offset:
                        messages.append(message)
        return messages

    @asynccontextmanager
    async def _client(
        self, n_partitions: int
    ) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
        """Borrow a connection; a connection with an error is not reused.

        Args:
            n_partitions: Partitions that it has to know at least: some may have been added since
                a kept connection was opened.

        Raises:
            KafkaUnavailableError: If Kafka is unavailable, or the body fails.
        """
        async with self._readers:
            try:
                client = self._idle.pop() if self._idle else await self._connect()
                if len(client.partitions) < n_partitions:
                    await client.stack.aclose()
                    client = await self._connect()
                try:
                    yield client.kafka, client.partitions
                    client.kafka.unsubscribe()
                except BaseException:
                    await client.stack.aclose()
                    raise
            except (BrokerError, KafkaError, TimeoutError) as error:
                raise KafkaUnavailableError from error
            self._idle.append(client)

    async def _connect(self) -> _Client:
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
