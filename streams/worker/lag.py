"""The lag of a worker, and the time since it last made progress."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from aiokafka.errors import KafkaError

POSITION_SECONDS = 2.0
"""A partition whose position is not known within this time counts as having no lag."""

SKIPPED_SECONDS: Final = 10.0
"""How long offsets that the consumer has passed may seem to hold no record; then they are read."""

LOST = (KafkaError, TimeoutError, LookupError, ValueError, AssertionError, AttributeError)
"""What Faust and aiokafka raise for a partition that a rebalance has just taken, some of them
without a text, and for one that does not answer."""

HoldsRecords = Callable[[Any, int, int], Awaitable[bool]]
"""Returns whether a partition holds a committed record from an offset to another."""


class _Skipped(NamedTuple):
    """Offsets that the consumer has passed without a record in progress."""

    first: int
    end: int
    since: float


async def _assume_none(_partition: Any, _first: int, _end: int) -> bool:
    return False


class LagMeter:
    """Measures the lag of a worker from its consumer and from the records it has processed.

    The lag counts what can be read: not the markers that transactions leave behind, nor the
    records of aborted and open transactions. Those are offsets that the consumer has passed
    while no record is in progress. If they stay the last ones, they are read once to be sure that
    no record was lost between consumer and worker.

    Args:
        app: Faust app whose consumer is queried.
        holds_records: Reads passed offsets. By default they hold no record.
        now: Clock, in seconds.

    Attributes:
        lag: Records on the assigned partitions that are not processed, as last measured.
        assignment: Assigned partitions.
    """

    def __init__(
        self,
        app: Any,
        *,
        holds_records: HoldsRecords = _assume_none,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._holds_records = holds_records
        self._now = now
        self._next: dict[Any, int] = {}
        self._skipped: dict[Any, _Skipped] = {}
        self._moved = now()
        self.assignment: set[Any] = set()
        self.lag = 0

    def assigned(self, partitions: set[Any]) -> None:
        """Start over with these partitions."""
        self.assignment = set(partitions)
        self._next.clear()
        self._skipped.clear()
        self.progressed()

    def done(self, partition: Any, offset: int) -> None:
        """Record that a message is processed; a slower one before it may not be."""
        if partition in self.assignment:  # otherwise it was revoked in the meantime
            self._next[partition] = max(offset + 1, self._next.get(partition, 0))
        self.progressed()

    def progressed(self) -> None:
        """Record that the worker made progress."""
        self._moved = self._now()

    def quiet_seconds(self) -> float:
        """Return the seconds since the last progress."""
        return self._now() - self._moved

    async def measure(self) -> int:
        """Return the lag: the ends of the partitions less the positions of the worker."""
        unacked = tuple(self._app.consumer.unacked)
        busy = {message.tp for message in unacked if not message.acked}
        lag = 0
        for partition in tuple(self.assignment):
            lag += await self._lag_of(partition, is_busy=partition in busy)
        self.lag = lag
        return lag

    async def _lag_of(self, partition: Any, *, is_busy: bool) -> int:
        """Return the lag of a partition; busy if a message of it is delivered and not done."""
        try:
            end = self._app.consumer.highwater(partition) or 0
        except LOST:
            return 0
        behind = end - await self._position(partition, end)
        if behind <= 0 or is_busy:
            return max(0, behind)
        return await self._lag_when_quiet(partition, end)

    async def _lag_when_quiet(self, partition: Any, end: int) -> int:
        """Return the lag of a partition without a message in progress."""
        first = self._next.get(partition, end)
        passed = min(end, await self._consumer_position(partition, first))
        if passed <= first:
            self._skipped.pop(partition, None)
            return end - first
        known = self._skipped.get(partition)
        if known is None or (known.first, known.end) != (first, passed):
            self._skipped[partition] = _Skipped(first, passed, self._now())
        elif self._now() - known.since >= SKIPPED_SECONDS:
            if await self._holds_records(partition, first, passed):
                return end - first
            self._next[partition] = max(passed, self._next.get(partition, 0))
        return end - passed

    async def _position(self, partition: Any, end: int) -> int:
        if partition in self._next:
            return self._next[partition]
        position = await self._consumer_position(partition, -1)
        if position < 0:
            return end
        # Query once, from here on `done` knows the position: a query wakes the consumer's thread,
        # which for 16 partitions a second was most of what an idle worker cost.
        return self._next.setdefault(partition, position)

    async def _consumer_position(self, partition: Any, unknown: int) -> int:
        """Return the offset that the consumer reads next."""
        try:
            asked = self._app.consumer.position(partition)
            position: int | None = await asyncio.wait_for(asked, POSITION_SECONDS)
        except LOST:
            return unknown
        return unknown if position is None else position
