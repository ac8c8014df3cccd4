"""Where the latest records lie, by their number."""

from collections.abc import Mapping

import numpy as np

from streams.dedupe.memory.index import RowArray


class RecentRows:
    """The places of the records with the largest numbers.

    Examples:
        >>> latest = RecentRows(2)
        >>> for number in (1, 2, 3):
        ...     latest.put(number, place=10 * number)
        >>> latest.place_of(3), latest.place_of(2)
        (30, 20)
    """

    def __init__(self, size: int) -> None:
        """Keep so many."""
        self._places = np.full(size, -1, dtype=np.int64)

    def put(self, number: int, *, place: int) -> None:
        """Say where a record lies; its number is one more than the one before."""
        self._places[number % len(self._places)] = place

    def place_of(self, number: int) -> int:
        """Give the place of a record; -1 for one that never was."""
        return int(self._places[number % len(self._places)])

    def restart(self, numbers: RowArray, places: RowArray) -> None:
        """Forget everything and take in some records."""
        self._places[:] = -1
        self._places[numbers % len(self._places)] = places

    def move(self, moved: Mapping[int, int]) -> None:
        """Follow records that were moved from place to place."""
        self._places[:] = [moved.get(place, place) for place in self._places.tolist()]
