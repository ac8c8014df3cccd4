"""Who may send now: so many at a time in all and to one target, and none to one that is down."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from streams.deliver.channels.result import SendStatus
from streams.deliver.circuit_breaker import CircuitBreaker

AT_A_TIME: Final = 64
"""Messages being sent, in all."""

PER_TARGET: Final = 16
"""To one channel: what a small receiver bears."""


class TargetLimits:
    """The channels as receivers, by label; subscriptions that share one share its fate."""

    def __init__(self, *, at_a_time: int = AT_A_TIME, per_target: int = PER_TARGET) -> None:
        """Start with all of them sound: what is down is found out again after a restart."""
        self._all = asyncio.Semaphore(at_a_time)
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(per_target)
        )
        self._breakers: defaultdict[str, CircuitBreaker] = defaultdict(CircuitBreaker)

    @asynccontextmanager
    async def slot(self, label: str) -> AsyncIterator[None]:
        """Wait for a place among those who are sending, and keep it while the body runs."""
        async with self._slots[label], self._all:
            yield

    def wait(self, label: str) -> float:
        """Give the seconds for which a target is left alone; 0: send, and `note` the answer."""
        return self._breakers[label].wait(now=time.monotonic())

    def rest(self, label: str) -> float:
        """Give about the same, without the right to send."""
        return self._breakers[label].rest(now=time.monotonic())

    def note(self, label: str, verdict: SendStatus | None) -> None:
        """Note what came of sending; None: nothing did, it was stopped."""
        breaker = self._breakers[label]
        match verdict:
            case None:
                breaker.left()
            case SendStatus.RETRY:
                breaker.failed(now=time.monotonic())
            case SendStatus.ACCEPTED | SendStatus.REFUSED | SendStatus.GONE:
                breaker.succeeded()

    @property
    def n_open(self) -> int:
        """How many targets are left alone now."""
        return sum(breaker.is_open for breaker in self._breakers.values())
