"""Forecast the messages that the deliverer would send for alerts, and their times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from streams.alerts.policy import HOUR, AlertGroup, PendingAlert, plan
from streams.records import Subscription


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """A message and the time at which it is sent."""

    time: datetime
    group: AlertGroup


def forecast(alerts: Iterable[PendingAlert], subscription: Subscription) -> list[PlannedMessage]:
    """Return the messages that `streams.alerts.policy.plan` sends when every delivery succeeds.

    Calls `plan` whenever an alert arrives and at each ``next_check``, as the deliverer does. A
    paused subscription is treated as active.

    Args:
        alerts: Alerts in the order of their times.
        subscription: The saved search, with its digest window, quiet hours and limit.

    Returns:
        The messages in the order of sending.

    Examples:
        >>> from datetime import UTC, timedelta
        >>> nine = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        >>> alerts = [PendingAlert(str(n), nine + n * timedelta(minutes=4)) for n in range(5)]
        >>> rates = Subscription(id="rates", query="rate", digest_minutes=10)
        >>> [(f"{sent.time:%H:%M}", *sent.group.ids) for sent in forecast(alerts, rates)]
        [('09:10', '0', '1', '2'), ('09:22', '3', '4')]
    """
    simulation = _Simulation(msgspec.structs.replace(subscription, paused=False))
    for alert in alerts:
        while simulation.next_check is not None and simulation.next_check < alert.time:
            simulation.run_plan(simulation.next_check)
        simulation.waiting.append(alert)
        if simulation.next_check is None or simulation.next_check == alert.time:
            simulation.run_plan(alert.time)
    while simulation.next_check is not None:
        simulation.run_plan(simulation.next_check)
    return simulation.sent


class _Simulation:
    """State of a forecast: the waiting alerts and the messages sent so far."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.waiting: list[PendingAlert] = []
        self.sent: list[PlannedMessage] = []
        self.next_check: datetime | None = None

    def run_plan(self, now: datetime) -> None:
        current = plan(self.waiting, _last_hour(self.sent, now), self.subscription, now=now)
        self.sent += [PlannedMessage(now, group) for group in current.groups]
        if current.groups:
            self.waiting = []
        self.next_check = current.next_check


def _last_hour(sent: Sequence[PlannedMessage], now: datetime) -> list[datetime]:
    times: list[datetime] = []
    for message in reversed(sent):
        if message.time <= now - HOUR:
            break
        times.append(message.time)
    return times[::-1]
