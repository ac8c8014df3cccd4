"""Who joined which group of copies: 16 bytes a member."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import numpy as np

_AT_ONCE: Final = 8192
"""So many wait in a dictionary, a hundred bytes each, before they are sorted in among the others:
some milliseconds then, for 200,000 of them."""


class Groups:
    """The places of the members of groups; a group is known by 64 bits.

    Examples:
        >>> members = Groups()
        >>> members.add(7, place=3)
        >>> members.add(7, place=1)
        >>> members.remove(7, place=3)
        >>> members.of(7)
        [1]
    """

    def __init__(self, *, at_once: int = _AT_ONCE) -> None:
        """Start with no groups.

        Args:
            at_once: How many new ones are sorted in at a time.
        """
        self._at_once = at_once
        self._groups = np.empty(0, dtype=np.uint64)
        self._places = np.empty(0, dtype=np.int64)
        self._new: defaultdict[int, list[int]] = defaultdict(list)
        self._n_new = 0

    def add(self, group: int, *, place: int) -> None:
        """Let the article at a place join a group."""
        self._new[group].append(place)
        self._n_new += 1
        if self._n_new >= self._at_once:
            self._sort_in()

    def remove(self, group: int, *, place: int) -> None:
        """Let the article at a place leave its group."""
        new = self._new.get(group, [])
        if place in new:
            new.remove(place)
            return
        sorted_ = self._places[self._slice(group)]  # a view
        sorted_[sorted_ == place] = -1

    def of(self, group: int) -> list[int]:
        """Give the places of the members of a group, in the order of joining."""
        sorted_: list[int] = self._places[self._slice(group)].tolist()
        return [place for place in sorted_ if place >= 0] + self._new.get(group, [])

    def move(self, moved: Mapping[int, int]) -> None:
        """Follow articles that were moved from place to place."""
        self._sort_in()
        if not moved:
            return
        former = np.fromiter(moved, dtype=np.int64, count=len(moved))
        places = np.fromiter(moved.values(), dtype=np.int64, count=len(moved))
        order = np.argsort(former)
        former, places = former[order], places[order]
        at = np.minimum(np.searchsorted(former, self._places), len(former) - 1)
        is_moved = former[at] == self._places
        self._places[is_moved] = places[at[is_moved]]

    def _slice(self, group: int) -> slice:
        key = np.uint64(group)
        start = int(np.searchsorted(self._groups, key))
        return slice(start, int(np.searchsorted(self._groups, key, side="right")))

    def _sort_in(self) -> None:
        groups = [group for group, places in self._new.items() for _ in places]
        places = [place for places in self._new.values() for place in places]
        self._new.clear()
        self._n_new = 0
        stays = self._places >= 0
        all_groups = np.concatenate((self._groups[stays], np.array(groups, dtype=np.uint64)))
        all_places = np.concatenate((self._places[stays], np.array(places, dtype=np.int64)))
        order = np.argsort(all_groups, kind="stable")
        self._groups, self._places = all_groups[order], all_places[order]
