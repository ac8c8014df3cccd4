"""The lag of a worker, and the time since it last made progress."""

import asyncio
import time
from typing import Any

from aiokafka.errors import KafkaError

POSITION_SECONDS = 2.0
"""A partition whose position is not known within this time counts as having no lag."""


class LagMeter:
    """Measures the lag of a worker from its consumer and from the records it has processed.

    Args:
        app: Faust app whose consumer is queried.

    Attributes:
        lag: Records on the assigned partitions that are not processed, as last measured.
        assignment: Assigned partitions.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._next: dict[Any, int] = {}
        self._moved = time.monotonic()
        self.assignment: set[Any] = set()
        self.lag = 0

    def assigned(self, partitions: set[Any]) -> None:
        """Start over with these partitions."""
        self.assignment = set(partitions)
        self._next.clear()
        self.progressed()

    def done(self, partition: Any, offset: int) -> None:
        """Record that a message is processed; a slower one before it may not be."""
        if partition in self.assignment:  # otherwise it was revoked in the meantime
            self._next[partition] = max(offset + 1, self._next.get(partition, 0))
        self.progressed()

    def progressed(self) -> None:
        """Record that the worker made progress."""
        self._moved = time.monotonic()

    def quiet_seconds(self) -> float:
        """Return the seconds since the last progress."""
        return time.monotonic() - self._moved

    async def measure(self) -> int:
        """Return the lag: the ends of the partitions less the positions of the worker."""
        lag = 0
        for partition in tuple(self.assignment):
            end = self._app.consumer.highwater(partition) or 0
            lag += max(0, end - await self._position(partition, end))
        self.lag = lag
        return lag

    async def _position(self, partition: Any, end: int) -> int:
        if partition in self._next:
            return self._next[partition]
        try:
            asked = self._app.consumer.position(partition)
            position: int = await asyncio.wait_for(asked, POSITION_SECONDS) or 0
        except (KafkaError, TimeoutError, LookupError, ValueError, AssertionError):
            return end
        # Query once, from here on `done` knows the position: a query wakes the consumer's thread,
        # which for 16 partitions a second was most of what an idle worker cost.
        return self._next.setdefault(partition, position)
