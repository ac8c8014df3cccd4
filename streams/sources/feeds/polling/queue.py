"""Which feed is polled next: times and hosts in, feeds whose time and turn has come out."""

import heapq
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

from streams.sources.feeds.polling.stats import NEVER

OF_A_HOST: Final = 2
"""Feeds polled at a time of one host: it has two turns at a time (`fetch_pace.Hosts`). More would
only wait, and a host of a thousand feeds would keep all others waiting with them."""


class PollQueue:
    """The feeds that wait to be polled, each with one time.

    Examples:
        >>> from datetime import UTC
        >>> due, noon = PollQueue(), datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> due.plan("news", noon)
        >>> due.take(noon, lambda name: "news.test")
        ('news', 'news.test')
        >>> due.take(noon, lambda name: "news.test")
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._heap: list[tuple[datetime, str]] = []
        self._times: dict[str, datetime] = {}
        self._busy: Counter[str] = Counter()
        self._parked: dict[str, deque[str]] = {}

    def __contains__(self, name: object) -> bool:
        """Whether a feed waits for its time."""
        return name in self._times

    @property
    def next_time(self) -> datetime | None:
        """When the next feed is due, or was; None if none waits."""
        while self._heap and self._times.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)  # it was given another time
        return self._heap[0][0] if self._heap else None

    def plan(self, name: str, at: datetime) -> None:
        """Let a feed wait for a time, and for no other that it was given before."""
        self._times[name] = at
        heapq.heappush(self._heap, (at, name))

    def take(self, now: datetime, host_of: Callable[[str], str]) -> tuple[str, str] | None:
        """Take the next feed whose time has come and whose host has a turn.

        Returns:
            The feed and its host, which `leave` is told afterwards; None if there is none.
        """
        while (time := self.next_time) is not None and time <= now:
            name = heapq.heappop(self._heap)[1]
            del self._times[name]
            host = host_of(name)
            if self._busy[host] < OF_A_HOST:
                self._busy[host] += 1
                return name, host
            self._parked.setdefault(host, deque()).append(name)
        return None

    def leave(self, host: str) -> None:
        """End a turn of a host; the feed that waits for it longest is next."""
        self._busy[host] -= 1
        if not self._busy[host]:
            del self._busy[host]
        if waiting := self._parked.get(host):
            self.plan(waiting.popleft(), NEVER)
            if not waiting:
                del self._parked[host]

    def clear(self) -> None:
        """Let no feed wait any more; turns that were taken go on."""
        for held in (self._heap, self._times, self._parked):
            held.clear()
