"""Map the numbers of the latest records to their rows."""

from collections.abc import Mapping

import numpy as np

from streams.dedupe.memory.index import RowArray


class RecentRows:
    """The rows of the records with the largest numbers.

    Args:
        size: Number of records to keep.

    Examples:
        >>> latest = RecentRows(2)
        >>> for number in (1, 2, 3):
        ...     latest.put(number, row=10 * number)
        >>> latest.row_of(3), latest.row_of(2)
        (30, 20)
    """

    def __init__(self, size: int) -> None:
        self._rows = np.full(size, -1, dtype=np.int64)

    def put(self, number: int, *, row: int) -> None:
        """Store the row of a record, whose number is one more than that of the record before."""
        self._rows[number % len(self._rows)] = row

    def row_of(self, number: int) -> int:
        """Return the row of a record; -1 if there was no record with this number."""
        return int(self._rows[number % len(self._rows)])

    def restart(self, numbers: RowArray, rows: RowArray) -> None:
        """Replace all rows by those of some records."""
        self._rows[:] = -1
        self._rows[numbers % len(self._rows)] = rows

    def move(self, moved: Mapping[int, int]) -> None:
        """Update the rows of records that were moved.

        Args:
            moved: New row by former row.
        """
        self._rows[:] = [moved.get(row, row) for row in self._rows.tolist()]
