"""The wait before a process is restarted."""

from dataclasses import dataclass

FIRST_SECONDS = 0.5
LIMIT_SECONDS = 30.0
SOUND_SECONDS = 60.0
"""A process that ran this long was stable: the next wait is the first one again."""


@dataclass
class Backoff:
    """Doubles the wait with each quick death, up to a limit.

    Attributes:
        first_seconds: First wait, also after a stable process.

    Examples:
        >>> backoff = Backoff()
        >>> [backoff.after(lived_seconds=1) for _ in range(4)]
        [0.5, 1.0, 2.0, 4.0]
        >>> backoff.after(lived_seconds=3600)
        0.5
    """

    first_seconds: float = FIRST_SECONDS
    _quick_deaths: int = 0

    def after(self, *, lived_seconds: float) -> float:
        """Return the seconds to wait after a process that ran for ``lived_seconds``."""
        if lived_seconds >= SOUND_SECONDS:
            self._quick_deaths = 0
        # 2 to the 16 is above any limit; larger powers would only be slow to compute.
        wait: float = self.first_seconds * 2 ** min(self._quick_deaths, 16)
        self._quick_deaths += 1
        return min(LIMIT_SECONDS, wait)
