"""When too large a share of records is rejected, something else is wrong: then a stage stops."""

from collections import deque
from dataclasses import dataclass, field

RECENT = 1000
"""The share is taken over so many: a burst of a few hundred broken records stops nothing."""


@dataclass
class RejectGuard:
    """Counts how many of the latest records were rejected.

    Attributes:
        limit: Share from 0 to 1 above which it is too many.
    """

    limit: float
    _latest: deque[bool] = field(default_factory=deque)
    _n_rejected: int = 0

    def note(self, *, rejected: bool) -> None:
        """Take in what became of a record."""
        self._latest.append(rejected)
        self._n_rejected += rejected
        if len(self._latest) > RECENT:
            self._n_rejected -= self._latest.popleft()

    @property
    def share(self) -> float:
        """The share of rejected records; 0 before there are enough to judge.

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
        """Whether too many were rejected."""
        return self.share > self.limit
