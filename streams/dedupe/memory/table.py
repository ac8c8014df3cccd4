"""The remembered articles in packed columns: found by id, by equal text and by near text.

What is compared and answered lies on a shelf as bytes; the columns hold what has to be at hand for
all of them. 165 bytes of keys and 48 of columns an article, and 16 for one that joined a group.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from streams.dedupe.memory.blobs import BlobStore
from streams.dedupe.memory.groups import Groups
from streams.dedupe.memory.index import SEGMENT, KeyArray, KeyIndex, RowArray
from streams.dedupe.memory.row import (
    EXACT_SLOT,
    FIRST_BAND,
    ID_SLOT,
    SLOTS,
    IndexedRow,
    Names,
    exact_slot_key,
    has_same_keys,
    id_columns,
    id_halves,
    keys_of,
)
from streams.records import Memory, decode, encode

_BAND_SLOTS: Final = np.arange(FIRST_BAND, SLOTS)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_BATCH: Final = 512


def microseconds(time: datetime) -> int:
    """Give a time as microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def time_from_microseconds(ticks_: int) -> datetime:
    """Give the time of so many microseconds since 1970."""
    return _EPOCH + ticks_ * _MICROSECOND


class Table:
    """Rows of remembered articles, each at a place.

    Attributes:
        times: Event time of the article at a place, microseconds since 1970.
        clocks: ``Memory.clock`` of it, the same.
        sequences: ``Memory.sequence`` of it; 0 where there is none.
        names: Both halves of its id.
    """

    def __init__(self, *, max_articles: int, shelf: BlobStore, segment: int = SEGMENT) -> None:
        """Start empty.

        Room is for twice as many articles: a segment is emptied when half of it is gone.
        """
        segments = 2 * (max_articles // segment + 1) + 3
        places = segments * segment
        self._segment = segment
        self.times = np.zeros(places, dtype=np.int64)
        self.clocks = np.zeros(places, dtype=np.int64)
        self.sequences = np.zeros(places, dtype=np.int64)
        self.names = np.zeros(places, dtype=np.uint64), np.zeros(places, dtype=np.uint64)
        self._shelved = np.zeros(places, dtype=np.int64)
        self._alive = [0] * segments
        self._index = KeyIndex(slots=SLOTS, segments=segments, segment=segment)
        self._shelf = shelf
        self._members = Groups()
        self._at_once = min(_BATCH, self._index.room)
        self._waiting: list[IndexedRow] = []
        self._waiting_values: list[bytes] = []
        self._erased = 0
        self._asked: tuple[str, int | None] | None = None

    def __len__(self) -> int:
        return sum(self._alive)

    @property
    def has_room(self) -> bool:
        """Whether another segment can be filled."""
        return self._index.free_segments > 1

    @property
    def oldest(self) -> int | None:
        """The smallest event time that is remembered; none when nothing is."""
        latest = np.iinfo(np.int64).max
        time = int(np.min(self.times, where=self.sequences > 0, initial=latest))
        return None if time == latest else time

    def read(self, place: int) -> Memory:
        """Give what is remembered at a place."""
        return decode(self._shelf.get(int(self._shelved[place])), Memory)

    def place_of(self, article_id: str) -> int | None:
        """Find the place of an article."""
        if self._asked is None or self._asked[0] != article_id:
            self._asked = (article_id, self._found(article_id))
        return self._asked[1]

    def _found(self, article_id: str) -> int | None:
        high, low = id_halves(article_id)
        found = self._index.find(np.array([low & 0xFFFFFFFF], dtype=np.uint32), np.array([ID_SLOT]))
        for place in found.tolist():
            if (
                self.sequences[place]
                and self.names[0][place] == high
                and self.names[1][place] == low
            ):
                return int(place)
        return None

    def places_with(self, exact_key: str) -> RowArray:
        """Find the places whose articles may have an equal text, title included if it is short."""
        found = self._index.find(
            np.array([exact_slot_key(exact_key)], dtype=np.uint32), np.array([EXACT_SLOT])
        )
        return self._living(found)

    def places_near(self, bands: KeyArray, *, hits: int) -> RowArray:
        """Find the places whose articles share so many bands with a text."""
        if not len(bands):
            return np.empty(0, dtype=np.int64)
        places, counts = np.unique(self._index.find(bands, _BAND_SLOTS), return_counts=True)
        return self._living(places[counts >= hits])

    def by_age(self, places: RowArray) -> RowArray:
        """Sort places by event time, then by id."""
        keys = (self.names[1][places], self.names[0][places], self.times[places])
        return places[np.lexsort(keys)]

    def members(self, group_id: str) -> Iterator[int]:
        """Give the places of the members of a group, its founder first."""
        founder = self.place_of(group_id)
        if founder is not None:
            yield founder
        yield from self._members.of(id_halves(group_id)[1])

    def write(self, memory: Memory) -> int:
        """Take in a record in the place of the one before.

        Returns:
            Its place.
        """
        value = encode(memory)
        item = decode(value, IndexedRow)
        before = self.place_of(memory.article_id)
        if before is not None:
            if has_same_keys(item, self.read(before)):
                self._shelf.drop(int(self._shelved[before]))
                self._fill(before, [item], id_columns([item.article_id]), [self._shelf.put(value)])
                return before
            self.erase(before)
        return self._enter([item], [self._shelf.put(value)])

    def erase(self, place: int) -> None:
        """Let go of the article at a place."""
        self._asked = None
        memory = self.read(place)
        if memory.group_id != memory.article_id:
            self._members.remove(id_halves(memory.group_id)[1], place=place)
        self.sequences[place] = 0
        self._shelf.drop(int(self._shelved[place]))
        self._erased += 1
        segment = place // self._segment
        self._alive[segment] -= 1
        if not self._alive[segment] and segment != self._index.tail:
            self._index.drop(segment)

    def append(self, value: bytes) -> int:
        """Take in a record as it lies on the topic, without looking for the one before.

        `resolve` has to follow before anything is looked for.

        Returns:
            The number of the record.

        Raises:
            schemas.DecodeError: If it is no such record.
        """
        item = decode(value, IndexedRow)
        self._waiting.append(item)
        self._waiting_values.append(value)
        if len(self._waiting) == self._at_once:
            self._flush()
        return item.sequence

    def resolve(self, gone: dict[str, int]) -> None:
        """Bring order into what was appended: of each article the record with the largest number.

        Args:
            gone: Articles that went, with the largest number that was written before.
        """
        self._flush()
        places = self._repeated()
        high, low = self.names[0][places], self.names[1][places]
        order = np.lexsort((self.sequences[places], low, high))
        is_older = (high[order][1:] == high[order][:-1]) & (low[order][1:] == low[order][:-1])
        for place in places[order[:-1][is_older]].tolist():
            self.erase(place)
        for article_id, last in gone.items():
            place = self.place_of(article_id)
            if place is not None and self.sequences[place] <= last:
                self.erase(place)
        self._index.enter()

    def _repeated(self) -> RowArray:
        """Find the places of articles that may be there more than once: few of a million."""
        low = self.names[1][self.sequences > 0]
        low.sort()
        repeated = np.unique(low[1:][low[1:] == low[:-1]])
        del low  # 8 MB of a million; a segment at a time is looked through for the same reason
        found = [np.empty(0, dtype=np.int64)]
        for first in range(0, len(self.sequences) if len(repeated) else 0, self._segment):
            part = slice(first, first + self._segment)
            low = self.names[1][part]
            at = np.minimum(np.searchsorted(repeated, low), len(repeated) - 1)
            found.append(first + np.flatnonzero((repeated[at] == low) & (self.sequences[part] > 0)))
        return np.concatenate(found)

    def compact(self) -> dict[int, int]:
        """Merge sorted segments that are half empty.

        Returns:
            Former places to new ones, of the articles that were moved.
        """
        moved: dict[int, int] = {}
        half = self._segment // 2
        if self._erased < half:
            return moved
        self._erased = 0
        low = [s for s, count in enumerate(self._alive) if 0 < count <= half]
        low = [segment for segment in low if segment != self._index.tail]
        for pair in zip(low[::2], low[1::2], strict=False):
            moved |= self._merge(list(pair))
        if moved:
            self._members.move(moved)
        return moved

    def _merge(self, segments: list[int]) -> dict[int, int]:
        self._asked = None
        target, former = self._index.merge(segments, self._numbers_alive)
        places = target * self._segment + np.arange(len(former))
        for column in (self.times, self.clocks, self.sequences, *self.names, self._shelved):
            column[places] = column[former]
        self.sequences[former] = 0
        self._alive[target] = len(former)
        for segment in segments:
            self._alive[segment] = 0
        return dict(zip(former.tolist(), places.tolist(), strict=True))

    def _numbers_alive(self, segment: int) -> RowArray:
        start = segment * self._segment
        return np.flatnonzero(self.sequences[start : start + self._segment])

    def _flush(self) -> None:
        items, values = self._waiting, self._waiting_values
        self._waiting, self._waiting_values = [], []
        if items:
            self._enter(items, self._shelf.put_all(values))
        self._at_once = min(_BATCH, self._index.room)

    def _enter(self, items: list[IndexedRow], shelved: list[int]) -> int:
        """Take in articles at new places; give the first."""
        self._asked = None
        names = id_columns([item.article_id for item in items])
        first = self._index.extend(*keys_of(items, names))
        self._alive[self._index.tail] += len(items)
        self._fill(first, items, names, shelved)
        for place, item in enumerate(items, first):
            if item.group_id != item.article_id:
                self._members.add(id_halves(item.group_id)[1], place=place)
        if self._index.is_full:
            self._index.freeze()
        return first

    def _fill(self, first: int, items: list[IndexedRow], names: Names, shelved: list[int]) -> None:
        """Write the columns from a place on."""
        places = slice(first, first + len(items))
        self.times[places] = [microseconds(item.time) for item in items]
        self.clocks[places] = [microseconds(item.clock) for item in items]
        self.sequences[places] = [item.sequence for item in items]
        self.names[0][places], self.names[1][places] = names
        self._shelved[places] = shelved

    def _living(self, places: RowArray) -> RowArray:
        return places[self.sequences[places] > 0]
