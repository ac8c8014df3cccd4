"""A circuit breaker: a target that fails again and again is left alone for a while."""

from dataclasses import dataclass

THRESHOLD = 10
"""Failures in a row that open it: a target that fails at random three times in ten comes to so
many once in 170,000 messages, one that is down after ten."""

FIRST_SECONDS = 1.0
LIMIT_SECONDS = 30.0
"""It stays open so long at first and at most, doubled with each probe that fails: 2,900
requests a day for a target that stays away, however many subscriptions share it."""

PROBE_SECONDS = 0.1
"""How long to wait for what another one's probe brings."""


@dataclass
class CircuitBreaker:
    """Says whether a target may be asked now; all times are seconds of one steady clock.

    Closed, everybody may ask. After `THRESHOLD` failures in a row it is open, and nobody may.
    When that time is over one may, as a probe: its success closes it, its failure opens it
    again for twice as long.

    Examples:
        >>> breaker = CircuitBreaker()
        >>> for _ in range(THRESHOLD):
        ...     breaker.failed(now=0.0)
        >>> breaker.wait(now=0.25)
        0.75
        >>> breaker.wait(now=1.0), breaker.wait(now=1.0)
        (0.0, 0.1)
        >>> breaker.succeeded()
        >>> breaker.wait(now=1.0)
        0.0
    """

    failures: int = 0
    _until: float | None = None
    _open_seconds: float = FIRST_SECONDS
    _probing: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the target is left alone, or probed."""
        return self._until is not None

    def rest(self, *, now: float) -> float:
        """Give the seconds for which asking is of no use."""
        if self._until is None:
            return 0.0
        if now < self._until:
            return self._until - now
        return PROBE_SECONDS if self._probing else 0.0

    def wait(self, *, now: float) -> float:
        """Give the seconds to wait before asking again; 0: go, and tell what came of it."""
        rest = self.rest(now=now)
        if rest == 0.0 and self._until is not None:
            self._probing = True
        return rest

    def succeeded(self) -> None:
        """Note that the target works: it answered, whatever it said."""
        self.failures, self._until = 0, None
        self._open_seconds, self._probing = FIRST_SECONDS, False

    def failed(self, *, now: float) -> None:
        """Note that the target could not be reached, or was in trouble."""
        self.failures += 1
        if self._probing:
            self._open_seconds = min(2 * self._open_seconds, LIMIT_SECONDS)
        elif self.failures < THRESHOLD or self._until is not None:
            return
        self._until, self._probing = now + self._open_seconds, False

    def left(self) -> None:
        """Note that nothing came of it: whoever asked was stopped."""
        self._probing = False
