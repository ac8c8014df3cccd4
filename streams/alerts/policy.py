"""Decide when alerts are sent and which are grouped, for one saved search and one channel.

Pure: the caller keeps the ledger and the clock.

1. A new alert becomes a `PendingAlert` with the time at which it arrived.
2. `plan` returns the groups to send now, or the time of the next check.
3. The alerts of a group that is being sent are no longer pending; for a retry of the group,
   `earliest_send_time` returns the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from streams.alerts.quiet_hours import is_quiet, quiet_until
from streams.records import Subscription

HOUR = timedelta(hours=1)
"""Length of the sliding window of ``max_per_hour``; clock hours do not matter."""

CLOCK_SKEW = timedelta(minutes=1)
"""How far the clocks of two deliverers may differ. A later time of sending is from a clock that was
ahead; it does not count."""

CATCH_UP_AGE = timedelta(minutes=15)
"""Delay after which alerts count as late, as after an outage. This project's choice: longer than a
retry or a restart takes, shorter than a delay that a person would still call immediate."""

CATCH_UP_ALERTS = 5
"""Largest number of late alerts that are sent one by one; more are sent as one digest, since about
five can be read at a glance."""


class MessageKind(StrEnum):
    """The kind of message for the alerts of a group."""

    SINGLE = "single"
    """One alert."""
    DIGEST = "digest"
    """Several alerts, because of the search's digest window, quiet hours or limit."""
    CATCH_UP = "catch_up"
    """Several alerts that could not be sent when they were due."""


@dataclass(frozen=True, slots=True)
class PendingAlert:
    """An alert that has not been sent.

    Attributes:
        id: Id of the alert.
        time: Time at which the deliverer received it.
    """

    id: str
    time: datetime


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """Alerts that are sent as one message, which counts once towards the limit.

    Attributes:
        form: Kind of the message.
        ids: Ids of the alerts, in the order of arrival.
    """

    form: MessageKind
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The groups to send now, or the time of the next check.

    Attributes:
        groups: Groups to send now, in this order: all pending alerts, or none.
        next_check: Earliest time at which a group can be sent, if none can now; alerts that
            arrive before it do not make it earlier. ``None`` if nothing can be sent until an
            alert arrives or the saved search changes.
    """

    groups: tuple[AlertGroup, ...] = ()
    next_check: datetime | None = None


def plan(
    waiting: Sequence[PendingAlert],
    sent: Sequence[datetime],
    subscription: Subscription,
    *,
    now: datetime,
) -> Plan:
    """Return the groups to send now, or the time of the next check.

    Sends all pending alerts, in order, or none. Sends none if the subscription is paused, in
    quiet hours, before the digest window of the first pending alert is over, and when the limit
    is reached. Alerts that waited through quiet hours, and alerts that would exceed the limit,
    become one digest.

    Args:
        waiting: Pending alerts, in the order of arrival.
        sent: Times at which groups were sent to this channel; those of the last hour suffice. Times
            in the future, from a clock that was ahead, do not count.
        subscription: The saved search, with its pause, digest window, quiet hours and limit.
        now: The current time, for which the plan is valid.

    Returns:
        The plan; never more groups than the limit allows in the hour before ``now``.

    Examples:
        >>> from datetime import UTC
        >>> nine = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        >>> pending = [PendingAlert("a", nine), PendingAlert("b", nine + timedelta(minutes=4))]
        >>> rates = Subscription(id="rates", query="rate", digest_minutes=15)
        >>> plan(pending, [], rates, now=nine + timedelta(minutes=5)).next_check.isoformat()
        '2026-03-02T09:15:00+00:00'
        >>> plan(pending, [], rates, now=nine + timedelta(minutes=15)).groups
        (AlertGroup(form=<MessageKind.DIGEST: 'digest'>, ids=('a', 'b')),)
    """
    if not waiting or subscription.paused:
        return Plan()
    sent = _credible(sent, now)
    first = min(waiting[0].time, now)  # a time in the future delays nothing
    due = first + timedelta(minutes=subscription.digest_minutes)
    at = earliest_send_time(sent, subscription, now=max(now, due))
    if at is None or at > now:
        return Plan(next_check=at)
    form = _form(waiting, sent, subscription, now)
    if form is MessageKind.SINGLE:
        return Plan(tuple(AlertGroup(form, (alert.id,)) for alert in waiting))
    return Plan((AlertGroup(form, tuple(alert.id for alert in waiting)),))


def earliest_send_time(
    sent: Sequence[datetime], subscription: Subscription, *, now: datetime
) -> datetime | None:
    """Return the earliest time, from ``now`` on, at which a group can be sent.

    The time is outside quiet hours and within the limit. Used by `plan` and for retries.

    Args:
        sent: Times at which groups were sent to this channel; those of the last hour suffice. Times
            in the future do not count.
        subscription: The saved search, with its pause, quiet hours and limit.
        now: The current time.

    Returns:
        ``now`` if a group can be sent now; ``None`` while the subscription is paused.
    """
    if subscription.paused:
        return None
    at = now
    sent = _credible(sent, now)
    if subscription.max_per_hour and len(sent) >= subscription.max_per_hour:
        at = max(at, sorted(sent)[-subscription.max_per_hour] + HOUR)
    # Quiet hours only delay further: the limit that holds now also holds then.
    return quiet_until(at, subscription.quiet)


def _credible(sent: Sequence[datetime], now: datetime) -> list[datetime]:
    """Return the times that are not in the future; those within `CLOCK_SKEW` count as now."""
    return [min(time, now) for time in sent if time <= now + CLOCK_SKEW]


def _form(
    waiting: Sequence[PendingAlert],
    sent: Sequence[datetime],
    subscription: Subscription,
    now: datetime,
) -> MessageKind:
    """Return the kind of message for the pending alerts; `MessageKind.SINGLE` for one each."""
    if len(waiting) == 1:
        return MessageKind.SINGLE
    late = _are_late(waiting, subscription, now)
    if late and not _is_limited(sent, subscription, now):
        return MessageKind.CATCH_UP
    free = subscription.max_per_hour - sum(time > now - HOUR for time in sent)
    together = (
        late
        or subscription.digest_minutes
        or (subscription.max_per_hour and len(waiting) > free)
        or (
            subscription.quiet is not None
            and any(is_quiet(alert.time, subscription.quiet) for alert in waiting)
        )
    )
    return MessageKind.DIGEST if together else MessageKind.SINGLE


def _are_late(waiting: Sequence[PendingAlert], subscription: Subscription, now: datetime) -> bool:
    """Return whether more than `CATCH_UP_ALERTS` alerts are overdue by `CATCH_UP_AGE`."""
    if len(waiting) <= CATCH_UP_ALERTS:
        return False
    window = timedelta(minutes=subscription.digest_minutes)
    due = quiet_until(waiting[CATCH_UP_ALERTS].time + window, subscription.quiet)
    return due < now - CATCH_UP_AGE


def _is_limited(sent: Sequence[datetime], subscription: Subscription, now: datetime) -> bool:
    """Return whether the limit delays alerts now, or did within the last `CATCH_UP_AGE`."""
    recent = sum(time > now - HOUR - CATCH_UP_AGE for time in sent)
    return bool(subscription.max_per_hour) and recent >= subscription.max_per_hour
