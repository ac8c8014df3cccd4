"""From alerts.v1 to the ledger: each alert becomes a delivery for each channel of its search."""

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
    """Say what is to be delivered of what was read.

    Nothing for subscriptions without channels, and for those that are gone.

    Args:
        messages: Of alerts.v1.
        table: Read to its end after them.
        now: When they were read.
    """
    for message in messages:
        try:
            alert = decode(message.value or b"", Alert)
        except DecodeError as error:
            place = f"{message.topic}-{message.partition}-{message.offset}"
            log.error("no alert", place=place, problem=str(error))  # noqa: TRY400
            continue
        subscription = table.get(alert.subscription_id)
        channels = subscription.channels if subscription else ()
        for label in dict.fromkeys(channel_label(one) for one in channels):
            yield Delivery(
                channel=label,
                partition=message.partition,
                alert=alert,
                made=min(datetime.fromtimestamp(message.timestamp / 1000, UTC), now),
                arrived=now,
            )
