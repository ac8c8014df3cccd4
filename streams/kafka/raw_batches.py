"""Fetch partitions as packed batches, and unpack them where they are read.

A consumer of aiokafka unpacks what it has fetched in the event loop and creates an object of
twelve fields for each message: 10 us of CPU time each. For a table of a million messages that is
most of the time. Here a fetch stays packed, and a thread may unpack it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from operator import itemgetter
from typing import Any, Final, Protocol

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, LeaderNotAvailableError, NoError, for_code
from aiokafka.protocol.fetch import FetchRequest

from streams.errors import BrokerError
from streams.kafka.connection import connection_options
from streams.kafka.cursor import STALL
from streams.kafka.header_names import LenientRecords
from streams.records.topics import MIB
from streams.settings import Settings

_FETCH_BYTES: Final = MIB
"""Compressed bytes per fetch; at least one message or batch. A table of 1,000,000 rows is read as
fast with 1 to 8 MiB; three fetches and their unpacked messages are in memory at a time.
"""

_READ_COMMITTED: Final = 1
"""Kafka's number of the isolation level, as in `streams.kafka.connection.READ_COMMITTED`."""

_WAIT_MS: Final = 500
_RETRY_SECONDS: Final = 0.1


class RawMessage(Protocol):
    """One message of a batch."""

    offset: int
    key: bytes | None
    value: bytes | None


class PackedBatches:
    """Messages of a partition, in order; each iteration unpacks them again, some us each.

    Args:
        partition: The partition they were fetched from.
        data: Batches; the last one may be cut off.
        first: Offset of the first message wanted; a batch may begin before it.
        end: Offset after the last message wanted.
        aborted: Aborted transactions in the data: producer and first offset of each.
    """

    def __init__(
        self,
        partition: TopicPartition,
        data: bytes,
        first: int,
        end: int,
        *,
        aborted: Sequence[tuple[int, int]] = (),
    ) -> None:
        self._partition = partition
        self._data = data
        self._first = first
        self._end = end
        self._aborted = aborted

    def __iter__(self) -> Iterator[RawMessage]:
        """Unpack one message after the other.

        Raises:
            BrokerError: If a batch is damaged.
        """
        transactions = _AbortedTransactions(self._aborted)
        for batch in self._batches():
            if not batch.validate_crc():
                raise BrokerError(
                    f"reading {self._partition.topic}: a batch of partition "
                    f"{self._partition.partition} near offset {self._first} is damaged; "
                    "check the broker's disk"
                )
            if transactions.may_read(batch):
                for message in batch:
                    if self._first <= message.offset < self._end:
                        yield message

    @property
    def next_offset(self) -> int:
        """The offset after the last whole batch; the first offset wanted without a whole batch.

        Gaps that compaction left at the end of a batch are before this offset.
        """
        last = self._first
        for batch in self._batches():
            last = max(last, batch.next_offset)
        return last

    def _batches(self) -> Iterator[Any]:
        records = LenientRecords(self._data)
        while records.has_next():
            yield records.next_batch()


class _AbortedTransactions:
    """Recognizes the batches of aborted transactions, in order of the offsets.

    References:
        The rule of Kafka's consumer with ``read_committed`` (KIP-98): from the first offset of an
        aborted transaction to its marker, what its producer has written in transactions is left
        out.
    """

    def __init__(self, aborted: Sequence[tuple[int, int]]) -> None:
        self._waiting = deque(sorted(aborted, key=itemgetter(1)))
        self._producers: set[int] = set()

    def may_read(self, batch: Any) -> bool:
        """Return whether a batch holds committed messages, and not the marker of a transaction."""
        while self._waiting and self._waiting[0][1] <= batch.base_offset:
            self._producers.add(self._waiting.popleft()[0])
        if batch.is_control_batch:
            # An aborted transaction ends here; of a committed one the producer is not in the set.
            self._producers.discard(batch.producer_id)
            return False
        return not (batch.is_transactional and batch.producer_id in self._producers)


@asynccontextmanager
async def fetching_client(settings: Settings) -> AsyncIterator[AIOKafkaClient]:
    """Connect a client that knows the brokers, without groups or positions."""
    client = AIOKafkaClient(**connection_options(settings))
    try:
        await client.bootstrap()
        yield client
    finally:
        await client.close()


async def packed_messages(
    client: AIOKafkaClient,
    partition: TopicPartition,
    *,
    first: int,
    end: int,
    stall: timedelta = STALL,
) -> AsyncIterator[PackedBatches]:
    """Fetch the committed messages of a partition from one offset to another.

    Control batches, aborted transactions and gaps count as read. While a transaction is open,
    Kafka sends nothing after its first message: this waits for its end.

    Args:
        client: A connected client.
        partition: The partition to read.
        first: Offset of the first message wanted.
        end: Offset after the last message wanted.
        stall: Maximum time without progress, also across changes of the leader.

    Raises:
        BrokerError: If there was no progress for too long.
        aiokafka.errors.KafkaError: If Kafka refuses a request.
    """
    now = asyncio.get_running_loop().time
    moved = now()
    while first < end:
        packed = await _fetch(client, partition, first, end)
        next_offset = packed.next_offset
        if next_offset > first:
            yield packed
            first, moved = next_offset, now()
        elif now() - moved > stall.total_seconds():
            raise BrokerError(
                f"reading {partition.topic}: no progress for {stall}; a transaction of another "
                "program may be open"
            )


async def _fetch(
    client: AIOKafkaClient, partition: TopicPartition, first: int, end: int
) -> PackedBatches:
    """Fetch once; return no batches when the partition has no leader now."""
    wanted = [(partition.topic, [(partition.partition, first, _FETCH_BYTES)])]
    try:
        leader = client.cluster.leader_for_partition(partition)
        if leader in {None, -1}:
            raise LeaderNotAvailableError
        request = FetchRequest(_WAIT_MS, 1, _FETCH_BYTES, _READ_COMMITTED, wanted)
        response = await client.send(leader, request)
        [[_, [[_, code, _, *parts, data]]]] = response.topics
        error = for_code(code)
        if error is not NoError:
            raise error
        # The other parts are numbers: offsets, and from version 11 on a replica.
        aborted = next((part for part in parts if isinstance(part, list)), [])
    except KafkaError as error:
        if not error.retriable:
            raise
        await asyncio.sleep(_RETRY_SECONDS)
        await client.force_metadata_update()
        data, aborted = b"", []
    return PackedBatches(partition, data or b"", first, end, aborted=aborted)
