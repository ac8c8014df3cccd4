"""Watch that the topics of a process exist, and are the ones that it began with."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from streams.kafka.topic_ids import TopicIds

GONE_AFTER: Final = timedelta(seconds=40)
"""How long a process waits for partitions of its topics before it ends: its supervisor starts it
again with new connections. With the time of two checks this is less than a minute; a rebalance
takes some seconds."""


class TopicWatch:
    """Compares the topics of a process with what the broker says about them.

    Args:
        topics: Physical names of the topics.
        now: Clock, in seconds.

    Attributes:
        recreated: Topics that have another id than at the first look; a process cannot go on with
            them, because its positions and its memory belong to their predecessors.
        missing: Topics that do not exist.

    Examples:
        >>> watch = TopicWatch(["articles.raw.v1"])
        >>> watch.look(TopicIds(ids={"articles.raw.v1": "5f2c90aa"}))
        >>> watch.look(TopicIds())
        >>> watch.missing, watch.problem
        (['articles.raw.v1'], 'articles.raw.v1 does not exist')
        >>> watch.look(TopicIds(ids={"articles.raw.v1": "00aa17e5"}))
        >>> watch.recreated
        ['articles.raw.v1']
    """

    def __init__(self, topics: Sequence[str], *, now: Callable[[], float] = time.monotonic) -> None:
        self._topics = tuple(topics)
        self._now = now
        self._first_ids: dict[str, str] = {}
        self._stuck_since: float | None = None
        self.recreated: list[str] = []
        self.missing: list[str] = []

    @property
    def topics(self) -> tuple[str, ...]:
        """The watched topics."""
        return self._topics

    def expect(self, ids: Mapping[str, str]) -> None:
        """Note the ids of topics whose records are being read, unless others were noted before."""
        for topic, topic_id in ids.items():
            first = self._first_ids.setdefault(topic, topic_id)
            if topic_id != first and topic not in self.recreated:
                self.recreated.append(topic)

    def look(self, found: TopicIds) -> None:
        """Compare the topics with what the broker says."""
        if not found.known:
            return
        self.missing = [topic for topic in self._topics if topic not in found.ids]
        self.expect({topic: found.ids[topic] for topic in self._topics if topic in found.ids})

    @property
    def problem(self) -> str:
        """The problem in one sentence; empty if there is none."""
        if self.recreated:
            return f"{', '.join(self.recreated)} was deleted and created again"
        if self.missing:
            verb = "does" if len(self.missing) == 1 else "do"
            return f"{', '.join(self.missing)} {verb} not exist"
        return ""

    def has_waited_in_vain(self, *, is_idle_in_vain: bool) -> bool:
        """Return whether the process has been without work that it should have for too long.

        Args:
            is_idle_in_vain: Whether it has no partition now although partitions are left for it.
        """
        if not (is_idle_in_vain or self.missing):
            self._stuck_since = None
            return False
        if self._stuck_since is None:
            self._stuck_since = self._now()
        return self._now() - self._stuck_since >= GONE_AFTER.total_seconds()
