"""What dedupe remembers: a value in memory that follows from the records of one compacted topic.

The law behind it: how a memory answers depends on the set of records in it and on nothing else,
neither on the order they came in nor on what was forgotten since. So a process that died is
replaced by one that reads the topic, and a decision whose tombstones were lost halfway is
completed by the next one.

**What is forgotten, and when**

- By count: when more than ``max_articles`` are remembered, those of the oldest event time go.
- By time: an article goes when the clock is more than ``horizon`` past ``Memory.clock``: the
  later of its event time and of the clock when it was last written. So an article of 1987 that
  comes today is kept as long as one of today.
- Never what was written among the last ``recent`` records: it may be delivered again; and
  not by time what was written among the last ``kept``.

The clock is the event time that more than one in ten of the last ``recent`` records reach, and at
least two of them once there are three: a single date in 2099 does not move it. Being made of
protected records only, it survives forgetting.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
import numpy as np

from streams.dedupe.compare import THRESHOLD
from streams.dedupe.fingerprint import Fingerprint, memory_key
from streams.dedupe.memory.blobs import BlobStore, MemoryBlobStore
from streams.dedupe.memory.eviction import EvictionEntry, EvictionQueue
from streams.dedupe.memory.index import SEGMENT, RowArray
from streams.dedupe.memory.recent import RecentRows
from streams.dedupe.memory.table import Table, microseconds, time_from_microseconds
from streams.dedupe.minhash import HITS
from streams.records import Memory, encode

RECENT: Final = 4096
"""Records that are never forgotten, since they may be delivered again: eight windows of 512."""

KEPT: Final = 100_000
"""Records that are not forgotten by time: they cost little, and an archive that is replayed is
recognized when it is replayed again."""

MOST_EQUAL: Final = 64
"""Of articles with one text the oldest are looked at, since one of them is the original."""

CLOCK_SHARE: Final = 10
"""The clock stands where one in so many of the recent records are: live news keeps the time beside
a backfill nine times as fast, and a wrong date is outvoted."""


@dataclass(slots=True)
class MemoryCounts:
    """What a memory was asked so far.

    Attributes:
        lookups: Texts that were looked up.
        candidates: Articles that the index brought up for them.
        hits: Texts that were found to be copies.
        forgotten: Articles that were forgotten.
    """

    lookups: int = 0
    candidates: int = 0
    hits: int = 0
    forgotten: int = 0


class ArticleMemory:
    """The articles that dedupe remembers.

    Attributes:
        horizon: How far apart in event time two articles may be to be compared.
        max_articles: How many are remembered at most.
        threshold: From which similarity on a text is near another.
        figures: What was done so far, for metrics.
    """

    def __init__(
        self,
        *,
        horizon: timedelta,
        max_articles: int,
        threshold: float = THRESHOLD,
        recent: int = RECENT,
        kept: int = KEPT,
        shelf: BlobStore | None = None,
        segment: int = SEGMENT,
    ) -> None:
        """Start with nothing remembered.

        Args:
            horizon: See the class.
            max_articles: See the class.
            threshold: See the class.
            recent: How many of the latest records are never forgotten.
            kept: How many of them are not forgotten because of their time.
            shelf: Where the bulk of what is remembered lies; in this process's memory if not given.
            segment: How many articles the index sorts at a time.
        """
        self.horizon = horizon
        self.max_articles = max_articles
        self.threshold = threshold
        self.figures = MemoryCounts()
        self._recent_records = min(recent, max_articles)
        self._kept_records = max(self._recent_records, min(kept, max_articles))
        self._table = Table(
            max_articles=max_articles,
            shelf=MemoryBlobStore() if shelf is None else shelf,
            segment=segment,
        )
        self._by_time = EvictionQueue(self._table.times, self._table.sequences, self._table.names)
        self._by_clock = EvictionQueue(self._table.clocks, self._table.sequences, self._table.names)
        self._sequence = 0
        self._latest = RecentRows(self._kept_records + 1)
        self._recent_times: list[int] = []
        self._gone: dict[str, int] = {}
        self._owed: list[str] = []
        self._is_loading = False

    def __len__(self) -> int:
        self._finish_loading()
        return len(self._table)

    def get(self, article_id: str) -> Memory | None:
        """Find what is remembered of an article."""
        self._finish_loading()
        place = self._table.place_of(article_id)
        return None if place is None else self._table.read(place)

    def same(self, article: Fingerprint, time: datetime) -> list[Memory]:
        """Find the articles with the same text, and title if it is short, within the horizon."""
        self._finish_loading()
        key = article.exact_key
        if not key:
            return []
        found = self._within_horizon(self._table.places_with(key), time, most=MOST_EQUAL)
        return [memory for memory in found if memory_key(memory) == key]

    def candidates(self, article: Fingerprint, time: datetime) -> list[Memory]:
        """Find the articles within the horizon that share enough bands with a text."""
        self._finish_loading()
        found = self._within_horizon(self._table.places_near(article.bands, hits=HITS), time)
        self.figures.lookups += 1
        self.figures.candidates += len(found)
        return found

    def latest_of_group(self, group_id: str) -> Memory | None:
        """Find the member of a group of copies that was written last: it knows the group best."""
        self._finish_loading()
        members = self._table.members(group_id)
        place = max(members, key=lambda place: self._table.sequences[place], default=None)
        return None if place is None else self._table.read(place)

    def load(self, memory: Memory) -> None:
        """Take in a record from the topic, in the order of the topic."""
        self.load_value(encode(memory))

    def load_value(self, value: bytes) -> None:
        """Take in a record as it lies on the topic, in the order of the topic.

        Quicker than `load`: only what has to be at hand is read, the rest of it
        when it is needed.

        Raises:
            schemas.DecodeError: If it is no such record.
        """
        if not self._table.has_room:
            # More lies on the topic than may be remembered: the bound was larger once.
            self._owed += self.settle()
        self._is_loading = True
        self._sequence = max(self._sequence, self._table.append(value))

    def forget(self, article_id: str) -> None:
        """Take in a tombstone from the topic, in the order of the topic."""
        self._is_loading = True
        self._gone[article_id] = self._sequence

    def remember(self, memory: Memory) -> Memory:
        """Number a record, set its clock and take it in.

        Returns:
            The record as it has to be written.
        """
        self._finish_loading()
        self._sequence += 1
        self._let_go()
        before = self._table.place_of(memory.article_id)
        if before is not None:
            self._unprotect(before)
        insort(self._recent_times, microseconds(memory.time))
        clock = max(memory.time, time_from_microseconds(self._clock()))
        numbered = msgspec.structs.replace(memory, sequence=self._sequence, clock=clock)
        place = self._table.write(numbered)
        self._latest.put(self._sequence, place=place)
        return numbered

    def settle(self) -> tuple[str, ...]:
        """Forget what has to go.

        Idempotent, and doing a part of it first changes nothing.

        Returns:
            The ids of what went, in the order in which their tombstones have to be written.
        """
        self._finish_loading()
        if not self._recent_times:
            return ()
        gone = [name for name in self._owed if self._table.place_of(name) is None]
        self._owed = []
        oldest = self._clock() - self.horizon // timedelta(microseconds=1)
        newest = self._sequence - self._kept_records
        while (entry := self._by_clock.first(newest=newest)) and entry.value < oldest:
            gone.append(self._erase(entry))
        newest = self._sequence - self._recent_records
        while len(self._table) > self.max_articles:
            entry = self._by_time.first(newest=newest)
            if entry is None:
                break
            gone.append(self._erase(entry))
        self._compact()
        self.figures.forgotten += len(gone)
        return tuple(gone)

    @property
    def age(self) -> timedelta:
        """How far the clock is ahead of the oldest event time that is remembered."""
        self._finish_loading()
        oldest = self._table.oldest
        return (
            timedelta()
            if oldest is None
            else time_from_microseconds(self._clock()) - time_from_microseconds(oldest)
        )

    def _within_horizon(
        self, places: RowArray, time: datetime, *, most: int | None = None
    ) -> list[Memory]:
        horizon = self.horizon // timedelta(microseconds=1)
        is_near = np.abs(self._table.times[places] - microseconds(time)) <= horizon
        found = self._table.by_age(places[is_near])[:most]
        return [self._table.read(place) for place in found.tolist()]

    def _clock(self) -> int:
        count = len(self._recent_times)
        later = max(count // CLOCK_SHARE, min(1, count // 3))
        return self._recent_times[-1 - later]

    def _unprotect(self, place: int) -> None:
        """Take an article out of the recent ones whose record is about to be replaced."""
        if self._table.sequences[place] > self._sequence - self._recent_records:
            self._forget_time(int(self._table.times[place]))

    def _let_go(self) -> None:
        """Let those be forgotten that are no longer among the latest."""
        number = self._sequence - self._recent_records
        place = self._place_of_record(number)
        if place is not None:
            self._forget_time(int(self._table.times[place]))
            self._by_time.offer(place)
        place = self._place_of_record(self._sequence - self._kept_records)
        if place is not None:
            self._by_clock.offer(place)

    def _place_of_record(self, number: int) -> int | None:
        """Find where the record with a number lies; none when there is a newer one, or none."""
        place = self._latest.place_of(number)
        is_there = number > 0 and place >= 0 and self._table.sequences[place] == number
        return place if is_there else None

    def _forget_time(self, time: int) -> None:
        del self._recent_times[bisect_left(self._recent_times, time)]

    def _erase(self, entry: EvictionEntry) -> str:
        high, low = entry.name
        self._table.erase(entry.place)
        return str(UUID(int=(high << 64) | low))

    def _compact(self) -> None:
        moved = self._table.compact()
        if moved:
            self._latest.move(moved)
            self._by_time.restart()
            self._by_clock.restart()

    def _finish_loading(self) -> None:
        """Make ready what was read from the topic."""
        if not self._is_loading:
            return
        self._is_loading = False
        self._table.resolve(self._gone)
        self._gone = {}
        self._table.compact()
        sequences = self._table.sequences
        places = np.flatnonzero(sequences > max(0, self._sequence - self._kept_records))
        self._latest.restart(sequences[places], places)
        recent = places[sequences[places] > self._sequence - self._recent_records]
        self._recent_times = sorted(self._table.times[recent].tolist())
        self._by_time.restart()
        self._by_clock.restart()
