"""A packed index from keys to articles: three and a half bytes per key of an article.

An article has a fixed number of slots, each with a 32-bit key or none; a lookup finds the articles
with the same key in the same slot. The index identifies articles by their row, a number. Rows are
divided into segments of 65,535: the last segment is an open hash table, the others are sorted and
do not change, so that 16 bits identify an article within its segment and 22 bits of the key are
kept, 14 of them by position. Different keys occasionally collide; callers check the results.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

SEGMENT: Final = 65_535
"""Number of articles in a segment: numbers and counts within it fit 16 bits."""

_BUCKET_BITS: Final = 14
_TAIL_BITS: Final = 17
_TAIL: Final = 1 << _TAIL_BITS
_CHUNK: Final = 1024
"""Number of articles that are entered into the open table at a time, which takes 6 MB; 65,534 would
take 140 MB."""

_MOST_PROBES: Final = 256
"""Largest number of articles of the last segment for which an equal key is kept."""

KeyArray = npt.NDArray[np.uint32]
RowArray = npt.NDArray[np.int64]
Slots = npt.NDArray[np.int64]


class KeyIndex:
    """An index from keys to the rows of articles.

    Attributes:
        slots: Largest number of keys of an article.
        segments: Number of segments; the system allocates their memory when it is used.
        segment: Number of articles in a segment, at most 65,535.
        tail: Number of the last segment, which is not sorted.
    """

    def __init__(self, *, slots: int, segments: int, segment: int = SEGMENT) -> None:
        self.slots = slots
        self.segments = segments
        self.segment = segment
        self._starts = np.zeros((segments, slots, (1 << _BUCKET_BITS) + 1), dtype=np.uint16)
        self._members = np.zeros((segments, slots, self.segment), dtype=np.uint16)
        self._tags = np.zeros((segments, slots, self.segment), dtype=np.uint8)
        self._frozen: list[int] = []
        self._frozen_array = np.empty(0, dtype=np.int64)
        self._tail_members = np.zeros((slots, _TAIL), dtype=np.uint16)
        self._tail_keys = np.zeros((self.segment, slots), dtype=np.uint32)
        self._tail_has = np.zeros((self.segment, -(-slots // 8)), dtype=np.uint8)
        self._entered = 0
        self._filled = 0
        self.tail = 0

    @property
    def is_full(self) -> bool:
        """Whether the last segment has no room and must be frozen."""
        return self._filled == self.segment

    def extend(self, keys: KeyArray, has: npt.NDArray[np.bool_]) -> int:
        """Add articles, at most as many as the last segment has room for.

        Args:
            keys: One line per article, one key per slot.
            has: Which of the keys each article has.

        Returns:
            The row of the first article; the others follow.
        """
        first, end = self._filled, self._filled + len(keys)
        self._tail_keys[first:end] = keys
        self._tail_has[first:end] = np.packbits(has, axis=1)
        self._filled = end
        return self.tail * self.segment + first

    @property
    def room(self) -> int:
        """Number of articles that the last segment has room for."""
        return self.segment - self._filled

    @property
    def free_segments(self) -> int:
        """Number of segments that are not in use."""
        return self.segments - len(self._frozen) - 1

    def freeze(self) -> None:
        """Sort the last segment and start a new one.

        Raises:
            StopIteration: If no segment is free.
        """
        has = self._has(0, self._filled)
        for slot in range(self.slots):
            members = np.flatnonzero(has[:, slot])
            self._sort(self.tail, slot, members, self._tail_keys[members, slot])
        self._set_frozen([*self._frozen, self.tail])
        self._tail_members[:] = 0
        self._entered = self._filled = 0
        self.tail = self._free_segment()

    def drop(self, segment: int) -> None:
        """Drop a sorted segment and all its articles."""
        self._set_frozen([number for number in self._frozen if number != segment])

    def merge(
        self, segments: list[int], alive: Callable[[int], npt.NDArray[np.int64]]
    ) -> tuple[int, RowArray]:
        """Merge the remaining articles of some sorted segments into a new segment.

        Args:
            segments: Numbers of the segments; at most `segment` of their articles remain.
            alive: Returns the numbers, within a segment, of the articles that remain, ascending.

        Returns:
            The new segment's number, and the former rows of its articles in order.
        """
        alive_in = {segment: alive(segment) for segment in segments}
        target, numbers, count = self._free_segment(), {}, 0
        for segment, members in alive_in.items():
            numbers[segment] = np.full(self.segment, -1)
            numbers[segment][members] = np.arange(count, count + len(members))
            count += len(members)
        for slot in range(self.slots):
            # One slot at a time: all keys of two segments would take 60 MB.
            parts = [(numbers[segment], *self._unsorted(segment, slot)) for segment in segments]
            members = np.concatenate([new[members] for new, members, _ in parts])
            keys = np.concatenate([keys for _, _, keys in parts])
            order = np.argsort(members, kind="stable")[np.count_nonzero(members < 0) :]
            self._sort(target, slot, members[order], keys[order])
        self._set_frozen([*(s for s in self._frozen if s not in segments), target])
        rows = [segment * self.segment + members for segment, members in alive_in.items()]
        return target, np.concatenate(rows)

    def find(self, keys: KeyArray, slots: Slots) -> RowArray:
        """Return the rows of articles that have one of some keys.

        Args:
            keys: The keys to look up.
            slots: The slot of each key.

        Returns:
            One row for every key of an article, so that an article with two of the
            keys occurs twice. Dropped articles may be included, and occasionally an
            article with a different key.
        """
        self.enter()
        return np.concatenate((self._find_sorted(keys, slots), self._find_tail(keys, slots)))

    def _find_sorted(self, keys: KeyArray, slots: Slots) -> RowArray:
        if not self._frozen:
            return np.empty(0, dtype=np.int64)
        segments = self._frozen_array[:, None]
        buckets, tags = _bucket(keys), _tag(keys)
        starts = self._starts[segments, slots, buckets].astype(np.int64)
        counts = self._starts[segments, slots, buckets + 1] - starts
        slot_offsets = (segments * self.slots + slots).ravel()
        counts, starts = counts.ravel(), starts.ravel()
        before = np.cumsum(counts) - counts
        at = np.repeat(slot_offsets * self.segment + starts - before, counts) + np.arange(
            counts.sum()
        )
        wanted = np.repeat(np.tile(tags, len(self._frozen)), counts)
        at = at[self._tags.reshape(-1)[at] == wanted]
        rows: RowArray = (
            at // (self.slots * self.segment) * self.segment + self._members.reshape(-1)[at]
        )
        return rows

    def _find_tail(self, keys: KeyArray, slots: Slots) -> RowArray:
        matches = []
        at = (keys >> np.uint32(32 - _TAIL_BITS)).astype(np.int64)
        for _ in range(_MOST_PROBES):
            members = self._tail_members[slots, at]
            goes_on = members != 0
            if not goes_on.any():
                break
            slots, keys = slots[goes_on], keys[goes_on]
            numbers = members[goes_on].astype(np.int64) - 1
            matches.append(numbers[self._tail_keys[numbers, slots] == keys])
            at = (at[goes_on] + 1) & (_TAIL - 1)
        if not matches:
            return np.empty(0, dtype=np.int64)
        return np.concatenate(matches) + self.tail * self.segment

    def enter(self) -> None:
        """Enter the articles added since the last call into the open table; `find` calls this."""
        while self._entered < self._filled:
            end = min(self._filled, self._entered + _CHUNK)
            self._enter(self._entered, end)
            self._entered = end

    def _enter(self, first: int, end: int) -> None:
        numbers, slots = np.nonzero(self._has(first, end))
        numbers += first
        keys = self._tail_keys[numbers, slots]
        at = (keys >> np.uint32(32 - _TAIL_BITS)).astype(np.int64)
        names = (numbers + 1).astype(np.uint16)
        for _ in range(_MOST_PROBES):
            is_free = self._tail_members[slots, at] == 0
            self._tail_members[slots[is_free], at[is_free]] = names[is_free]
            # Of two articles that probe the same free cell, the one written last gets it.
            has_cell = is_free & (self._tail_members[slots, at] == names)
            if has_cell.all():
                break
            goes_on = ~has_cell
            slots, names = slots[goes_on], names[goes_on]
            at = (at[goes_on] + 1) & (_TAIL - 1)

    def _has(self, first: int, end: int) -> npt.NDArray[np.bool_]:
        packed = self._tail_has[first:end]
        return np.unpackbits(packed, axis=1, count=self.slots).astype(np.bool_)

    def _sort(self, segment: int, slot: int, members: RowArray, keys: KeyArray) -> None:
        """Write a slot of a segment: the articles that have a key in it, sorted by key."""
        buckets = _bucket(keys)
        order = np.argsort(buckets.astype(np.uint16), kind="stable")
        counts = np.bincount(buckets, minlength=1 << _BUCKET_BITS)
        self._starts[segment, slot, 0] = 0
        self._starts[segment, slot, 1:] = np.cumsum(counts)
        self._members[segment, slot, : len(members)] = members[order]
        self._tags[segment, slot, : len(members)] = _tag(keys)[order]

    def _unsorted(self, segment: int, slot: int) -> tuple[RowArray, KeyArray]:
        """Return the articles with a key in a slot of a sorted segment, and the kept key bits."""
        starts = self._starts[segment, slot].astype(np.int64)
        members = self._members[segment, slot, : starts[-1]].astype(np.int64)
        buckets = np.repeat(np.arange(1 << _BUCKET_BITS, dtype=np.uint32), np.diff(starts))
        tags = self._tags[segment, slot, : starts[-1]].astype(np.uint32)
        keys = (buckets << np.uint32(32 - _BUCKET_BITS)) | (tags << np.uint32(24 - _BUCKET_BITS))
        return members, keys

    def _free_segment(self) -> int:
        used = {self.tail, *self._frozen}
        return next(number for number in range(self.segments) if number not in used)

    def _set_frozen(self, segments: list[int]) -> None:
        self._frozen = segments
        self._frozen_array = np.array(segments, dtype=np.int64)


def _bucket(keys: KeyArray) -> npt.NDArray[np.int64]:
    return (keys >> np.uint32(32 - _BUCKET_BITS)).astype(np.int64)


def _tag(keys: KeyArray) -> npt.NDArray[np.uint8]:
    return (keys >> np.uint32(24 - _BUCKET_BITS)).astype(np.uint8)
