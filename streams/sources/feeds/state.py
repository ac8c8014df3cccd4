"""Read the states of feeds from their topic."""

from collections.abc import MutableMapping

import msgspec
from aiokafka import ConsumerRecord

from streams.config.feeds import FeedEntry
from streams.kafka.decoding import update_table
from streams.kafka.table import read_table
from streams.records import FeedState
from streams.records.topics import FEEDS
from streams.settings import Settings


async def read_states(settings: Settings) -> dict[str, FeedState]:
    """Read the state of every feed, by id; invalid messages are set aside.

    Raises:
        BrokerError: If the broker cannot be reached, or the topic does not exist.
    """
    states: dict[str, FeedState] = {}
    async for message in read_table(settings, FEEDS.name):
        apply_state(states, message)
    return states


def apply_state(states: MutableMapping[str, FeedState], message: ConsumerRecord) -> None:
    """Update the states with a message; an invalid one or a tombstone removes its feed."""
    update_table(states, message, FeedState)


def state_of(feed: FeedEntry, states: MutableMapping[str, FeedState]) -> FeedState:
    """Return the state of a feed; a new one if it has none, or its URL in the file changed."""
    state = states.get(feed.name)
    if state is not None and state.given_url == feed.url:
        return state
    fresh = FeedState(id=feed.name, url=feed.url, given_url=feed.url)
    if state is None:
        return fresh
    # Another address may be another server: only the entries seen remain valid.
    return msgspec.structs.replace(fresh, known=state.known, identities=state.identities)
