"""Choose the feed to poll next, by due time and host."""

import heapq
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

from streams.sources.feeds.polling.stats import NEVER

MAX_PER_HOST: Final = 2
"""Feeds of one host polled at a time, equal to the concurrency of `fetch.politeness.HostLimiter`.
More polls would only wait, and a host with a thousand feeds would block all other hosts."""


class PollQueue:
    """The feeds that wait to be polled, each with one due time.

    Examples:
        >>> from datetime import UTC
        >>> queue, noon = PollQueue(), datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> queue.schedule("news", noon)
        >>> queue.take(noon, lambda name: "news.test")
        ('news', 'news.test')
        >>> queue.take(noon, lambda name: "news.test")
    """

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, str]] = []
        self._times: dict[str, datetime] = {}
        self._busy: Counter[str] = Counter()
        self._parked: dict[str, deque[str]] = {}

    def __contains__(self, name: object) -> bool:
        """Return whether a feed waits for its due time."""
        return name in self._times

    @property
    def next_time(self) -> datetime | None:
        """The earliest due time, which may be past; None if no feed waits."""
        while self._heap and self._times.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)  # an earlier due time of the feed, since replaced
        return self._heap[0][0] if self._heap else None

    def schedule(self, name: str, at: datetime) -> None:
        """Set the due time of a feed; replaces an earlier one."""
        self._times[name] = at
        heapq.heappush(self._heap, (at, name))

    def take(self, now: datetime, host_of: Callable[[str], str]) -> tuple[str, str] | None:
        """Remove and return the next feed that is due and whose host is free.

        Returns:
            The feed and its host, to be passed to `release_host` after the poll; None if no
            feed can be polled.
        """
        while (time := self.next_time) is not None and time <= now:
            name = heapq.heappop(self._heap)[1]
            del self._times[name]
            host = host_of(name)
            if self._busy[host] < MAX_PER_HOST:
                self._busy[host] += 1
                return name, host
            self._parked.setdefault(host, deque()).append(name)
        return None

    def release_host(self, host: str) -> None:
        """Record the end of a poll; the feed that waits longest for the host is due next."""
        self._busy[host] -= 1
        if not self._busy[host]:
            del self._busy[host]
        if waiting := self._parked.get(host):
            self.schedule(waiting.popleft(), NEVER)
            if not waiting:
                del self._parked[host]

    def clear(self) -> None:
        """Remove all waiting feeds; polls in progress still count for their hosts."""
        for waiting in (self._heap, self._times, self._parked):
            waiting.clear()
