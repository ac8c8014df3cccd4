"""Alerts become deliveries: one for each channel of their saved search."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from streams.deliver.fan_out import plan_deliveries
from streams.deliver.ledger.delivery import QueueKey
from streams.records import Subscription, encode
from tests.support.deliver import NOON, alert


@dataclass
class Message:
    """The fields of a Kafka message that are read."""

    value: bytes | None
    timestamp: int = int(NOON.timestamp() * 1000)
    topic: str = "alerts.v1"
    partition: int = 3
    offset: int = 0


class Table:
    """A table with some saved searches."""

    def __init__(self, *subscriptions: Subscription) -> None:
        self._searches = {search.id: search for search in subscriptions}

    def get(self, name: str) -> Subscription | None:
        return self._searches.get(name)


def queue_keys(*messages: Message, table: Any, now: datetime = NOON) -> list[QueueKey]:
    return [delivery.queue_key for delivery in plan_deliveries(messages, table, now=now)]


def test_each_channel_gets_alert_once() -> None:
    table = Table(Subscription(id="rates", query="rate", channels=("desk", "mail", "desk")))

    assert queue_keys(Message(encode(alert(1))), table=table) == [
        QueueKey("rates", "desk"),
        QueueKey("rates", "mail"),
    ]


def test_search_without_channels_gets_no_delivery() -> None:
    table = Table(Subscription(id="rates", query="rate"))

    messages = [Message(encode(alert(1))), Message(encode(alert(1, "gone")))]
    assert queue_keys(*messages, table=table) == []


def test_malformed_alert_is_skipped() -> None:
    table = Table(Subscription(id="rates", query="rate", channels=("desk",)))

    messages = [Message(b"{"), Message(None), Message(encode(alert(1)))]
    assert queue_keys(*messages, table=table) == [QueueKey("rates", "desk")]


def test_delivery_has_sent_and_arrival_times() -> None:
    table: Any = Table(Subscription(id="rates", query="rate", channels=("desk",)))
    now = NOON + timedelta(hours=1)

    (late,) = plan_deliveries([Message(encode(alert(1)))], table, now=now)
    (ahead,) = plan_deliveries([Message(encode(alert(1)), timestamp=2**42)], table, now=now)

    assert (late.made, late.arrived, late.partition) == (NOON.astimezone(UTC), now, 3)
    assert ahead.made == now
