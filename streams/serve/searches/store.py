"""The saved searches as the server sees them: never older than the question at hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from streams.alerts.store import SubscriptionTable, open_table
from streams.config.tokens import ApiToken
from streams.errors import BrokerError
from streams.records import Subscription, encode
from streams.records.topics import SUBSCRIPTIONS
from streams.runtime.background import background_task
from streams.runtime.reconnect import keep_connected
from streams.serve.problems import KafkaUnavailableError
from streams.serve.producer import ReconnectingProducer
from streams.settings import Settings

ANSWER_SECONDS: Final = 10.0
"""How long Kafka may take to read or write a search."""


class SavedSearches:
    """Reads and writes `subscriptions.v1`.

    Attributes:
        ready: Whether they were read whole and can be read on.
        writing: Held while it is looked whether an id is free, and taken.
    """

    def __init__(self, settings: Settings, outlet: ReconnectingProducer) -> None:
        """Read nothing yet.

        Args:
            settings: With a broker.
            outlet: Writes them.
        """
        self.ready = False
        self.writing = asyncio.Lock()
        self._settings = settings
        self._outlet = outlet
        self._table: SubscriptionTable | None = None
        self._reading = asyncio.Lock()
        self._failed = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep them at hand while the body runs."""
        async with background_task(keep_connected(self._session, purpose="saved searches")):
            yield

    async def refresh(self) -> None:
        """Read what was written up to now, by whomever.

        Raises:
            KafkaUnavailableError: If they cannot be read now.
        """
        async with self._reading:
            if self._table is None:
                raise KafkaUnavailableError
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._table.refresh()
            except (BrokerError, TimeoutError) as error:
                self._failed.set()
                raise KafkaUnavailableError from error

    def get(self, search_id: str) -> Subscription | None:
        """Give a search as of the last refresh; None if there is none."""
        return self._table.get(search_id) if self._table else None

    def changed(self, search_id: str) -> datetime | None:
        """Tell when a search was saved last, as of the last refresh."""
        return self._table.changed(search_id) if self._table else None

    def all(self) -> dict[str, Subscription]:
        """Give all searches by id as of the last refresh, sorted."""
        return dict(sorted(self._table.all().items())) if self._table else {}

    def seen_by(self, token: ApiToken) -> dict[str, Subscription]:
        """Give the searches that a token sees."""
        return {name: one for name, one in self.all().items() if can_see(token, one)}

    async def write(self, search_id: str, subscription: Subscription | None) -> None:
        """Save a search, or delete it; returns when the broker has it.

        Raises:
            KafkaUnavailableError: If it does not take it in time.
        """
        value = None if subscription is None else encode(subscription)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await (await self._outlet.send(SUBSCRIPTIONS.name, value, search_id.encode()))
        except (BrokerError, TimeoutError) as error:
            raise KafkaUnavailableError from error

    async def _session(self) -> None:
        self._failed.clear()
        try:
            async with open_table(self._settings) as table:
                self._table, self.ready = table, True
                await self._failed.wait()
        finally:
            self._table, self.ready = None, False


def can_see(token: ApiToken, subscription: Subscription) -> bool:
    """Whether a search is for the eyes of a token: its own, or any for an administrator's."""
    return token.sees_all or subscription.owner == token.name
