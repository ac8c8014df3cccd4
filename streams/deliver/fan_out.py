"""Plan deliveries: each alert gets one for each channel of its saved search."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import structlog
from aiokafka import ConsumerRecord

from streams.alerts.store import SubscriptionTable
from streams.config.channels import channel_label
from streams.deliver.ledger.delivery import Delivery
from streams.records import Alert, DecodeError, decode

log = structlog.get_logger()


def plan_deliveries(
    messages: Iterable[ConsumerRecord], table: SubscriptionTable, *, now: datetime
) -> Iterator[Delivery]:
    """Yield the deliveries of alerts.

    Saved searches without channels, and deleted ones, get none.

    Args:
        messages: Messages of ``alerts.v1``.
        table: The saved searches, read to the end after these messages.
        now: When the messages were read.
    """
    for message in messages:
        try:
            alert = decode(message.value or b"", Alert)
        except DecodeError as error:
            place = f"{message.topic}-{message.partition}-{message.offset}"
            log.error("alert not decodable", place=place, problem=str(error))  # noqa: TRY400
            continue
        subscription = table.get(alert.subscription_id)
        channels = subscription.channels if subscription else ()
        for label in dict.fromkeys(channel_label(text) for text in channels):
            yield Delivery(
                channel=label,
                partition=message.partition,
                alert=alert,
                made=min(datetime.fromtimestamp(message.timestamp / 1000, UTC), now),
                arrived=now,
            )
