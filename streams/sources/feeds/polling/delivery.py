"""Send the articles of one poll, and save the feed's state while they are sent."""

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

SAVE_EVERY: Final = 5
"""Number of articles of one poll after which the state is saved: at most this number of pages is
fetched again after a crash."""

SAVE_TIMEOUT: Final = timedelta(seconds=1)
"""Time in which a canceled poll may save what it has delivered."""


@dataclass
class EntryDelivery:
    """Sends the articles of one poll, and saves the state of its feed at intervals.

    Attributes:
        sink: Receives articles and states.
        state: State of the feed, with the entries delivered so far.
        stats: Statistics of the run, updated with each article.
    """

    sink: Sink
    state: FeedState
    stats: PollStats
    _n_unsaved: int = 0

    async def deliver(self, article: RawArticle, mark: bytes) -> None:
        """Send an article, and record its entry as seen.

        Args:
            article: Article to send.
            mark: Key and version of its entry (`IdentifiedEntry.mark`).

        Raises:
            BrokerError: If the article cannot be sent.
        """
        sent = await self.sink.send(article)
        self.stats.n_sent += sent
        self.stats.n_refused += not sent
        self._n_unsaved += 1
        self.state = msgspec.structs.replace(self.state, known=self.state.known + mark)
        # A first poll may take minutes, at a page a second: it must not restart after a crash.
        if self._n_unsaved >= SAVE_EVERY:
            await self._save()

    async def save_rest(self) -> None:
        """Save the state if it changed; after `SAVE_TIMEOUT` the articles are delivered again."""
        if self._n_unsaved:
            with suppress(BrokerError, TimeoutError):
                await asyncio.wait_for(self._save(), SAVE_TIMEOUT.total_seconds())

    async def _save(self) -> None:
        # Without validators and hash: otherwise the feed would count as unchanged, and the
        # remaining entries would be lost.
        await self.sink.save(
            msgspec.structs.replace(self.state, etag="", last_modified="", body_hash="")
        )
        self._n_unsaved = 0


@dataclass(frozen=True, slots=True)
class OtherFeedsEntries:
    """The entries that other feeds have delivered, without those of a feed itself.

    Attributes:
        owners: Id of the feed that delivered an entry, by the entry's key.
        name: Id of the feed whose entries are excluded.
    """

    owners: dict[bytes, str]
    name: str

    def __contains__(self, key: object) -> bool:
        owner = self.owners.get(key) if isinstance(key, bytes) else None
        return owner is not None and owner != self.name
