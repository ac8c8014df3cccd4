"""SQL statements of the ledger, and the conversion of deliveries to rows and back."""

from typing import Any

from sqlalchemy import Row, bindparam, func, update

from streams.deliver.ledger.delivery import Delivery, DeliveryState, QueueKey
from streams.deliver.ledger.tables import DELIVERIES
from streams.records import Alert, decode, encode

_D = DELIVERIES.c
IS_OPEN = _D.ended.is_(None)
HAS_ENDED = _D.ended.is_not(None)

BEGIN = (
    update(DELIVERIES)
    .where(_D.number == bindparam("b_number"))
    .values(
        state=DeliveryState.SENDING.value,
        group_id=bindparam("b_group"),
        form=bindparam("b_form"),
        attempts=_D.attempts + 1,
        first_try=func.coalesce(_D.first_try, bindparam("b_now", type_=_D.made.type)),
        next_try=None,
    )
)
END = (
    update(DELIVERIES)
    .where(_D.number == bindparam("b_number"), _D.group_id == bindparam("b_group"))
    .values(
        state=bindparam("b_state"),
        next_try=bindparam("b_next"),
        ended=bindparam("b_ended"),
        last_error=bindparam("b_error"),
    )
)
HOLD = (
    update(DELIVERIES)
    .where(_D.number == bindparam("b_number"), IS_OPEN, _D.attempts == 0)
    .values(
        state=DeliveryState.HELD.value, next_try=bindparam("b_until"), last_error=bindparam("b_why")
    )
)
RESEND = (
    update(DELIVERIES)
    .where(HAS_ENDED, _D.number == bindparam("b_number"))
    .values(
        state=DeliveryState.WAITING.value,
        group_id="",
        form="",
        attempts=0,
        # Requested now: otherwise it would count as late, and several as held up by an outage.
        made=bindparam("b_now"),
        arrived=bindparam("b_now"),
        first_try=None,
        next_try=None,
        ended=None,
        last_error="",
    )
)
"""Open an ended delivery again."""
SKIP = (
    update(DELIVERIES)
    .where(
        IS_OPEN,
        _D.subscription_id == bindparam("b_subscription"),
        _D.channel == bindparam("b_channel"),
    )
    .values(
        state=DeliveryState.SKIPPED.value,
        ended=bindparam("b_now"),
        next_try=None,
        last_error=bindparam("b_why"),
    )
)
"""End all open deliveries of a queue without sending them."""


def in_queue(queue: QueueKey) -> tuple[Any, Any]:
    """Return the conditions that select a queue."""
    return _D.subscription_id == queue.subscription_id, _D.channel == queue.channel


def values_of(delivery: Delivery) -> dict[str, Any]:
    """Return the columns of a new delivery."""
    return {
        "alert_id": delivery.alert.id,
        "channel": delivery.channel,
        "subscription_id": delivery.alert.subscription_id,
        "partition": delivery.partition,
        "record": encode(delivery.alert),
        "made": delivery.made,
        "arrived": delivery.arrived,
        "state": delivery.state.value,
        "last_error": delivery.last_error,
        "ended": delivery.ended,
    }


def delivery_of(row: Row[Any]) -> Delivery:
    """Return the delivery of a row."""
    return Delivery(
        number=row.number,
        channel=row.channel,
        partition=row.partition,
        alert=decode(row.record, Alert),
        made=row.made,
        arrived=row.arrived,
        state=DeliveryState(row.state),
        group_id=row.group_id,
        form=row.form,
        attempts=row.attempts,
        first_try=row.first_try,
        next_try=row.next_try,
        ended=row.ended,
        last_error=row.last_error,
    )
