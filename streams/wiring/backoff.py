"""How long to wait before a process is started again."""

from dataclasses import dataclass

FIRST_SECONDS = 0.5
LIMIT_SECONDS = 30.0
SOUND_SECONDS = 60.0
"""A process that lived this long was sound: the next wait is the first again."""


@dataclass
class Backoff:
    """Doubles the wait with each quick death, up to a limit.

    Examples:
        >>> backoff = Backoff()
        >>> [backoff.after(lived_seconds=1) for _ in range(4)]
        [0.5, 1.0, 2.0, 4.0]
        >>> backoff.after(lived_seconds=3600)
        0.5
    """

    _next_seconds: float = FIRST_SECONDS

    def after(self, *, lived_seconds: float) -> float:
        """Give the seconds to wait after a process that lived so long."""
        if lived_seconds >= SOUND_SECONDS:
            self._next_seconds = FIRST_SECONDS
        wait = self._next_seconds
        self._next_seconds = min(LIMIT_SECONDS, wait * 2)
        return wait
