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
- Never what was written among the last ``recent`` records: it may be delivered again.

The clock is the event time that more than one in ten of the last ``recent`` records reach, and at
least two of them once there are three: a single date in 2099 does not move it. Being made of
protected records only, it survives forgetting.
"""

import heapq
from bisect import bisect_left, insort
from collections import OrderedDict, defaultdict
from datetime import datetime, timedelta
from typing import Final

import msgspec
import numpy as np

from schemas import Memory
from streams.dedupe.bands import BandIndex, Keys
from streams.dedupe.compare import THRESHOLD, within
from streams.dedupe.fingerprint import Fingerprint, memory_key
from streams.dedupe.signature import SIG_VERSION

RECENT: Final = 4096
"""Records that are never forgotten, since they may be delivered again: eight windows of 512."""

CLOCK_SHARE: Final = 10
"""The clock stands where one in so many of the recent records are: live news keeps the time beside
a backfill nine times as fast, and a wrong date is outvoted."""


class Memories:
    """The articles that dedupe remembers.

    Attributes:
        horizon: How far apart in event time two articles may be to be compared.
        max_articles: How many are remembered at most.
        threshold: From which similarity on a text is near another.
    """

    def __init__(
        self,
        *,
        horizon: timedelta,
        max_articles: int,
        threshold: float = THRESHOLD,
        recent: int = RECENT,
    ) -> None:
        """Start with nothing remembered."""
        self.horizon = horizon
        self.max_articles = max_articles
        self.threshold = threshold
        self._recent_records = min(recent, max_articles)
        self._articles: dict[str, Memory] = {}
        self._by_key: defaultdict[str, set[str]] = defaultdict(set)
        self._bands = BandIndex()
        self._sequence = 0
        self._recent: OrderedDict[str, Memory] = OrderedDict()
        self._recent_times: list[datetime] = []
        self._by_time: list[tuple[datetime, str, int]] = []
        self._by_clock: list[tuple[datetime, str, int]] = []

    def __len__(self) -> int:
        return len(self._articles)

    def get(self, article_id: str) -> Memory | None:
        """Find what is remembered of an article."""
        return self._articles.get(article_id)

    def same(self, article: Fingerprint, time: datetime) -> list[Memory]:
        """Find the articles with the same text, and title if it is short, within the horizon."""
        return self._near_in_time(self._by_key.get(article.exact_key, set()), time)

    def candidates(self, article: Fingerprint, time: datetime) -> list[Memory]:
        """Find the articles within the horizon that share a band with a text."""
        return self._near_in_time(self._bands.candidates(article.bands), time)

    def load(self, memory: Memory) -> None:
        """Take in a record from the topic, in the order of the topic."""
        self._put(memory)

    def forget(self, article_id: str) -> None:
        """Take in a tombstone from the topic."""
        self._drop(article_id)

    def remember(self, memory: Memory) -> Memory:
        """Number a record, set its clock and take it in.

        Returns:
            The record as it has to be written.
        """
        self._put(msgspec.structs.replace(memory, sequence=self._sequence + 1))
        numbered = msgspec.structs.replace(
            self._articles[memory.article_id], clock=max(memory.time, self._clock())
        )
        self._articles[memory.article_id] = self._recent[memory.article_id] = numbered
        return numbered

    def settle(self) -> tuple[str, ...]:
        """Forget what has to go.

        Idempotent, and doing a part of it first changes nothing.

        Returns:
            The ids of what went, in the order in which their tombstones have to be written.
        """
        self._release()
        gone: list[str] = []
        now = self._clock() if self._recent else None
        while self._by_clock and now and now - self._by_clock[0][0] > self.horizon:
            self._pop(self._by_clock, gone)
        while len(self._articles) > self.max_articles and self._by_time:
            self._pop(self._by_time, gone)
        return tuple(gone)

    def _near_in_time(self, ids: set[str], time: datetime) -> list[Memory]:
        found = (self._articles[article_id] for article_id in ids)
        return [memory for memory in found if within(memory.time, time, self.horizon)]

    def _clock(self) -> datetime:
        count = len(self._recent_times)
        later = max(count // CLOCK_SHARE, min(1, count // 3))
        return self._recent_times[-1 - later]

    def _put(self, memory: Memory) -> None:
        self._drop(memory.article_id)
        self._articles[memory.article_id] = memory
        self._by_key[memory_key(memory)].add(memory.article_id)
        self._bands.add(memory.article_id, _stored_bands(memory))
        self._sequence = max(self._sequence, memory.sequence)
        self._recent[memory.article_id] = memory
        insort(self._recent_times, memory.time)
        self._release()

    def _drop(self, article_id: str) -> None:
        memory = self._articles.pop(article_id, None)
        if memory is None:
            return
        key = memory_key(memory)
        self._by_key[key].discard(article_id)
        if not self._by_key[key]:
            del self._by_key[key]
        self._bands.remove(article_id, _stored_bands(memory))
        if self._recent.pop(article_id, None):
            del self._recent_times[bisect_left(self._recent_times, memory.time)]

    def _release(self) -> None:
        """Let go of the protection of records that are no longer recent."""
        while self._recent:
            article_id, memory = next(iter(self._recent.items()))
            if memory.sequence > self._sequence - self._recent_records:
                return
            del self._recent[article_id]
            del self._recent_times[bisect_left(self._recent_times, memory.time)]
            heapq.heappush(self._by_time, (memory.time, article_id, memory.sequence))
            heapq.heappush(self._by_clock, (memory.clock, article_id, memory.sequence))

    def _pop(self, heap: list[tuple[datetime, str, int]], gone: list[str]) -> None:
        _, article_id, sequence = heapq.heappop(heap)
        memory = self._articles.get(article_id)
        if memory is not None and memory.sequence == sequence:
            self._drop(article_id)
            gone.append(article_id)


def _stored_bands(memory: Memory) -> Keys:
    """Read the bands of a remembered article; none when another scheme made them."""
    bands = memory.bands if memory.sig_version == SIG_VERSION else b""
    return np.frombuffer(bands, dtype="<u4")
