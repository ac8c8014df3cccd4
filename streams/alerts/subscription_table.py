"""The saved searches as the deliverer sees them: never older than the alert at hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import consumer
from streams.kafka.errors import describe_error
from streams.kafka.read import partitions_of
from streams.records import DecodeError, Subscription, decode
from streams.records.topics import SUBSCRIPTIONS
from streams.settings import Settings

log = structlog.get_logger()

FETCH_WAIT_MS: Final = 50
"""The default of 500 made a refresh take 250 ms on average."""


class SubscriptionTable:
    """All saved searches by id; made by `open_table`."""

    def __init__(self, client: AIOKafkaConsumer, partitions: list[TopicPartition]) -> None:
        """Read through a consumer that stands at the beginning."""
        self._client = client
        self._partitions = partitions
        self._found: dict[str, Subscription] = {}
        self._changed: dict[str, datetime] = {}

    def get(self, subscription_id: str) -> Subscription | None:
        """Give a saved search; None: there is none, or not any more."""
        return self._found.get(subscription_id)

    def all(self) -> dict[str, Subscription]:
        """Give all saved searches by id."""
        return dict(self._found)

    def changed(self, subscription_id: str) -> datetime | None:
        """Tell when it was saved last."""
        return self._changed.get(subscription_id)

    async def refresh(self) -> set[str]:
        """Read to the end that the topic has now.

        An alert was made by a saved search that was on the topic before it: whoever has read
        the alert first and refreshed then, knows the search.

        Returns:
            The ids of those that changed.

        Raises:
            BrokerError: If the topic cannot be read.
        """
        changed: set[str] = set()
        try:
            ends = await self._client.end_offsets(self._partitions)
            while [one for one in ends if await self._client.position(one) < ends[one]]:
                for messages in (await self._client.getmany(timeout_ms=100)).values():
                    for message in messages:
                        changed.add(self._take(message))
        except KafkaError as error:
            raise BrokerError(f"reading {SUBSCRIPTIONS.name}: {describe_error(error)}") from error
        return changed

    def _take(self, message: object) -> str:
        key, value = getattr(message, "key", None), getattr(message, "value", None)
        name = (key or b"").decode("utf-8", "replace")
        self._found.pop(name, None)
        self._changed[name] = datetime.fromtimestamp(getattr(message, "timestamp", 0) / 1000, UTC)
        try:
            if value is not None:
                self._found[name] = decode(value, Subscription)
        except DecodeError as error:
            log.warning("saved search not in force", subscription=name, problem=str(error))
        return name


@asynccontextmanager
async def open_table(settings: Settings) -> AsyncIterator[SubscriptionTable]:
    """Read the saved searches whole, and keep them at hand.

    Raises:
        BrokerError: If the broker cannot be reached, or the topic is missing.
    """
    # Kafka answers what comes over one connection in turn: a fetch that waits for news, as long as
    # this, holds up the question for the end.
    async with consumer(settings, fetch_max_wait_ms=FETCH_WAIT_MS) as client:
        partitions = list(await partitions_of(client, settings, (SUBSCRIPTIONS.name,)))
        client.assign(partitions)
        table = SubscriptionTable(client, partitions)
        await table.refresh()
        yield table
