"""Statistics of a run: counts and feed states, for metrics and progress."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from streams.records import FeedState
from streams.sources.feeds.schedule import PollResult

NEVER: Final = datetime.min.replace(tzinfo=UTC)
"""The due time of a feed that was never polled, before all other times."""


PUSH_RESULTS: Final = ("received", "badly_signed", "unwanted", "too_many")
"""Accepted; not signed with our secret; for a subscription that does not exist; to be repeated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PollRecord:
    """One poll or push.

    Attributes:
        before: State of the feed before the poll.
        after: State of the feed after the poll.
        result: Result of the poll.
        seconds: Duration of the poll.
        pushed: Whether it was a push from the feed's hub.
    """

    before: FeedState
    after: FeedState
    result: PollResult
    seconds: float
    pushed: bool = False


@dataclass
class PollStats:
    """Statistics of a run so far.

    Attributes:
        n_polls: Number of polls.
        n_failed: Number of polls that failed.
        n_sent: Articles that the broker has acknowledged.
        n_refused: Entries that became dead letters.
        pushes: Pushes from hubs by result, one of `PUSH_RESULTS`.
        ready: Whether the process has been assigned its shards.
        states: States of the feeds that it currently polls, by id.
    """

    n_polls: int = 0
    n_failed: int = 0
    n_sent: int = 0
    n_refused: int = 0
    pushes: Counter[str] = field(default_factory=Counter)
    ready: bool = False
    states: dict[str, FeedState] = field(default_factory=dict)

    def n_due(self, now: datetime) -> int:
        """Return the number of feeds that are due."""
        return sum((state.next_poll or NEVER) <= now for state in self.states.values())
