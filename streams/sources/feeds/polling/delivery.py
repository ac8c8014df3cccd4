"""The articles of one poll on their way out, and what is known of its feed as they go."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from streams.errors import BrokerError
from streams.records import FeedState, RawArticle
from streams.sources.feeds.polling.sink import Sink
from streams.sources.feeds.polling.stats import PollStats

KEPT_EVERY: Final = 5
"""Articles of one poll after which its state is written: so many pages are fetched twice at most
after a crash."""

LAST_WORDS: Final = timedelta(seconds=1)
"""How long a poll that is cut off may take to write what it has delivered."""


@dataclass
class EntryDelivery:
    """Sends the articles of one poll, and keeps what is known as it goes.

    Attributes:
        outlet: Who takes them.
        state: Of the feed, with the entries delivered so far.
        course: Kept up to date as they go.
    """

    outlet: Sink
    state: FeedState
    course: PollStats
    _n_unkept: int = 0

    async def deliver(self, article: RawArticle, mark: bytes) -> None:
        """Send an article, and remember its entry.

        Args:
            article: To be sent.
            mark: How its entry is remembered (`known.entry_mark`).

        Raises:
            BrokerError: If it cannot be sent.
        """
        sent = await self.outlet.send(article)
        self.course.n_sent += sent
        self.course.n_refused += not sent
        self._n_unkept += 1
        self.state = msgspec.structs.replace(self.state, known=self.state.known + mark)
        # A first poll may take minutes, a page a second: a crash must not begin it anew.
        if self._n_unkept >= KEPT_EVERY:
            await self._keep()

    async def keep_rest(self) -> None:
        """Write what is not written yet, if that goes quickly: else it is delivered again."""
        if self._n_unkept:
            with suppress(BrokerError, TimeoutError):
                await asyncio.wait_for(self._keep(), LAST_WORDS.total_seconds())

    async def _keep(self) -> None:
        # Without what says "unchanged", so that the rest is asked for.
        await self.outlet.keep(
            msgspec.structs.replace(self.state, etag="", last_modified="", body_hash="")
        )
        self._n_unkept = 0


@dataclass(frozen=True, slots=True)
class OtherFeedsEntries:
    """The entries that other feeds have brought; a feed's own are none of them.

    Attributes:
        owners: Which feed brought an entry, by its key.
        name: Of the feed.
    """

    owners: dict[bytes, str]
    name: str

    def __contains__(self, key: object) -> bool:
        owner = self.owners.get(key) if isinstance(key, bytes) else None
        return owner is not None and owner != self.name
