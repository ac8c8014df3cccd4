"""Notice that a large share of records is rejected, and from which sources they come.

Bad input is the fault of its source: it is counted, its source is served after others
(`streams.worker.fair_queue`) and the stage alarms. It never ends a stage, because anyone who can
add records to a topic could then stop the pipeline for all sources.
"""

from collections import Counter, deque
from dataclasses import dataclass, field

RECENT = 1000
"""Number of latest records in the share: some hundred broken records are no reason for an alarm."""

MIN_RECORDS = 20
"""Number of latest records of a source before it counts as bad: a share of fewer says little."""

NAMED = 3
"""Number of sources that an alarm names; the others are in the dead letters."""


@dataclass
class RejectGuard:
    """Counts how many of the latest records were rejected, in all and by source.

    Memory is bounded: only the latest `RECENT` records are held.

    Attributes:
        limit: Largest share, from 0 to 1, without an alarm.
    """

    limit: float
    _latest: deque[tuple[str, bool]] = field(default_factory=deque)
    _n_rejected: int = 0
    _seen_by_source: Counter[str] = field(default_factory=Counter)
    _rejected_by_source: Counter[str] = field(default_factory=Counter)

    def note(self, source: str = "", *, rejected: bool) -> None:
        """Count a record of a source; an empty source stands for records that name none."""
        self._latest.append((source, rejected))
        self._add(source, 1, rejected=rejected)
        if len(self._latest) > RECENT:
            old_source, was_rejected = self._latest.popleft()
            self._add(old_source, -1, rejected=was_rejected)

    def _add(self, source: str, n: int, *, rejected: bool) -> None:
        _count(self._seen_by_source, source, n)
        if rejected:
            self._n_rejected += n
            _count(self._rejected_by_source, source, n)

    @property
    def share(self) -> float:
        """The share of rejected records; 0 before `RECENT` records were counted.

        Examples:
            >>> guard = RejectGuard(limit=0.5)
            >>> for number in range(1000):
            ...     guard.note("wire", rejected=number % 4 == 0)
            >>> guard.share, guard.tripped
            (0.25, False)
        """
        return self._n_rejected / RECENT if len(self._latest) >= RECENT else 0.0

    @property
    def tripped(self) -> bool:
        """Whether the share is above the limit."""
        return self.share > self.limit

    def is_bad(self, source: str) -> bool:
        """Return whether more than the limit of a source's latest records were rejected."""
        n_seen = self._seen_by_source.get(source, 0)
        return n_seen >= MIN_RECORDS and self._rejected_by_source[source] > self.limit * n_seen

    def worst(self) -> list[tuple[str, int]]:
        """Return the sources with the most rejected records and their numbers, most first."""
        ranked = sorted(self._rejected_by_source.items(), key=lambda item: (-item[1], item[0]))
        return ranked[:NAMED]

    def problem(self) -> str:
        """Return what a person should look at; empty if the share is within the limit.

        Examples:
            >>> guard = RejectGuard(limit=0.5)
            >>> for number in range(1000):
            ...     guard.note("wire" if number % 4 else "blog", rejected=number % 4 > 0)
            >>> guard.problem()
            '75% of the last 1,000 records rejected (wire: 750): see `streams dead-letters list`'
        """
        if not self.tripped:
            return ""
        sources = ", ".join(f"{name or 'no source'}: {n}" for name, n in self.worst())
        hint = "see `streams dead-letters list`"
        return f"{self.share:.0%} of the last {RECENT:,} records rejected ({sources}): {hint}"


def _count(counter: Counter[str], source: str, n: int) -> None:
    """Add to a counter, without entries of 0."""
    counter[source] += n
    if not counter[source]:
        del counter[source]
