"""A circuit breaker: stops sending to a target that fails repeatedly."""

from dataclasses import dataclass

THRESHOLD = 10
"""Consecutive failures that open it. A target that fails at random three times in ten has ten in a
row once in 170,000 messages; a target that is down has them after ten.
"""

FIRST_SECONDS = 1.0
LIMIT_SECONDS = 30.0
"""First and longest time for which it stays open, doubled with each probe that fails: 2,900
requests a day to a target that stays down, however many saved searches share it.
"""

PROBE_SECONDS = 0.1
"""How long to wait for the result of another sender's probe."""


@dataclass
class CircuitBreaker:
    """Decides whether a target may be sent to now; all times are seconds of a steady clock.

    While it is closed, all senders may send. After `THRESHOLD` consecutive failures it is open, and
    no sender may. After that time one sender may, as a probe: its success closes the breaker, its
    failure opens it again for twice as long.

    Examples:
        >>> breaker = CircuitBreaker()
        >>> for _ in range(THRESHOLD):
        ...     breaker.record_failure(now=0.0)
        >>> breaker.acquire(now=0.25)
        0.75
        >>> breaker.acquire(now=1.0), breaker.acquire(now=1.0)
        (0.0, 0.1)
        >>> breaker.record_success()
        >>> breaker.acquire(now=1.0)
        0.0
    """

    failures: int = 0
    _until: float | None = None
    _open_seconds: float = FIRST_SECONDS
    _probing: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the target is not sent to, or is being probed."""
        return self._until is not None

    def seconds_left(self, *, now: float) -> float:
        """Return the seconds for which no request may be sent."""
        if self._until is None:
            return 0.0
        if now < self._until:
            return self._until - now
        return PROBE_SECONDS if self._probing else 0.0

    def acquire(self, *, now: float) -> float:
        """Return the seconds to wait; 0 permits one request, whose result must be recorded."""
        seconds = self.seconds_left(now=now)
        if seconds == 0.0 and self._until is not None:
            self._probing = True
        return seconds

    def record_success(self) -> None:
        """Record that the target works: it answered, with whatever status."""
        self.failures, self._until = 0, None
        self._open_seconds, self._probing = FIRST_SECONDS, False

    def record_failure(self, *, now: float) -> None:
        """Record that the target could not be reached, or is failing."""
        self.failures += 1
        if self._probing:
            self._open_seconds = min(2 * self._open_seconds, LIMIT_SECONDS)
        elif self.failures < THRESHOLD or self._until is not None:
            return
        self._until, self._probing = now + self._open_seconds, False

    def record_cancellation(self) -> None:
        """Record that a request was canceled without a result."""
        self._probing = False
