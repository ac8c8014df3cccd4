"""Stop a stage whose share of rejected records is too large: then something else is wrong."""

from collections import deque
from dataclasses import dataclass, field

RECENT = 1000
"""Number of latest records in the share: some hundred broken records do not stop a stage."""


@dataclass
class RejectGuard:
    """Counts how many of the latest records were rejected.

    Attributes:
        limit: Largest allowed share, from 0 to 1.
    """

    limit: float
    _latest: deque[bool] = field(default_factory=deque)
    _n_rejected: int = 0

    def note(self, *, rejected: bool) -> None:
        """Count a record."""
        self._latest.append(rejected)
        self._n_rejected += rejected
        if len(self._latest) > RECENT:
            self._n_rejected -= self._latest.popleft()

    @property
    def share(self) -> float:
        """The share of rejected records; 0 before `RECENT` records were counted.

        Examples:
            >>> guard = RejectGuard(limit=0.5)
            >>> for number in range(1000):
            ...     guard.note(rejected=number % 4 == 0)
            >>> guard.share, guard.tripped
            (0.25, False)
        """
        return self._n_rejected / RECENT if len(self._latest) >= RECENT else 0.0

    @property
    def tripped(self) -> bool:
        """Whether the share is above the limit."""
        return self.share > self.limit
