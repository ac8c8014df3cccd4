"""The saved searches of the server, up to date for each request."""

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
"""Maximum time for Kafka to read or write a search."""


class SavedSearches:
    """Reads and writes `subscriptions.v1`.

    Args:
        settings: Settings with a broker.
        producer: Writes the searches.

    Attributes:
        ready: Whether the topic was read completely and the connection works.
        writing: Held while an id is checked and taken.
    """

    def __init__(self, settings: Settings, producer: ReconnectingProducer) -> None:
        self.ready = False
        self.writing = asyncio.Lock()
        self._settings = settings
        self._producer = producer
        self._table: SubscriptionTable | None = None
        self._reading = asyncio.Lock()
        self._failed = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the searches in memory while the body runs."""
        async with background_task(keep_connected(self._session, purpose="saved searches")):
            yield

    async def refresh(self) -> None:
        """Read all changes up to now, of any writer.

        Raises:
            KafkaUnavailableError: If Kafka is unavailable.
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
        """Return a search as of the last refresh; None if there is none."""
        return self._table.get(search_id) if self._table else None

    def saved_at(self, search_id: str) -> datetime | None:
        """Return when a search was last saved, as of the last refresh."""
        return self._table.changed(search_id) if self._table else None

    def all(self) -> dict[str, Subscription]:
        """Return all searches by id, sorted, as of the last refresh."""
        return dict(sorted(self._table.all().items())) if self._table else {}

    def visible_to(self, token: ApiToken) -> dict[str, Subscription]:
        """Return the searches that are visible to a token."""
        return {id_: search for id_, search in self.all().items() if can_see(token, search)}

    async def write(self, search_id: str, subscription: Subscription | None) -> None:
        """Save a search, or delete it; returns when the broker has it.

        Raises:
            KafkaUnavailableError: If the broker does not acknowledge in time.
        """
        value = None if subscription is None else encode(subscription)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await (await self._producer.send(SUBSCRIPTIONS.name, value, search_id.encode()))
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
    """Return whether a search is visible to a token: its own, or any for an administrator's."""
    return token.sees_all or subscription.owner == token.name
