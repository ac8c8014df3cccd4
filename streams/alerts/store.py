"""The saved searches on their topic: read whole, written one at a time."""

import re
from collections.abc import Collection

from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import physical_name, producer
from streams.kafka.errors import describe_error
from streams.kafka.table import read_table
from streams.records import DecodeError, Subscription, decode, encode
from streams.records.topics import SUBSCRIPTIONS
from streams.route.query.normalize import normalized_words
from streams.settings import Settings

SUBSCRIPTION_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
"""What a saved search may be called: it is typed in shells and stands in ids of alerts."""


async def read_searches(settings: Settings) -> dict[str, Subscription]:
    """Read all saved searches by id, sorted; what cannot be read is left out.

    Raises:
        BrokerError: If the broker cannot be reached, or the topic is missing.
    """
    found: dict[str, Subscription] = {}
    async for message in read_table(settings, SUBSCRIPTIONS.name):
        name = (message.key or b"").decode("utf-8", "replace")
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
        topic = physical_name(settings, SUBSCRIPTIONS.name)
        try:
            await client.send_and_wait(topic, value, key=subscription_id.encode())
        except KafkaError as error:
            raise BrokerError(
                f"saving {subscription_id} to {topic}: {describe_error(error)}"
            ) from error


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
