"""What a run of polls has done: counts and states, for those who watch it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from streams.records import FeedState
from streams.sources.feeds.schedule import PollResult

NEVER: Final = datetime.min.replace(tzinfo=UTC)
"""Before all time: when a feed is due that was never polled."""


PUSH_RESULTS: Final = ("received", "badly_signed", "unwanted", "too_many")
"""Taken; not signed with our secret; for no subscription of ours; come again later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PollRecord:
    """One poll.

    Attributes:
        before: The state of the feed before it.
        after: And after it.
        answer: What it gave.
        seconds: How long it took.
        pushed: Whether the feed's hub came by itself, and nobody was asked.
    """

    before: FeedState
    after: FeedState
    answer: PollResult
    seconds: float
    pushed: bool = False


@dataclass
class PollStats:
    """What a run has done so far.

    Attributes:
        n_polls: Feeds asked.
        n_failed: Of these, how many gave none.
        n_sent: Articles that the broker has acknowledged.
        n_refused: Entries that became dead letters.
        pushes: What hubs sent, by what became of it: `PUSH_RESULTS`.
        ready: Whether it has its share of the feeds.
        states: Of the feeds that it polls now.
    """

    n_polls: int = 0
    n_failed: int = 0
    n_sent: int = 0
    n_refused: int = 0
    pushes: Counter[str] = field(default_factory=Counter)
    ready: bool = False
    states: dict[str, FeedState] = field(default_factory=dict)

    def n_due(self, now: datetime) -> int:
        """Count the feeds whose time has come."""
        return sum((one.next_poll or NEVER) <= now for one in self.states.values())
