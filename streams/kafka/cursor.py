"""Read partitions from their current positions to fixed end offsets."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import timedelta
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from streams.errors import BrokerError

STALL: Final = timedelta(seconds=60)
"""Time without progress after which a read fails, so that it neither ends early nor hangs; longer
than the 40 s that aiokafka allows one request.
"""


class Cursor:
    """Moves the partitions of a client to fixed end offsets.

    Args:
        client: A consumer with assigned partitions, at any position.
        ends: Partition to the offset after the last message wanted.
        progress: Called with the number of offsets read and to read.
        stall: Maximum time without progress.

    Attributes:
        pending: Partitions that have not reached their end.
    """

    def __init__(
        self,
        client: AIOKafkaConsumer,
        ends: dict[TopicPartition, int],
        progress: Callable[[int, int], None] | None,
        *,
        stall: timedelta = STALL,
    ) -> None:
        self._client = client
        self._ends = ends
        self._progress = progress
        self._stall = stall
        self._positions: dict[TopicPartition, int] = {}
        self._starts: dict[TopicPartition, int] = {}
        self._moved = asyncio.get_running_loop().time()
        self.pending = set(ends)

    async def update_positions(self) -> None:
        """Update the positions; pause and drop the partitions that have reached their end."""
        for partition in list(self.pending):
            position = await self._client.position(partition)
            self._starts.setdefault(partition, position)
            if position != self._positions.get(partition):
                self._positions[partition] = position
                self._moved = asyncio.get_running_loop().time()
            if position >= self._ends[partition]:
                self.leave(partition)
        self._report()

    def leave(self, partition: TopicPartition) -> None:
        """Read no more of a partition."""
        self.pending.discard(partition)
        self._client.pause(partition)

    async def fetch(
        self, partitions: Iterable[TopicPartition]
    ) -> dict[TopicPartition, list[ConsumerRecord]]:
        """Fetch the next messages of some partitions; the result may be empty.

        Raises:
            BrokerError: If no partition has moved for too long.
        """
        batches = await self._client.getmany(*partitions, timeout_ms=500)
        await self.update_positions()
        if asyncio.get_running_loop().time() - self._moved > self._stall.total_seconds():
            raise BrokerError(f"reading {self._names()}: no progress for {self._stall}")
        return {
            partition: [message for message in batch if message.offset < self._ends[partition]]
            for partition, batch in batches.items()
        }

    def _names(self) -> str:
        return ", ".join(sorted({partition.topic for partition in self._ends}))

    def _report(self) -> None:
        if self._progress is not None:
            total = sum(self._ends[p] - start for p, start in self._starts.items())
            done = sum(
                min(self._positions[p], self._ends[p]) - start for p, start in self._starts.items()
            )
            self._progress(done, total)


async def read_unordered(cursor: Cursor) -> AsyncIterator[ConsumerRecord]:
    """Yield the messages up to the ends, in order within each partition."""
    await cursor.update_positions()
    while cursor.pending:
        for batch in (await cursor.fetch(cursor.pending)).values():
            for message in batch:
                yield message


async def read_in_time_order(cursor: Cursor) -> AsyncIterator[ConsumerRecord]:
    """Yield the messages of all partitions, the one sent first among the heads each time."""
    await cursor.update_positions()
    waiting: dict[TopicPartition, deque[ConsumerRecord]] = {}
    while True:
        empty = [partition for partition in cursor.pending if not waiting.get(partition)]
        if empty:
            for partition, batch in (await cursor.fetch(empty)).items():
                waiting.setdefault(partition, deque()).extend(batch)
            continue
        heads = [queue for queue in waiting.values() if queue]
        if not heads:
            return
        yield min(heads, key=_by_time).popleft()


def _by_time(queue: deque[Any]) -> tuple[int, int]:
    return queue[0].timestamp, queue[0].partition
