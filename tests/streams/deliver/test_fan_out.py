"""Alerts become deliveries: one for each channel of their search."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from streams.deliver.fan_out import plan_deliveries
from streams.deliver.ledger.delivery import QueueKey
from streams.records import Subscription, encode
from tests.support.deliver import NOON, alert


@dataclass
class Message:
    """What intake needs of a message of Kafka."""

    value: bytes | None
    timestamp: int = int(NOON.timestamp() * 1000)
    topic: str = "alerts.v1"
    partition: int = 3
    offset: int = 0


class Table:
    """A table with the subscriptions that it is given."""

    def __init__(self, *subscriptions: Subscription) -> None:
        self._found = {one.id: one for one in subscriptions}

    def get(self, name: str) -> Subscription | None:
        return self._found.get(name)


def lanes(*messages: Message, table: Any, now: datetime = NOON) -> list[QueueKey]:
    return [one.lane for one in plan_deliveries(messages, table, now=now)]


def test_each_channel_gets_the_alert_once() -> None:
    table = Table(Subscription(id="rates", query="rate", channels=("desk", "mail", "desk")))

    assert lanes(Message(encode(alert(1))), table=table) == [
        QueueKey("rates", "desk"),
        QueueKey("rates", "mail"),
    ]


def test_a_search_without_channels_or_that_is_gone_gets_nothing() -> None:
    table = Table(Subscription(id="rates", query="rate"))

    messages = [Message(encode(alert(1))), Message(encode(alert(1, "gone")))]
    assert lanes(*messages, table=table) == []


def test_what_is_no_alert_is_left_out_and_the_rest_goes_on() -> None:
    table = Table(Subscription(id="rates", query="rate", channels=("desk",)))

    messages = [Message(b"{"), Message(None), Message(encode(alert(1)))]
    assert lanes(*messages, table=table) == [QueueKey("rates", "desk")]


def test_it_is_known_when_the_alert_was_made_and_when_it_came() -> None:
    table: Any = Table(Subscription(id="rates", query="rate", channels=("desk",)))
    now = NOON + timedelta(hours=1)

    (late,) = plan_deliveries([Message(encode(alert(1)))], table, now=now)
    (ahead,) = plan_deliveries([Message(encode(alert(1)), timestamp=2**42)], table, now=now)

    assert (late.made, late.arrived, late.partition) == (NOON.astimezone(UTC), now, 3)
    assert ahead.made == now
