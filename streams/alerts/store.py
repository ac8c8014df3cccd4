"""Read and write the saved searches on their topic."""

import re
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import consumer, producer
from streams.kafka.errors import describe_error
from streams.kafka.read import partitions_of
from streams.kafka.sender import Sender
from streams.kafka.table import read_table
from streams.records import DecodeError, Subscription, decode, encode
from streams.records.topics import SUBSCRIPTIONS
from streams.route.query.normalize import normalized_words
from streams.settings import Settings

log = structlog.get_logger()

FETCH_WAIT_MS: Final = 50
"""The default of 500 made a refresh take 250 ms on average."""

SUBSCRIPTION_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
"""What a saved search may be called: it is typed in shells and stands in ids of alerts."""


class SubscriptionTable:
    """All saved searches by id, as of the last refresh; made by `open_table`.

    Args:
        client: A consumer that stands at the beginning of the topic.
        partitions: All of the topic.
    """

    def __init__(self, client: AIOKafkaConsumer, partitions: list[TopicPartition]) -> None:
        self._client = client
        self._partitions = partitions
        self._found: dict[str, Subscription] = {}
        self._changed: dict[str, datetime] = {}

    def get(self, subscription_id: str) -> Subscription | None:
        """Return a saved search; None if there is none, or not any more."""
        return self._found.get(subscription_id)

    def all(self) -> dict[str, Subscription]:
        """Return all saved searches by id."""
        return dict(self._found)

    def changed(self, subscription_id: str) -> datetime | None:
        """Return when a search was last saved or deleted."""
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

    def _take(self, message: Any) -> str:
        name = _id_of(message)
        self._found.pop(name, None)
        self._changed[name] = datetime.fromtimestamp(message.timestamp / 1000, UTC)
        try:
            if message.value is not None:
                self._found[name] = decode(message.value, Subscription)
        except DecodeError as error:
            log.warning("saved search not in force", subscription=name, problem=str(error))
        return name


@asynccontextmanager
async def open_table(settings: Settings) -> AsyncIterator[SubscriptionTable]:
    """Read all saved searches, and keep the consumer that refreshes them.

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


async def read_searches(settings: Settings) -> dict[str, Subscription]:
    """Read all saved searches by id, sorted; what cannot be read is left out.

    Raises:
        BrokerError: If the broker cannot be reached, or the topic is missing.
    """
    found: dict[str, Subscription] = {}
    async for message in read_table(settings, SUBSCRIPTIONS.name):
        name = _id_of(message)
        found.pop(name, None)
        try:
            if message.value is not None:
                found[name] = decode(message.value, Subscription)
        except DecodeError:
            continue
    return dict(sorted(found.items()))


async def write_search(
    settings: Settings, subscription_id: str, subscription: Subscription | None
) -> None:
    """Save a search, or delete it; returns when the broker has it.

    Raises:
        BrokerError: If the broker cannot be reached, or refuses it.
    """
    value = None if subscription is None else encode(subscription)
    async with producer(settings) as client:
        sender = Sender(client, settings)
        await sender.send_and_wait(SUBSCRIPTIONS.name, value, subscription_id.encode())


def free_id(text: str, taken: Collection[str]) -> str:
    """Make an id of a name or query that no other search has.

    Examples:
        >>> free_id('"Foreign Minister" and Łódź', {"foreign-minister-and-lodz"})
        'foreign-minister-and-lodz-2'
        >>> free_id("橋", ())
        'search'
    """
    plain = [word for word in normalized_words(text) if word.isascii()]
    base = "-".join(plain)[:40].strip("-") or "search"
    number, name = 1, base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def _id_of(message: Any) -> str:
    return (message.key or b"").decode("utf-8", "replace")
