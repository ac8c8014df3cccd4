"""Store the remembered articles in packed columns; find them by id, equal text and near text.

The records are stored as blobs; the columns hold what must be in memory for every article: 165
bytes of keys and 48 of columns per article, and 16 more for each member of a group.
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
    IdColumns,
    IndexedRow,
    exact_slot_key,
    has_same_keys,
    id_columns,
    id_halves,
    keys_of,
)
from streams.dedupe.sketch import Sketch
from streams.records import DecodeError, DecodeProblem, Memory, decode, encode

_BAND_SLOTS: Final = np.arange(FIRST_BAND, SLOTS)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_EARLIEST: Final = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LATEST: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_BATCH: Final = 512

LARGEST_NUMBER: Final = 1 << 62
"""Largest sequence number: far from the end of the 64 bits in which it is stored."""


def microseconds(time: datetime) -> int:
    """Return a time in microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def time_from_microseconds(value: int) -> datetime:
    """Return the time that is a number of microseconds after the start of 1970.

    The bounds of `datetime` for times beyond them: with its offset from UTC, a valid time can be in
    the year 0 or 10,000.
    """
    return _EPOCH + min(max(value, _EARLIEST), _LATEST) * _MICROSECOND


class Table:
    """The remembered articles, one per row.

    There are rows for twice as many articles as remembered: a segment is
    emptied when half of its articles are erased.

    Args:
        max_articles: Largest number of remembered articles.
        blobs: Store for the records.
        segment: Number of articles in a segment of the index.

    Attributes:
        times: Event time of the article in each row, in microseconds since 1970.
        clocks: Its ``Memory.clock``, in microseconds since 1970.
        sequences: Its ``Memory.sequence``; 0 for a free row.
        ids: Both halves of its id.
        n_unreadable: Number of reads of records that are invalid.
    """

    def __init__(self, *, max_articles: int, blobs: BlobStore, segment: int = SEGMENT) -> None:
        segments = 2 * (max_articles // segment + 1) + 3
        rows = segments * segment
        self._segment = segment
        self.times = np.zeros(rows, dtype=np.int64)
        self.clocks = np.zeros(rows, dtype=np.int64)
        self.sequences = np.zeros(rows, dtype=np.int64)
        self.ids = np.zeros(rows, dtype=np.uint64), np.zeros(rows, dtype=np.uint64)
        self._blob_numbers = np.zeros(rows, dtype=np.int64)
        self._n_alive = [0] * segments
        self._index = KeyIndex(slots=SLOTS, segments=segments, segment=segment)
        self._blobs = blobs
        self._members = Groups()
        self._batch_size = min(_BATCH, self._index.room)
        self._pending: list[IndexedRow] = []
        self._pending_values: list[bytes] = []
        self._erased = 0
        self.n_unreadable = 0
        self._last_lookup: tuple[str, int | None] | None = None

    def __len__(self) -> int:
        return sum(self._n_alive)

    @property
    def has_room(self) -> bool:
        """Whether another segment can be filled."""
        return self._index.free_segments > 1

    @property
    def oldest(self) -> int | None:
        """The smallest remembered event time, in microseconds; ``None`` for an empty table."""
        latest = np.iinfo(np.int64).max
        time = int(np.min(self.times, where=self.sequences > 0, initial=latest))
        return None if time == latest else time

    def read(self, row: int) -> Memory | None:
        """Return the record in a row; None if another program wrote it and it is invalid.

        Only its columns were checked when it was loaded: checking all of it would triple the time
        (`IndexedRow` decodes in 10 us, `Memory` in 29).
        """
        try:
            record = decode(self._value(row), Memory)
            Sketch.from_bytes(record.signature)
        except ValueError:
            self.n_unreadable += 1
            return None
        return record

    def _value(self, row: int) -> bytes:
        return self._blobs.get(int(self._blob_numbers[row]))

    def row_of(self, article_id: str) -> int | None:
        """Return the row of an article; ``None`` if it is not remembered."""
        if self._last_lookup is None or self._last_lookup[0] != article_id:
            self._last_lookup = (article_id, self._find_row(article_id))
        return self._last_lookup[1]

    def _find_row(self, article_id: str) -> int | None:
        high, low = id_halves(article_id)
        rows = self._index.find(np.array([low & 0xFFFFFFFF], dtype=np.uint32), np.array([ID_SLOT]))
        for row in rows.tolist():
            if self.sequences[row] and self.ids[0][row] == high and self.ids[1][row] == low:
                return int(row)
        return None

    def rows_with(self, exact_key: str) -> RowArray:
        """Return the rows of articles that may have the same `fingerprint.exact_key`."""
        rows = self._index.find(
            np.array([exact_slot_key(exact_key)], dtype=np.uint32), np.array([EXACT_SLOT])
        )
        return self._alive_rows(rows)

    def rows_near(self, bands: KeyArray, *, hits: int) -> RowArray:
        """Return the rows of articles that share at least ``hits`` bands with a text."""
        if not len(bands):
            return np.empty(0, dtype=np.int64)
        rows, counts = np.unique(self._index.find(bands, _BAND_SLOTS), return_counts=True)
        return self._alive_rows(rows[counts >= hits])

    def sorted_by_age(self, rows: RowArray) -> RowArray:
        """Return rows sorted by event time, then by id."""
        keys = (self.ids[1][rows], self.ids[0][rows], self.times[rows])
        return rows[np.lexsort(keys)]

    def members(self, group_id: str) -> Iterator[int]:
        """Yield the rows of the members of a group, its founder first."""
        founder = self.row_of(group_id)
        if founder is not None:
            yield founder
        yield from self._members.of(id_halves(group_id)[1])

    def write(self, record: Memory) -> int:
        """Write a record, replacing the earlier record of the article.

        Returns:
            The row of the record.
        """
        value = encode(record)
        item = decode(value, IndexedRow)
        before = self.row_of(record.article_id)
        if before is not None:
            former = self.read(before)
            if former is not None and has_same_keys(item, former):
                self._blobs.drop(int(self._blob_numbers[before]))
                self._write_columns(
                    before, [item], id_columns([item.article_id]), [self._blobs.put(value)]
                )
                return before
            self.erase(before)
        return self._add([item], [self._blobs.put(value)])

    def erase(self, row: int) -> None:
        """Erase the article in a row."""
        self._last_lookup = None
        record = decode(self._value(row), IndexedRow)
        if record.group_id != record.article_id:
            self._members.remove(id_halves(record.group_id)[1], row=row)
        self.sequences[row] = 0
        self._blobs.drop(int(self._blob_numbers[row]))
        self._erased += 1
        segment = row // self._segment
        self._n_alive[segment] -= 1
        if not self._n_alive[segment] and segment != self._index.tail:
            self._index.drop(segment)

    def append(self, value: bytes, *, latest: int = LARGEST_NUMBER) -> int:
        """Append an encoded record without looking for an earlier record of the article.

        Call `resolve` before the next lookup.

        Args:
            value: The record.
            latest: Largest sequence number that it may have.

        Returns:
            The sequence number of the record.

        Raises:
            streams.records.DecodeError: If the value does not decode as an `IndexedRow`, or its
                number is too large.
        """
        item = decode(value, IndexedRow)
        if item.sequence > latest:
            detail = f"sequence {item.sequence} is out of order: at most {latest} is possible"
            raise DecodeError(DecodeProblem.NOT_THIS_RECORD, detail)
        self._pending.append(item)
        self._pending_values.append(value)
        if len(self._pending) == self._batch_size:
            self._flush()
        return item.sequence

    def resolve(self, tombstones: dict[str, int]) -> None:
        """Keep only the record with the largest number of each article, and apply tombstones.

        Args:
            tombstones: Ids of articles, with the largest number written before the tombstone.
        """
        self._flush()
        rows = self._rows_with_repeated_ids()
        high, low = self.ids[0][rows], self.ids[1][rows]
        order = np.lexsort((self.sequences[rows], low, high))
        is_older = (high[order][1:] == high[order][:-1]) & (low[order][1:] == low[order][:-1])
        for row in rows[order[:-1][is_older]].tolist():
            self.erase(row)
        for article_id, last in tombstones.items():
            row = self.row_of(article_id)
            if row is not None and self.sequences[row] <= last:
                self.erase(row)
        self._index.enter()

    def _rows_with_repeated_ids(self) -> RowArray:
        """Return the rows of articles that may have several records: few of a million."""
        low = self.ids[1][self.sequences > 0]
        low.sort()
        repeated = np.unique(low[1:][low[1:] == low[:-1]])
        del low  # 8 MB for a million articles; segments are searched one by one to save memory too
        rows = [np.empty(0, dtype=np.int64)]
        for first in range(0, len(self.sequences) if len(repeated) else 0, self._segment):
            part = slice(first, first + self._segment)
            low = self.ids[1][part]
            at = np.minimum(np.searchsorted(repeated, low), len(repeated) - 1)
            rows.append(first + np.flatnonzero((repeated[at] == low) & (self.sequences[part] > 0)))
        return np.concatenate(rows)

    def compact(self) -> dict[int, int]:
        """Merge sorted segments that are half empty.

        Returns:
            New row by former row, of the articles that were moved.
        """
        moved: dict[int, int] = {}
        half = self._segment // 2
        if self._erased < half:
            return moved
        self._erased = 0
        low = [s for s, count in enumerate(self._n_alive) if 0 < count <= half]
        low = [segment for segment in low if segment != self._index.tail]
        for pair in zip(low[::2], low[1::2], strict=False):
            moved |= self._merge(list(pair))
        if moved:
            self._members.move(moved)
        return moved

    def _merge(self, segments: list[int]) -> dict[int, int]:
        self._last_lookup = None
        target, former = self._index.merge(segments, self._alive_numbers)
        rows = target * self._segment + np.arange(len(former))
        for column in (self.times, self.clocks, self.sequences, *self.ids, self._blob_numbers):
            column[rows] = column[former]
        self.sequences[former] = 0
        self._n_alive[target] = len(former)
        for segment in segments:
            self._n_alive[segment] = 0
        return dict(zip(former.tolist(), rows.tolist(), strict=True))

    def _alive_numbers(self, segment: int) -> RowArray:
        start = segment * self._segment
        return np.flatnonzero(self.sequences[start : start + self._segment])

    def _flush(self) -> None:
        items, values = self._pending, self._pending_values
        self._pending, self._pending_values = [], []
        if items:
            self._add(items, self._blobs.put_all(values))
        self._batch_size = min(_BATCH, self._index.room)

    def _add(self, items: list[IndexedRow], blob_numbers: list[int]) -> int:
        """Add articles in new rows; return the first row."""
        self._last_lookup = None
        ids = id_columns([item.article_id for item in items])
        first = self._index.extend(*keys_of(items, ids))
        self._n_alive[self._index.tail] += len(items)
        self._write_columns(first, items, ids, blob_numbers)
        for row, item in enumerate(items, first):
            if item.group_id != item.article_id:
                self._members.add(id_halves(item.group_id)[1], row=row)
        if self._index.is_full:
            self._index.freeze()
        return first

    def _write_columns(
        self, first: int, items: list[IndexedRow], ids: IdColumns, blob_numbers: list[int]
    ) -> None:
        """Write the columns of articles in consecutive rows."""
        rows = slice(first, first + len(items))
        self.times[rows] = [microseconds(item.time) for item in items]
        self.clocks[rows] = [microseconds(item.clock) for item in items]
        self.sequences[rows] = [item.sequence for item in items]
        self.ids[0][rows], self.ids[1][rows] = ids
        self._blob_numbers[rows] = blob_numbers

    def _alive_rows(self, rows: RowArray) -> RowArray:
        return rows[self.sequences[rows] > 0]
