"""What the ledger says to its database, and how a delivery becomes a row and comes back."""

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
        # Asked for now: else it would count as late, and several as what an outage held up.
        made=bindparam("b_now"),
        arrived=bindparam("b_now"),
        first_try=None,
        next_try=None,
        ended=None,
        last_error="",
    )
)
"""What has ended is done again."""
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
"""Whatever is to be done in a lane is not done."""


def in_queue(lane: QueueKey) -> tuple[Any, Any]:
    """Give the conditions that pick a lane."""
    return _D.subscription_id == lane.subscription_id, _D.channel == lane.channel


def values_of(delivery: Delivery) -> dict[str, Any]:
    """Give the columns of a new delivery."""
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
    """Read a delivery from a row."""
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
