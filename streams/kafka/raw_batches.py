"""Partitions as their brokers keep them: fetched packed, and unpacked where somebody reads them.

A consumer of aiokafka unpacks what it fetched in the event loop, and makes an object of twelve
fields of each message: 10 us of CPU time each. For a table of a million messages that is most of
the time, so here a fetch is left as it came, and a thread may unpack it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final, Protocol

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, LeaderNotAvailableError, NoError, for_code
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.memory_records import MemoryRecords

from streams.errors import BrokerError
from streams.kafka.connection import connection_options
from streams.kafka.cursor import STALL
from streams.records.topics import MIB
from streams.settings import Settings

_FETCH_BYTES: Final = MIB
"""Compressed bytes at a time, one message or batch at least. A table of 1,000,000 rows is read as
fast with 1 to 8 MiB; three fetches and what they unpack to lie in memory at one time."""

_WAIT_MS: Final = 500
_RETRY_SECONDS: Final = 0.1


class RawMessage(Protocol):
    """One message of a batch."""

    offset: int
    key: bytes | None
    value: bytes | None


class PackedBatches:
    """Messages of a partition, in order; each iteration unpacks them anew, some us each."""

    def __init__(self, place: TopicPartition, data: bytes, first: int, end: int) -> None:
        """Keep what was fetched.

        Args:
            place: Where it is from.
            data: Batches, the last one perhaps cut off.
            first: Offset of the first message wanted; a batch may begin before it.
            end: Offset behind the last one wanted.
        """
        self._place = place
        self._data = data
        self._first = first
        self._end = end

    def __iter__(self) -> Iterator[RawMessage]:
        """Unpack one message after the other.

        Raises:
            BrokerError: If a batch is not what was written.
        """
        for batch in self._batches():
            if not batch.validate_crc():
                raise BrokerError(
                    f"reading {self._place.topic}: a batch of partition {self._place.partition}"
                    f" near offset {self._first} is damaged; look at the broker's disk"
                )
            if not batch.is_control_batch:
                for message in batch:
                    if self._first <= message.offset < self._end:
                        yield message

    @property
    def next_offset(self) -> int:
        """The offset behind the last whole batch; where it was fetched if there is none.

        Gaps that compaction left at the end of a batch lie behind.
        """
        last = self._first
        for batch in self._batches():
            last = max(last, batch.next_offset)
        return last

    def _batches(self) -> Iterator[Any]:
        records = MemoryRecords(self._data)
        while records.has_next():
            yield records.next_batch()


@asynccontextmanager
async def fetching_client(settings: Settings) -> AsyncIterator[AIOKafkaClient]:
    """Connect what knows the brokers, and nothing of groups or positions."""
    client = AIOKafkaClient(**connection_options(settings))
    try:
        await client.bootstrap()
        yield client
    finally:
        await client.close()


async def packed_messages(
    client: AIOKafkaClient,
    place: TopicPartition,
    *,
    first: int,
    end: int,
    stall: timedelta = STALL,
) -> AsyncIterator[PackedBatches]:
    """Fetch a partition from one offset to another; control batches and gaps count as read.

    Args:
        client: Connected.
        place: The partition.
        first: Offset of the first message wanted.
        end: Offset behind the last one wanted.
        stall: How long nothing may come, whoever leads the partition meanwhile.

    Raises:
        BrokerError: If nothing came for too long.
        aiokafka.errors.KafkaError: If Kafka refuses.
    """
    now = asyncio.get_running_loop().time
    moved = now()
    while first < end:
        packed = await _fetched(client, place, first, end)
        behind = packed.next_offset
        if behind > first:
            yield packed
            first, moved = behind, now()
        elif now() - moved > stall.total_seconds():
            raise BrokerError(f"reading {place.topic}: nothing came for {stall}")


async def _fetched(
    client: AIOKafkaClient, place: TopicPartition, first: int, end: int
) -> PackedBatches:
    """Fetch once; nothing when the partition has no leader now."""
    wanted = [(place.topic, [(place.partition, first, _FETCH_BYTES)])]
    try:
        leader = client.cluster.leader_for_partition(place)
        if leader in {None, -1}:
            raise LeaderNotAvailableError
        response = await client.send(leader, FetchRequest(_WAIT_MS, 1, _FETCH_BYTES, 0, wanted))
        [[_, [[_, code, *_, data]]]] = response.topics
        error = for_code(code)
        if error is not NoError:
            raise error
    except KafkaError as error:
        if not error.retriable:
            raise
        await asyncio.sleep(_RETRY_SECONDS)
        await client.force_metadata_update()
        data = b""
    return PackedBatches(place, data or b"", first, end)
