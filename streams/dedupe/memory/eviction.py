"""Find the next article to evict: the smallest value of a column, without sorting the column."""

from bisect import bisect_right, insort
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

PASS_SIZE: Final = 2048
"""Number of entries that one pass over the column collects."""

Column = npt.NDArray[np.int64]


class EvictionEntry(NamedTuple):
    """An article in the queue; ties are broken by its id, which no process chooses."""

    value: int
    id_halves: tuple[int, int]
    row: int
    sequence: int


class EvictionQueue:
    """A queue of articles, the smallest value first.

    The queue contains the articles for which `push` was called, and those whose
    sequence number is at most the ``newest`` that `peek` is called with. An
    article whose number has changed since is no longer in it.

    Args:
        values: The column to order by; changed by its owner.
        sequences: Sequence number of the record in each row; 0 for a free row.
        ids: Both halves of the id in each row.
    """

    def __init__(
        self,
        values: Column,
        sequences: Column,
        ids: tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]],
    ) -> None:
        self._values = values
        self._sequences = sequences
        self._ids = ids
        self.restart()

    def restart(self) -> None:
        """Clear the queue; the next `peek` fills it again."""
        self._queue: list[EvictionEntry] = []
        self._head = 0
        self._limit: int | None = None
        self._is_complete = False

    def push(self, row: int) -> None:
        """Add the article in a row to the queue."""
        value = int(self._values[row])
        if self._is_complete or (self._limit is not None and value <= self._limit):
            insort(self._queue, self._entry(row), lo=self._head)
            if len(self._queue) - self._head > 4 * PASS_SIZE:
                self._truncate()

    def peek(self, *, newest: int) -> EvictionEntry | None:
        """Return the first entry of the queue; it stays until its sequence number changes.

        Args:
            newest: Largest sequence number that an entry may have.
        """
        entry = self._skip_stale()
        if entry is None and not self._is_complete:
            self._fill(newest)
            entry = self._skip_stale()
        return entry

    def _skip_stale(self) -> EvictionEntry | None:
        while self._head < len(self._queue):
            entry = self._queue[self._head]
            if self._sequences[entry.row] == entry.sequence:
                return entry
            self._head += 1
        self._queue, self._head = [], 0
        return None

    def _truncate(self) -> None:
        """Drop the end of a long queue; the next pass over the column finds it again."""
        self._limit = self._queue[self._head + PASS_SIZE].value
        end = bisect_right(self._queue, self._limit, key=lambda entry: entry.value)
        self._queue = self._queue[self._head : end]
        self._head = 0
        self._is_complete = False

    def _fill(self, newest: int) -> None:
        rows = np.flatnonzero((self._sequences > 0) & (self._sequences <= newest))
        self._is_complete = len(rows) <= PASS_SIZE
        if not self._is_complete:
            values = self._values[rows]
            self._limit = int(np.partition(values, PASS_SIZE)[PASS_SIZE])
            rows = rows[values <= self._limit]
        self._queue = sorted(self._entry(row) for row in rows.tolist())

    def _entry(self, row: int) -> EvictionEntry:
        id_halves = (int(self._ids[0][row]), int(self._ids[1][row]))
        return EvictionEntry(int(self._values[row]), id_halves, row, int(self._sequences[row]))
