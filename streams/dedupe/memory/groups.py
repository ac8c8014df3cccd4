"""Store which articles belong to which group of copies, 16 bytes per member."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import numpy as np

_BATCH_SIZE: Final = 8192
"""Number of new members that are kept in a dictionary, a hundred bytes each, before they are merged
into the sorted arrays, which takes some milliseconds for 200,000 members."""


class Groups:
    """The rows of the members of groups; a group is identified by 64 bits.

    Args:
        batch_size: Number of new members that are merged into the sorted arrays at a time.

    Examples:
        >>> members = Groups()
        >>> members.add(7, row=3)
        >>> members.add(7, row=1)
        >>> members.remove(7, row=3)
        >>> members.of(7)
        [1]
    """

    def __init__(self, *, batch_size: int = _BATCH_SIZE) -> None:
        self._batch_size = batch_size
        self._groups = np.empty(0, dtype=np.uint64)
        self._rows = np.empty(0, dtype=np.int64)
        self._unsorted: defaultdict[int, list[int]] = defaultdict(list)
        self._n_unsorted = 0

    def add(self, group: int, *, row: int) -> None:
        """Add the article in a row to a group."""
        self._unsorted[group].append(row)
        self._n_unsorted += 1
        if self._n_unsorted >= self._batch_size:
            self._merge_unsorted()

    def remove(self, group: int, *, row: int) -> None:
        """Remove the article in a row from its group."""
        new = self._unsorted.get(group, [])
        if row in new:
            new.remove(row)
            return
        sorted_ = self._rows[self._slice(group)]  # a view
        sorted_[sorted_ == row] = -1

    def of(self, group: int) -> list[int]:
        """Return the rows of the members of a group, in the order in which they were added."""
        sorted_: list[int] = self._rows[self._slice(group)].tolist()
        return [row for row in sorted_ if row >= 0] + self._unsorted.get(group, [])

    def move(self, moved: Mapping[int, int]) -> None:
        """Update the rows of articles that were moved.

        Args:
            moved: New row by former row.
        """
        self._merge_unsorted()
        if not moved:
            return
        former = np.fromiter(moved, dtype=np.int64, count=len(moved))
        rows = np.fromiter(moved.values(), dtype=np.int64, count=len(moved))
        order = np.argsort(former)
        former, rows = former[order], rows[order]
        at = np.minimum(np.searchsorted(former, self._rows), len(former) - 1)
        is_moved = former[at] == self._rows
        self._rows[is_moved] = rows[at[is_moved]]

    def _slice(self, group: int) -> slice:
        key = np.uint64(group)
        start = int(np.searchsorted(self._groups, key))
        return slice(start, int(np.searchsorted(self._groups, key, side="right")))

    def _merge_unsorted(self) -> None:
        groups = [group for group, rows in self._unsorted.items() for _ in rows]
        rows = [row for rows in self._unsorted.values() for row in rows]
        self._unsorted.clear()
        self._n_unsorted = 0
        is_alive = self._rows >= 0
        all_groups = np.concatenate((self._groups[is_alive], np.array(groups, dtype=np.uint64)))
        all_rows = np.concatenate((self._rows[is_alive], np.array(rows, dtype=np.int64)))
        order = np.argsort(all_groups, kind="stable")
        self._groups, self._rows = all_groups[order], all_rows[order]
