"""What is known of the feeds: read from its table, and found for each feed."""

from collections.abc import MutableMapping

from aiokafka import ConsumerRecord

from streams.config.feeds import FeedEntry
from streams.kafka.table import read_table
from streams.records import DecodeError, FeedState, decode
from streams.records.topics import FEEDS
from streams.settings import Settings


async def read_states(settings: Settings) -> dict[str, FeedState]:
    """Read what is known of every feed; what is no state is left out.

    Raises:
        BrokerError: If the broker cannot be reached, or has no such topic.
    """
    states: dict[str, FeedState] = {}
    async for message in read_table(settings, FEEDS.name):
        apply_state(states, message)
    return states


def apply_state(states: MutableMapping[str, FeedState], message: ConsumerRecord) -> None:
    """Take a message of the table: a feed's new state, or none that can be read."""
    name = (message.key or b"").decode("utf-8", "replace")
    try:
        states[name] = decode(message.value or b"", FeedState)
    except DecodeError:
        states.pop(name, None)


def state_of(feed: FeedEntry, states: MutableMapping[str, FeedState]) -> FeedState:
    """Give the state of a feed; a new one if it has none, or its owner gave it another URL."""
    state = states.get(feed.name)
    if state is None:
        return FeedState(id=feed.name, url=feed.url, given_url=feed.url)
    if state.given_url != feed.url:
        # Another address is another server: nothing that the old one said holds, but its entries.
        return FeedState(id=feed.name, url=feed.url, given_url=feed.url, known=state.known)
    return state
