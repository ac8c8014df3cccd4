"""Saved searches and alerts, read from Kafka by the id of the search."""

from collections.abc import MutableMapping

from aiokafka import ConsumerRecord

from streams.alerts.store import read_searches
from streams.errors import UsageError
from streams.kafka.decoding import read_record
from streams.kafka.read import read_topics
from streams.records import Alert, Subscription
from streams.records.topics import ALERTS
from streams.settings import Settings


async def read_search(settings: Settings, id_: str) -> Subscription:
    """Read a saved search.

    Raises:
        UsageError: If there is no saved search of this id.
    """
    searches = await read_searches(settings)
    if id_ not in searches:
        known = (
            f"saved searches: {', '.join(list(searches)[:10])}" if searches else "there are none"
        )
        raise UsageError(f"no saved search {id_}; {known}")
    return searches[id_]


async def read_alerts(settings: Settings, id_: str) -> list[Alert]:
    """Read the alerts of a saved search in order of sending, each once."""
    alerts: dict[str, Alert] = {}
    async for message in read_topics(settings, ALERTS.name, keys=[id_.encode()]):
        if message.key == id_.encode():
            add_alert(alerts, message)
    return list(alerts.values())


def add_alert(alerts: MutableMapping[str, Alert], message: ConsumerRecord) -> None:
    """Add the alert of a message, unless it is redelivered."""
    alert = read_record(message, Alert)
    if alert is not None:
        alerts.setdefault(alert.id, alert)
