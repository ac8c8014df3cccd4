"""Keys to articles, packed: three and a half bytes for each key of an article.

An article has a fixed number of slots, each with a 32-bit key or none; who shares the key of a slot
is found. Articles are known here by their place, a number. Places come in segments of 65,535:
the last one is an open hash table, the others are sorted and never change, so that 16 bits name an
article within its segment and 22 bits of the key are kept, 14 of them by position. Two keys meet
by chance now and then; whoever asks looks at what is found.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

SEGMENT: Final = 65_535
"""Articles of a segment: their numbers and counts fit 16 bits."""

_BUCKET_BITS: Final = 14
_TAIL_BITS: Final = 17
_TAIL: Final = 1 << _TAIL_BITS
_AT_ONCE: Final = 1024
"""Articles that are entered into the open table at once, 6 MB: 65,534 would take 140."""

_MOST_PROBES: Final = 256
"""A key that so many articles of the last segment share is not kept for more of them."""

KeyArray = npt.NDArray[np.uint32]
RowArray = npt.NDArray[np.int64]
Slots = npt.NDArray[np.int64]


class KeyIndex:
    """Which articles have a key.

    Attributes:
        slots: How many keys an article has at most.
        segments: For how many segments there is room; memory is taken when it is used.
        segment: How many articles a segment has, at most 65,535.
    """

    def __init__(self, *, slots: int, segments: int, segment: int = SEGMENT) -> None:
        """Start empty."""
        self.slots = slots
        self.segments = segments
        self.segment = segment
        self._rows = np.arange(slots)
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
        """Whether the last segment has no room: it has to be frozen."""
        return self._filled == self.segment

    def extend(self, keys: KeyArray, has: npt.NDArray[np.bool_]) -> int:
        """Take in articles, no more than the last segment has room for.

        Args:
            keys: A row for each article, a key for each slot.
            has: Which of them it has.

        Returns:
            The place of the first; the others follow.
        """
        first, end = self._filled, self._filled + len(keys)
        self._tail_keys[first:end] = keys
        self._tail_has[first:end] = np.packbits(has, axis=1)
        self._filled = end
        return self.tail * self.segment + first

    @property
    def room(self) -> int:
        """How many articles the last segment has room for."""
        return self.segment - self._filled

    @property
    def free_segments(self) -> int:
        """How many segments are not in use."""
        return self.segments - len(self._frozen) - 1

    def freeze(self) -> None:
        """Sort the last segment and start another one.

        Raises:
            IndexError: If there is no room for one more.
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
        """Give up a sorted segment and all its articles."""
        self._set_frozen([number for number in self._frozen if number != segment])

    def merge(
        self, segments: list[int], alive: Callable[[int], npt.NDArray[np.int64]]
    ) -> tuple[int, RowArray]:
        """Put what is alive of some sorted segments into a new one.

        Args:
            segments: Their numbers; together no more than `segment` articles are alive.
            alive: Gives the articles of a segment that are, ascending, by their number in it.

        Returns:
            The new segment's number, and the former places of its articles in order.
        """
        alive_in = {segment: alive(segment) for segment in segments}
        target, numbers, count = self._free_segment(), {}, 0
        for segment, members in alive_in.items():
            numbers[segment] = np.full(self.segment, -1)
            numbers[segment][members] = np.arange(count, count + len(members))
            count += len(members)
        for slot in range(self.slots):
            # A slot at a time: all keys of two segments at once would be 60 MB.
            parts = [(numbers[segment], *self._unsorted(segment, slot)) for segment in segments]
            members = np.concatenate([new[members] for new, members, _ in parts])
            keys = np.concatenate([keys for _, _, keys in parts])
            order = np.argsort(members, kind="stable")[np.count_nonzero(members < 0) :]
            self._sort(target, slot, members[order], keys[order])
        self._set_frozen([*(s for s in self._frozen if s not in segments), target])
        places = [segment * self.segment + members for segment, members in alive_in.items()]
        return target, np.concatenate(places)

    def find(self, keys: KeyArray, slots: Slots) -> RowArray:
        """Find the places of those who share a key.

        Args:
            keys: The keys to look for.
            slots: The slot of each.

        Returns:
            A place for every key that an article shares, so that an article with two
            of the keys comes twice; dropped ones may be among them, and now and then
            one that has another key.
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
        rows = (segments * self.slots + slots).ravel()
        counts, starts = counts.ravel(), starts.ravel()
        before = np.cumsum(counts) - counts
        at = np.repeat(rows * self.segment + starts - before, counts) + np.arange(counts.sum())
        wanted = np.repeat(np.tile(tags, len(self._frozen)), counts)
        at = at[self._tags.reshape(-1)[at] == wanted]
        places: RowArray = (
            at // (self.slots * self.segment) * self.segment + self._members.reshape(-1)[at]
        )
        return places

    def _find_tail(self, keys: KeyArray, slots: Slots) -> RowArray:
        found = []
        at = (keys >> np.uint32(32 - _TAIL_BITS)).astype(np.int64)
        for _ in range(_MOST_PROBES):
            members = self._tail_members[slots, at]
            goes_on = members != 0
            if not goes_on.any():
                break
            slots, keys = slots[goes_on], keys[goes_on]
            numbers = members[goes_on].astype(np.int64) - 1
            found.append(numbers[self._tail_keys[numbers, slots] == keys])
            at = (at[goes_on] + 1) & (_TAIL - 1)
        if not found:
            return np.empty(0, dtype=np.int64)
        return np.concatenate(found) + self.tail * self.segment

    def enter(self) -> None:
        """Enter into the open table what was added since the last look, as `find` does first."""
        while self._entered < self._filled:
            end = min(self._filled, self._entered + _AT_ONCE)
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
            # Of two that come to one free place at once, the one that is written last has it.
            has_place = is_free & (self._tail_members[slots, at] == names)
            if has_place.all():
                break
            goes_on = ~has_place
            slots, names = slots[goes_on], names[goes_on]
            at = (at[goes_on] + 1) & (_TAIL - 1)

    def _has(self, first: int, end: int) -> npt.NDArray[np.bool_]:
        packed = self._tail_has[first:end]
        return np.unpackbits(packed, axis=1, count=self.slots).astype(np.bool_)

    def _sort(self, segment: int, slot: int, members: RowArray, keys: KeyArray) -> None:
        """Write a slot of a segment: who has a key in it, ascending, and which."""
        buckets = _bucket(keys)
        order = np.argsort(buckets.astype(np.uint16), kind="stable")
        counts = np.bincount(buckets, minlength=1 << _BUCKET_BITS)
        self._starts[segment, slot, 0] = 0
        self._starts[segment, slot, 1:] = np.cumsum(counts)
        self._members[segment, slot, : len(members)] = members[order]
        self._tags[segment, slot, : len(members)] = _tag(keys)[order]

    def _unsorted(self, segment: int, slot: int) -> tuple[RowArray, KeyArray]:
        """Give back who has a key in a slot of a sorted segment, and the kept bits of it."""
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
