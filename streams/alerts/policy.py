"""When alerts go out, and which together: what waits in, groups to send now out.

For one subscription and one of its channels. Whoever calls keeps the ledger and the clock:

1. an alert that is made becomes `PendingAlert`, with the time at which it came in;
2. `plan` says what to send now, or when to look again;
3. a group that is being sent waits no longer; one that is sent again asks
   `earliest_send_time`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from streams.alerts.quiet_hours import is_quiet, quiet_until
from streams.records import Subscription

HOUR = timedelta(hours=1)
"""What ``max_per_hour`` counts in: every stretch so long, not the hours of the clock."""

CATCH_UP_AGE = timedelta(minutes=15)
"""So late are alerts that come after an outage. Our choice: longer than what a retry or a restart
takes, shorter than what a person takes for being told at once."""

CATCH_UP_ALERTS = 5
"""More late ones than these come as one digest: some five can be taken in at a glance."""


class MessageKind(StrEnum):
    """How the alerts of a group are told."""

    SINGLE = "single"
    """One alert on its own."""
    DIGEST = "digest"
    """Several together, since the subscriber wants it so: window, quiet hours, limit."""
    CATCH_UP = "catch_up"
    """Several together, since they could not be sent when they were due."""


@dataclass(frozen=True, slots=True)
class PendingAlert:
    """An alert that has not been sent.

    Attributes:
        id: Of the alert.
        time: When it came to the deliverer.
    """

    id: str
    time: datetime


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """Alerts that are sent as one message; it counts once towards the limit.

    Attributes:
        form: How they are told.
        ids: Of its alerts, in the order in which they came.
    """

    form: MessageKind
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now.

    Attributes:
        groups: To send now, in this order: all that waits, or nothing.
        look_again: When something may go out, if nothing may now; whatever comes meanwhile
            makes it no earlier. None: when something comes, or the subscription changes.
    """

    groups: tuple[AlertGroup, ...] = ()
    look_again: datetime | None = None


def plan(
    waiting: Sequence[PendingAlert],
    sent: Sequence[datetime],
    subscription: Subscription,
    *,
    now: datetime,
) -> Plan:
    """Tell what to send now, and how.

    Sends all that waits, in its order, or nothing. It sends nothing to a paused subscription,
    in quiet hours, before the digest window of the first waiting alert is over, and where the
    limit is reached. What waited through quiet hours, and what would go beyond the limit,
    becomes one digest.

    Args:
        waiting: In the order in which they came.
        sent: When groups were sent to this channel; those of the last hour suffice.
        subscription: Its pause, window, quiet hours and limit.
        now: The time; a plan holds for this moment.

    Returns:
        The groups; never more than the limit leaves free in the hour before ``now``.

    Examples:
        >>> from datetime import UTC
        >>> nine = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        >>> some = [PendingAlert("a", nine), PendingAlert("b", nine + timedelta(minutes=4))]
        >>> rates = Subscription(id="rates", query="rate", digest_minutes=15)
        >>> plan(some, [], rates, now=nine + timedelta(minutes=5)).look_again.isoformat()
        '2026-03-02T09:15:00+00:00'
        >>> plan(some, [], rates, now=nine + timedelta(minutes=15)).groups
        (AlertGroup(form=<MessageKind.DIGEST: 'digest'>, ids=('a', 'b')),)
    """
    if not waiting or subscription.paused:
        return Plan()
    first = min(waiting[0].time, now)  # a clock that runs ahead holds nothing up for long
    due = first + timedelta(minutes=subscription.digest_minutes)
    at = earliest_send_time(sent, subscription, now=max(now, due))
    if at is None or at > now:
        return Plan(look_again=at)
    form = _form(waiting, sent, subscription, now)
    if form is MessageKind.SINGLE:
        return Plan(tuple(AlertGroup(form, (one.id,)) for one in waiting))
    return Plan((AlertGroup(form, tuple(one.id for one in waiting)),))


def earliest_send_time(
    sent: Sequence[datetime], subscription: Subscription, *, now: datetime
) -> datetime | None:
    """Give the first moment from ``now`` on at which a group may go out.

    Neither in quiet hours nor beyond the limit. For groups that are sent again, and for `plan`.

    Args:
        sent: When groups were sent to this channel; those of the last hour suffice.
        subscription: Its pause, quiet hours and limit.
        now: The time.

    Returns:
        ``now`` itself where nothing is against it; None while it is paused.
    """
    if subscription.paused:
        return None
    at = now
    if subscription.max_per_hour and len(sent) >= subscription.max_per_hour:
        at = max(at, sorted(sent)[-subscription.max_per_hour] + HOUR)
    # Quiet hours only put it off further, and so never into a fuller hour.
    return quiet_until(at, subscription.quiet)


def _form(
    waiting: Sequence[PendingAlert],
    sent: Sequence[datetime],
    subscription: Subscription,
    now: datetime,
) -> MessageKind:
    """Tell how all that waits is sent; `MessageKind.SINGLE` when each goes on its own."""
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
            and any(is_quiet(one.time, subscription.quiet) for one in waiting)
        )
    )
    return MessageKind.DIGEST if together else MessageKind.SINGLE


def _are_late(waiting: Sequence[PendingAlert], subscription: Subscription, now: datetime) -> bool:
    """Whether more than a few should have gone out long ago; what came first is the latest."""
    if len(waiting) <= CATCH_UP_ALERTS:
        return False
    window = timedelta(minutes=subscription.digest_minutes)
    due = quiet_until(waiting[CATCH_UP_ALERTS].time + window, subscription.quiet)
    return due < now - CATCH_UP_AGE


def _is_limited(sent: Sequence[datetime], subscription: Subscription, now: datetime) -> bool:
    """Whether it is, or was a short while ago, the limit that made alerts wait."""
    recent = sum(time > now - HOUR - CATCH_UP_AGE for time in sent)
    return bool(subscription.max_per_hour) and recent >= subscription.max_per_hour
