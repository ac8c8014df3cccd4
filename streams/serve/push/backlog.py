"""Bound what each sender has waiting in the pipeline, so that none delays the others for long.

Kafka's partitions are by article, so the records of one sender are in front of all others. A stage
is fair to the records that it has read ahead (`streams.worker.fair_queue`), but not to those that
wait in Kafka. So no more are accepted than the stages can look over: then a sender with more than
its share waits, and is refused after a moment; one with less is accepted at once.
"""

from collections import Counter, deque
from collections.abc import Iterable
from typing import Final, NamedTuple

BACKLOG_RECORDS: Final = 1024
"""Records in the pipeline above which shares count: what a stage reads ahead
(`streams.worker.window.READ_AHEAD`)."""

UNIT_BYTES: Final = 32 * 1024
"""A record counts once for each of these: 1,024 of them are the 32 MiB that a stage reads ahead."""

RESERVE: Final = 1.5
"""A token above its share is still accepted for its quiet sources, up to this many shares."""


class _Sent(NamedTuple):
    sender: str
    sources: tuple[tuple[str, int], ...]
    n_records: int
    n_units: int


class FairBacklog:
    """Decides who may send, by what was sent and what the stages have not done yet.

    The records that are not done are taken for the ones that were sent last.

    Args:
        limit: Number of records in the pipeline above which shares count.

    Examples:
        >>> backlog = FairBacklog(limit=100)
        >>> backlog.note("flood", {"wire": 100}, n_bytes=1000)
        >>> backlog.may_send("flood", ["wire"]), backlog.may_send("desk", ["desk"])
        (False, True)
        >>> backlog.observe(40)
        >>> backlog.may_send("flood", ["wire"])
        True
    """

    def __init__(self, *, limit: int = BACKLOG_RECORDS) -> None:
        self._limit = limit
        self._sent: deque[_Sent] = deque()
        self._by_sender: Counter[str] = Counter()
        self._by_source: dict[str, Counter[str]] = {}
        self._n_records = 0
        self._n_units = 0
        self._others = 0

    def observe(self, n_waiting: int) -> None:
        """Note how many records of the pipeline are not done, of all senders."""
        while self._sent and (n_done := self._n_records - n_waiting) > 0:
            oldest = self._sent.popleft()
            self._count(oldest, -1)
            if n_done < oldest.n_records:
                rest = _rest(oldest, oldest.n_records - n_done)
                self._sent.appendleft(rest)
                self._count(rest, 1)
        self._others = max(0, n_waiting - self._n_records)

    def may_send(self, sender: str, sources: Iterable[str]) -> bool:
        """Return whether a sender may send records of these sources now."""
        if self._n_units + self._others < self._limit:
            return True
        held = self._by_sender.get(sender, 0)
        share = self._limit / (len(self._by_sender) + (sender not in self._by_sender))
        if held < share:
            return True
        by_source = self._by_source.get(sender, Counter())
        quiet = share / (2 * (len(by_source) + 1))
        return held < RESERVE * share and all(
            by_source.get(source, 0) < quiet for source in sources
        )

    def note(self, sender: str, sources: dict[str, int], *, n_bytes: int) -> None:
        """Note records that were sent, by source."""
        n_records = sum(sources.values())
        if n_records:
            n_units = max(n_records, n_bytes // UNIT_BYTES)
            units = tuple((name, n * n_units // n_records) for name, n in sources.items())
            sent = _Sent(sender, units, n_records, n_units)
            self._sent.append(sent)
            self._count(sent, 1)

    def _count(self, sent: _Sent, sign: int) -> None:
        self._n_records += sign * sent.n_records
        self._n_units += sign * sent.n_units
        _add(self._by_sender, sent.sender, sign * sent.n_units)
        by_source = self._by_source.setdefault(sent.sender, Counter())
        for source, n in sent.sources:
            _add(by_source, source, sign * n)
        if not by_source:
            del self._by_source[sent.sender]


def _rest(sent: _Sent, n_left: int) -> _Sent:
    """Return what is left of records that were sent together, in equal parts of each source."""
    sources = ((name, n * n_left // sent.n_records) for name, n in sent.sources)
    n_units = -(-sent.n_units * n_left // sent.n_records)
    return _Sent(sent.sender, tuple((name, n) for name, n in sources if n), n_left, n_units)


def _add(counter: Counter[str], name: str, n: int) -> None:
    """Add to a counter, without entries of 0."""
    counter[name] += n
    if not counter[name]:
        del counter[name]
