"""Who has to go first: the smallest of a column of numbers, without sorting the column."""

from bisect import bisect_right, insort
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

AT_ONCE: Final = 2048
"""So many are looked for in one pass over the column."""

Column = npt.NDArray[np.int64]


class EvictionEntry(NamedTuple):
    """An article in line; ties are broken by its id, which no process chooses."""

    value: int
    name: tuple[int, int]
    place: int
    sequence: int


class EvictionQueue:
    """A line of articles, the smallest value first.

    Only those that `offer` was called for, or whose number lies at or below
    what `first` is called with, are in it; who got another number since has left.
    """

    def __init__(
        self,
        values: Column,
        sequences: Column,
        names: tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]],
    ) -> None:
        """Look at columns that others change."""
        self._values = values
        self._sequences = sequences
        self._names = names
        self.restart()

    def restart(self) -> None:
        """Forget the line; the next `first` makes another one."""
        self._line: list[EvictionEntry] = []
        self._served = 0
        self._limit: int | None = None
        self._is_whole = False

    def offer(self, place: int) -> None:
        """Let an article into the line."""
        value = int(self._values[place])
        if self._is_whole or (self._limit is not None and value <= self._limit):
            insort(self._line, self._entry(place), lo=self._served)
            if len(self._line) - self._served > 4 * AT_ONCE:
                self._cut()

    def first(self, *, newest: int) -> EvictionEntry | None:
        """Give the first in line; it stays there until its number changes.

        Args:
            newest: Nobody with a larger number is in line.
        """
        entry = self._valid()
        if entry is None and not self._is_whole:
            self._fill(newest)
            entry = self._valid()
        return entry

    def _valid(self) -> EvictionEntry | None:
        while self._served < len(self._line):
            entry = self._line[self._served]
            if self._sequences[entry.place] == entry.sequence:
                return entry
            self._served += 1
        self._line, self._served = [], 0
        return None

    def _cut(self) -> None:
        """Send the end of a long line home; the next one finds it again."""
        self._limit = self._line[self._served + AT_ONCE].value
        end = bisect_right(self._line, self._limit, key=lambda entry: entry.value)
        self._line = self._line[self._served : end]
        self._served = 0
        self._is_whole = False

    def _fill(self, newest: int) -> None:
        places = np.flatnonzero((self._sequences > 0) & (self._sequences <= newest))
        self._is_whole = len(places) <= AT_ONCE
        if not self._is_whole:
            values = self._values[places]
            self._limit = int(np.partition(values, AT_ONCE)[AT_ONCE])
            places = places[values <= self._limit]
        self._line = sorted(self._entry(place) for place in places.tolist())

    def _entry(self, place: int) -> EvictionEntry:
        name = (int(self._names[0][place]), int(self._names[1][place]))
        return EvictionEntry(int(self._values[place]), name, place, int(self._sequences[place]))
