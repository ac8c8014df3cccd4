"""What a deliverer would send: alerts and their times in, its messages and their times out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from streams.alerts.policy import HOUR, AlertGroup, PendingAlert, plan
from streams.records import Subscription


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """A message, and when it goes out."""

    time: datetime
    group: AlertGroup


def forecast(alerts: Iterable[PendingAlert], subscription: Subscription) -> list[PlannedMessage]:
    """Tell what `streams.alerts.policy.plan` sends when nothing goes wrong.

    Asks for a plan whenever an alert comes and whenever the last plan said so, as a deliverer
    does. Whether the subscription is paused plays no part.

    Args:
        alerts: In the order of their time.
        subscription: Its window, quiet hours and limit.

    Returns:
        In the order of sending.

    Examples:
        >>> from datetime import UTC, timedelta
        >>> nine = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        >>> alerts = [PendingAlert(str(n), nine + n * timedelta(minutes=4)) for n in range(5)]
        >>> rates = Subscription(id="rates", query="rate", digest_minutes=10)
        >>> [(f"{one.time:%H:%M}", *one.group.ids) for one in forecast(alerts, rates)]
        [('09:10', '0', '1', '2'), ('09:22', '3', '4')]
    """
    going = _Going(msgspec.structs.replace(subscription, paused=False))
    for alert in alerts:
        while going.look_again is not None and going.look_again < alert.time:
            going.look(going.look_again)
        going.waiting.append(alert)
        if going.look_again is None or going.look_again == alert.time:
            going.look(alert.time)
    while going.look_again is not None:
        going.look(going.look_again)
    return going.sent


class _Going:
    """Where a forecast stands."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.waiting: list[PendingAlert] = []
        self.sent: list[PlannedMessage] = []
        self.look_again: datetime | None = None

    def look(self, now: datetime) -> None:
        found = plan(self.waiting, _last_hour(self.sent, now), self.subscription, now=now)
        self.sent += [PlannedMessage(now, group) for group in found.groups]
        if found.groups:
            self.waiting = []
        self.look_again = found.look_again


def _last_hour(sent: Sequence[PlannedMessage], now: datetime) -> list[datetime]:
    found: list[datetime] = []
    for one in reversed(sent):
        if one.time <= now - HOUR:
            break
        found.append(one.time)
    return found[::-1]
