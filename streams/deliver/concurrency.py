"""Limit concurrent sends, in total and per target, and stop sending to targets that are down."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from streams.deliver.channels.result import SendStatus
from streams.deliver.circuit_breaker import CircuitBreaker

AT_A_TIME: Final = 64
"""Concurrent sends in total."""

PER_TARGET: Final = 16
"""Concurrent sends to one channel, bearable for a small receiver."""


class TargetLimits:
    """Limits of the channels, by label.

    Saved searches that share a channel share its circuit breaker. After a restart all channels
    count as working: the circuit breakers start closed.

    Args:
        at_a_time: Concurrent sends in total.
        per_target: Concurrent sends to one channel.
    """

    def __init__(self, *, at_a_time: int = AT_A_TIME, per_target: int = PER_TARGET) -> None:
        self._all = asyncio.Semaphore(at_a_time)
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(per_target)
        )
        self._breakers: defaultdict[str, CircuitBreaker] = defaultdict(CircuitBreaker)

    @asynccontextmanager
    async def slot(self, label: str) -> AsyncIterator[None]:
        """Wait for a free slot, and hold it while the body runs."""
        async with self._slots[label], self._all:
            yield

    def acquire(self, label: str) -> float:
        """Return the seconds to wait; 0 permits one send, whose result must be recorded."""
        return self._breakers[label].acquire(now=time.monotonic())

    def seconds_left(self, label: str) -> float:
        """Return about the same seconds, without permission to send."""
        return self._breakers[label].seconds_left(now=time.monotonic())

    def record(self, label: str, verdict: SendStatus | None) -> None:
        """Record the result of a send; None if it was canceled."""
        breaker = self._breakers[label]
        match verdict:
            case None:
                breaker.record_cancellation()
            case SendStatus.RETRY:
                breaker.record_failure(now=time.monotonic())
            case SendStatus.ACCEPTED | SendStatus.REFUSED | SendStatus.GONE:
                breaker.record_success()

    @property
    def n_open(self) -> int:
        """Number of targets that are not sent to now."""
        return sum(breaker.is_open for breaker in self._breakers.values())
