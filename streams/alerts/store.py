"""Read and write the saved searches on their topic."""

import re
from collections.abc import AsyncIterator, Collection, MutableMapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import consumer, producer
from streams.kafka.decoding import key_text, sent_at, update_table
from streams.kafka.errors import describe_error
from streams.kafka.read import partitions_of
from streams.kafka.sender import Sender
from streams.kafka.table import read_table
from streams.records import Subscription, encode
from streams.records.topics import SUBSCRIPTIONS
from streams.route.query.normalize import normalized_words
from streams.settings import Settings

FETCH_WAIT_MS: Final = 50
"""Longest wait of a fetch; with the default of 500 a refresh took 250 ms on average."""

SUBSCRIPTION_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
"""Allowed ids of saved searches: they are typed in shells and are part of the ids of alerts."""


class SubscriptionTable:
    """All saved searches by id, as of the last refresh; created by `open_table`.

    Args:
        client: A consumer at the beginning of the topic.
        partitions: All partitions of the topic.
    """

    def __init__(self, client: AIOKafkaConsumer, partitions: list[TopicPartition]) -> None:
        self._client = client
        self._partitions = partitions
        self._searches: dict[str, Subscription] = {}
        self._changed: dict[str, datetime] = {}

    def get(self, subscription_id: str) -> Subscription | None:
        """Return a saved search; ``None`` if it does not exist or was deleted."""
        return self._searches.get(subscription_id)

    def all(self) -> dict[str, Subscription]:
        """Return all saved searches by id."""
        return dict(self._searches)

    def changed(self, subscription_id: str) -> datetime | None:
        """Return the time at which a search was last saved or deleted; ``None`` if never."""
        return self._changed.get(subscription_id)

    async def refresh(self) -> set[str]:
        """Read to the current end of the topic.

        A saved search is on its topic before its alerts are: a caller that reads an alert and
        then refreshes finds the search.

        Returns:
            Ids of the searches that changed.

        Raises:
            BrokerError: If the topic cannot be read.
        """
        changed: set[str] = set()
        try:
            ends = await self._client.end_offsets(self._partitions)
            while [part for part in ends if await self._client.position(part) < ends[part]]:
                for messages in (await self._client.getmany(timeout_ms=100)).values():
                    for message in messages:
                        changed.add(self._apply(message))
        except KafkaError as error:
            raise BrokerError(f"reading {SUBSCRIPTIONS.name}: {describe_error(error)}") from error
        return changed

    def _apply(self, message: Any) -> str:
        id_ = apply_search(self._searches, message)
        self._changed[id_] = sent_at(message)
        return id_


@asynccontextmanager
async def open_table(settings: Settings) -> AsyncIterator[SubscriptionTable]:
    """Read all saved searches, and keep a consumer open that refreshes them.

    Raises:
        BrokerError: If the broker cannot be reached, or the topic is missing.
    """
    # Kafka answers the requests of a connection in order: a fetch that waits for new records
    # delays the request for the end offsets by as long as it waits.
    async with consumer(settings, fetch_max_wait_ms=FETCH_WAIT_MS) as client:
        partitions = list(await partitions_of(client, settings, (SUBSCRIPTIONS.name,)))
        client.assign(partitions)
        table = SubscriptionTable(client, partitions)
        await table.refresh()
        yield table


async def read_searches(settings: Settings) -> dict[str, Subscription]:
    """Return all saved searches by id, sorted; searches that cannot be decoded are left out.

    Raises:
        BrokerError: If the broker cannot be reached, or the topic is missing.
    """
    searches: dict[str, Subscription] = {}
    async for message in read_table(settings, SUBSCRIPTIONS.name):
        apply_search(searches, message)
    return dict(sorted(searches.items()))


def apply_search(searches: MutableMapping[str, Subscription], message: Any) -> str:
    """Update the saved searches with a message of their topic.

    A tombstone, and a message that is no search, removes the search of its key.

    Returns:
        Id of the search.
    """
    update_table(searches, message, Subscription)
    return key_text(message)


async def write_search(
    settings: Settings, subscription_id: str, subscription: Subscription | None
) -> None:
    """Save a search, or delete it, and wait for the broker's acknowledgement.

    Args:
        settings: Settings with a broker.
        subscription_id: Id of the search.
        subscription: The search; ``None`` deletes it.

    Raises:
        BrokerError: If the broker cannot be reached, or refuses the record.
    """
    value = None if subscription is None else encode(subscription)
    async with producer(settings) as client:
        sender = Sender(client, settings)
        await sender.send_and_wait(SUBSCRIPTIONS.name, value, subscription_id.encode())


def free_id(text: str, taken: Collection[str]) -> str:
    """Return an unused id derived from a name or query.

    Examples:
        >>> free_id('"Foreign Minister" and Łódź', {"foreign-minister-and-lodz"})
        'foreign-minister-and-lodz-2'
        >>> free_id("橋", ())
        'search'
    """
    plain = [word for word in normalized_words(text) if word.isascii()]
    base = "-".join(plain)[:40].strip("-") or "search"
    number, id_ = 1, base
    while id_ in taken:
        number += 1
        id_ = f"{base}-{number}"
    return id_
