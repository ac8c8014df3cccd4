"""How far behind a worker is, and for how long nothing has moved."""

import asyncio
import time
from typing import Any

from aiokafka.errors import KafkaError

POSITION_SECONDS = 2.0
"""A partition whose position is not known within this has no lag that we could name."""


class LagMeter:
    """Measures the lag of a worker from its consumer and from what it has done.

    Attributes:
        lag: Records on the assigned partitions that are not done yet, as last measured.
        assignment: The partitions.
    """

    def __init__(self, app: Any) -> None:
        """Take the app whose consumer is asked."""
        self._app = app
        self._next: dict[Any, int] = {}
        self._moved = time.monotonic()
        self.assignment: set[Any] = set()
        self.lag = 0

    def assigned(self, partitions: set[Any]) -> None:
        """Start anew with these partitions."""
        self.assignment = set(partitions)
        self._next.clear()
        self.progressed()

    def done(self, partition: Any, offset: int) -> None:
        """Note that a record is done; a slow one before it may not be."""
        if partition in self.assignment:  # else it was taken from us meanwhile
            self._next[partition] = max(offset + 1, self._next.get(partition, 0))
        self.progressed()

    def progressed(self) -> None:
        """Note that the worker gets on."""
        self._moved = time.monotonic()

    def quiet_seconds(self) -> float:
        """Give the seconds since the worker last got on."""
        return time.monotonic() - self._moved

    async def measure(self) -> int:
        """Compare what is done with the ends of the partitions."""
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
        # Once is enough, from here on `done` tells: asking wakes the consumer's thread, which for
        # 16 partitions a second was most of what an idle worker cost.
        return self._next.setdefault(partition, position)
