"""The memory of dedupe: a value that is built from the records of one compacted topic.

Invariant: the answers of a memory depend only on the set of records in it, not on the order in
which they arrived or on what was evicted since. A process that died is therefore replaced by one
that reads the topic, and a decision whose tombstones were partly lost is completed by the next
process.

**What is evicted, and when**

- By count: when more than ``max_articles`` are remembered, the articles with the oldest event
  times are evicted.
- By time: an article is evicted when the clock is more than ``horizon`` past ``Memory.clock``, the
  later of its event time and of the clock when it was last written. An article of 1987 that
  arrives today is therefore kept as long as an article of today.
- Never: articles among the last ``recent`` records, since they may be redelivered; and articles
  among the last ``kept`` records are not evicted by time.

The clock is the event time that more than one in ten of the last ``recent`` records reach, and at
least two of them once there are three: a single date in 2099 does not move it. It depends only on
records that are protected from eviction, so eviction does not change it.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
import numpy as np

from streams.dedupe.fingerprint import Fingerprint, memory_key
from streams.dedupe.memory.blobs import BlobStore, MemoryBlobStore
from streams.dedupe.memory.counts import MemoryCounts
from streams.dedupe.memory.eviction import EvictionEntry, EvictionQueue
from streams.dedupe.memory.index import SEGMENT, RowArray
from streams.dedupe.memory.recent import RecentRows
from streams.dedupe.memory.row import is_article_id
from streams.dedupe.memory.table import Table, microseconds, time_from_microseconds
from streams.dedupe.minhash import HITS
from streams.dedupe.model import THRESHOLD, Model
from streams.records import DecodeError, DecodeProblem, Memory, encode

RECENT: Final = 4096
"""Number of latest records that are never evicted, since they may be redelivered: eight windows of
512."""

KEPT: Final = 100_000
"""Number of latest records that are not evicted by time: they cost little, and an archive that is
replayed twice is recognized the second time."""

LARGEST_GAP: Final = 1 << 40
"""Largest gap between the numbers of two records: those between them were compacted. A number that
another program wrote must not leave so few that the next ones overflow 64 bits; a trillion records
are 30 years of 1,000 a second.
"""

MOST_EQUAL: Final = 64
"""Largest number of articles with an equal text that are compared: the oldest ones, since one of
them is the original."""

CLOCK_SHARE: Final = 10
"""The clock is the event time that one in this number of the recent records reaches: live news
determines the clock even beside a backfill nine times as fast, and a wrong date is outvoted."""


class ArticleMemory:
    """The articles that dedupe remembers.

    Args:
        horizon: Largest distance in event time at which two articles are compared.
        max_articles: Largest number of remembered articles.
        threshold: Similarity at which copies begin where all else is equal.
        model: Weights of the evidence; defaults to the shipped ones.
        recent: Number of latest records that are never evicted.
        kept: Number of latest records that are not evicted by time.
        blobs: Store for the bulk of each record; defaults to the memory of this process.
        segment: Number of articles that the index sorts at a time.

    Attributes:
        horizon: Largest distance in event time at which two articles are compared.
        max_articles: Largest number of remembered articles.
        threshold: Similarity at which copies begin where all else is equal.
        model: Weights of the evidence; ``None`` for the shipped ones.
        counts: Counters for metrics.
    """

    def __init__(
        self,
        *,
        horizon: timedelta,
        max_articles: int,
        threshold: float = THRESHOLD,
        model: Model | None = None,
        recent: int = RECENT,
        kept: int = KEPT,
        blobs: BlobStore | None = None,
        segment: int = SEGMENT,
    ) -> None:
        self.horizon = horizon
        self.max_articles = max_articles
        self.threshold = threshold
        self.model = model
        self.counts = MemoryCounts()
        self._recent_records = min(recent, max_articles)
        self._kept_records = max(self._recent_records, min(kept, max_articles))
        self._table = Table(
            max_articles=max_articles,
            blobs=MemoryBlobStore() if blobs is None else blobs,
            segment=segment,
        )
        self._by_time = EvictionQueue(self._table.times, self._table.sequences, self._table.ids)
        self._by_clock = EvictionQueue(self._table.clocks, self._table.sequences, self._table.ids)
        self._sequence = 0
        self._recent_rows = RecentRows(self._kept_records + 1)
        self._recent_times: list[int] = []
        self._tombstones: dict[str, int] = {}
        self._pending_tombstones: list[str] = []
        self._is_loading = False

    def __len__(self) -> int:
        self._finish_loading()
        return len(self._table)

    def get(self, article_id: str) -> Memory | None:
        """Return the record of an article; ``None`` if it is not remembered."""
        self._finish_loading()
        row = self._table.row_of(article_id)
        return None if row is None else self._table.read(row)

    def equal_articles(self, article: Fingerprint, time: datetime) -> list[Memory]:
        """Return the articles within the horizon that have the same text.

        Short texts are equal only if their titles are equal too.
        """
        self._finish_loading()
        key = article.exact_key
        if not key:
            return []
        records = self._within_horizon(self._table.rows_with(key), time, most=MOST_EQUAL)
        return [record for record in records if memory_key(record) == key]

    def candidates(self, article: Fingerprint, time: datetime) -> list[Memory]:
        """Return the articles within the horizon that share at least `HITS` bands with a text."""
        self._finish_loading()
        records = self._within_horizon(self._table.rows_near(article.bands, hits=HITS), time)
        self.counts.lookups += 1
        self.counts.candidates += len(records)
        return records

    def latest_of_group(self, group_id: str) -> Memory | None:
        """Return the member of a group that was written last: it has the group's latest figures."""
        self._finish_loading()
        members = self._table.members(group_id)
        latest = sorted(members, key=lambda row: int(self._table.sequences[row]), reverse=True)
        return next((record for row in latest if (record := self._table.read(row))), None)

    def load(self, record: Memory) -> None:
        """Load a record of the topic; records are loaded in the order of the topic."""
        self.load_value(encode(record))

    def load_value(self, value: bytes) -> None:
        """Load an encoded record of the topic, in the order of the topic.

        Faster than `load`: only the columns are decoded, the rest of the record
        when it is needed.

        Raises:
            streams.records.DecodeError: If the value does not decode as an `IndexedRow`, or its
                number is out of order. The rest of the record is decoded when it is needed.
        """
        if not self._table.has_room:
            # The topic has more records than the bound allows: the bound was larger before.
            self._pending_tombstones += self.evict()
        self._is_loading = True
        latest = self._sequence + LARGEST_GAP
        self._sequence = max(self._sequence, self._table.append(value, latest=latest))

    def load_tombstone(self, article_id: str) -> None:
        """Load a tombstone of the topic, in the order of the topic.

        Raises:
            streams.records.DecodeError: If the id is not that of an article.
        """
        if not is_article_id(article_id):
            raise DecodeError(DecodeProblem.NOT_THIS_RECORD, "the key is no id of an article")
        self._is_loading = True
        self._tombstones[article_id] = self._sequence

    def remember(self, record: Memory) -> Memory:
        """Number a record, set its clock and remember it.

        Returns:
            The record to write to the topic.
        """
        self._finish_loading()
        self._sequence += 1
        self._release_aged()
        before = self._table.row_of(record.article_id)
        if before is not None:
            self._unprotect(before)
        insort(self._recent_times, microseconds(record.time))
        clock = max(record.time, time_from_microseconds(self._clock()))
        numbered = msgspec.structs.replace(record, sequence=self._sequence, clock=clock)
        row = self._table.write(numbered)
        self._recent_rows.put(self._sequence, row=row)
        return numbered

    def evict(self) -> tuple[str, ...]:
        """Evict the articles that exceed the bounds.

        Idempotent: evicting in several calls gives the same result as in one.

        Returns:
            Ids of the evicted articles, in the order in which their tombstones must be written.
        """
        self._finish_loading()
        if not self._recent_times:
            return ()
        evicted = [id_ for id_ in self._pending_tombstones if self._table.row_of(id_) is None]
        self._pending_tombstones = []
        oldest = self._clock() - self.horizon // timedelta(microseconds=1)
        newest = self._sequence - self._kept_records
        while (entry := self._by_clock.peek(newest=newest)) and entry.value < oldest:
            evicted.append(self._erase(entry))
        newest = self._sequence - self._recent_records
        while len(self._table) > self.max_articles:
            entry = self._by_time.peek(newest=newest)
            if entry is None:
                break
            evicted.append(self._erase(entry))
        self._compact()
        self.counts.forgotten += len(evicted)
        return tuple(evicted)

    def postpone_tombstones(self, article_ids: Iterable[str]) -> None:
        """Return the tombstones of evicted articles again with the next eviction.

        For a caller that could not write them with its decision.
        """
        self._pending_tombstones += article_ids

    @property
    def n_unreadable(self) -> int:
        """Number of reads of records that are invalid, see `Table.read`."""
        return self._table.n_unreadable

    @property
    def age(self) -> timedelta:
        """Time between the oldest remembered event time and the clock."""
        self._finish_loading()
        oldest = self._table.oldest
        return (
            timedelta()
            if oldest is None
            else time_from_microseconds(self._clock()) - time_from_microseconds(oldest)
        )

    def _within_horizon(
        self, rows: RowArray, time: datetime, *, most: int | None = None
    ) -> list[Memory]:
        horizon = self.horizon // timedelta(microseconds=1)
        is_near = np.abs(self._table.times[rows] - microseconds(time)) <= horizon
        oldest = self._table.sorted_by_age(rows[is_near])[:most]
        return [record for row in oldest.tolist() if (record := self._table.read(row))]

    def _clock(self) -> int:
        count = len(self._recent_times)
        later = max(count // CLOCK_SHARE, min(1, count // 3))
        return self._recent_times[-1 - later]

    def _unprotect(self, row: int) -> None:
        """Remove a record that is about to be replaced from the recent records."""
        if self._table.sequences[row] > self._sequence - self._recent_records:
            self._forget_time(int(self._table.times[row]))

    def _release_aged(self) -> None:
        """Offer the record that is no longer among the latest for eviction."""
        number = self._sequence - self._recent_records
        row = self._row_of_record(number)
        if row is not None:
            self._forget_time(int(self._table.times[row]))
            self._by_time.push(row)
        row = self._row_of_record(self._sequence - self._kept_records)
        if row is not None:
            self._by_clock.push(row)

    def _row_of_record(self, number: int) -> int | None:
        """Return the row of the record with a number; ``None`` if it was replaced or evicted."""
        row = self._recent_rows.row_of(number)
        is_current = number > 0 and row >= 0 and self._table.sequences[row] == number
        return row if is_current else None

    def _forget_time(self, time: int) -> None:
        del self._recent_times[bisect_left(self._recent_times, time)]

    def _erase(self, entry: EvictionEntry) -> str:
        high, low = entry.id_halves
        self._table.erase(entry.row)
        return str(UUID(int=(high << 64) | low))

    def _compact(self) -> None:
        moved = self._table.compact()
        if moved:
            self._recent_rows.move(moved)
            self._by_time.restart()
            self._by_clock.restart()

    def _finish_loading(self) -> None:
        """Resolve the loaded records and tombstones, if there are any, before the next answer."""
        if not self._is_loading:
            return
        self._is_loading = False
        self._table.resolve(self._tombstones)
        self._tombstones = {}
        self._table.compact()
        sequences = self._table.sequences
        rows = np.flatnonzero(sequences > max(0, self._sequence - self._kept_records))
        self._recent_rows.restart(sequences[rows], rows)
        recent = rows[sequences[rows] > self._sequence - self._recent_records]
        self._recent_times = sorted(self._table.times[recent].tolist())
        self._by_time.restart()
        self._by_clock.restart()
