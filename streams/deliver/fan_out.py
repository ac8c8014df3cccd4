"""Plan deliveries: each alert gets one for each channel of its saved search."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from aiokafka import ConsumerRecord

from streams.alerts.store import SubscriptionTable
from streams.config.channels import channel_label
from streams.deliver.ledger.delivery import Delivery
from streams.kafka.decoding import read_record, sent_at
from streams.records import Alert


def plan_deliveries(
    messages: Iterable[ConsumerRecord], table: SubscriptionTable, *, now: datetime
) -> Iterator[Delivery]:
    """Yield the deliveries of alerts.

    Saved searches without channels, and deleted ones, get none. A message that is no alert is set
    aside.

    Args:
        messages: Messages of ``alerts.v1``.
        table: The saved searches, read to the end after these messages.
        now: When the messages were read.
    """
    for message in messages:
        alert = read_record(message, Alert)
        if alert is None:
            continue
        subscription = table.get(alert.subscription_id)
        channels = subscription.channels if subscription else ()
        for label in dict.fromkeys(channel_label(text) for text in channels):
            yield Delivery(
                channel=label,
                partition=message.partition,
                alert=alert,
                made=min(sent_at(message), now),
                arrived=now,
            )
