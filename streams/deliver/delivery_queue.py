"""A delivery queue: the deliveries of one saved search to one channel, in order."""

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from streams.alerts.policy import HOUR, MessageKind, PendingAlert, earliest_send_time, plan
from streams.alerts.store import SubscriptionTable
from streams.config.channels import Channel, ChannelError, Channels, channel_label, channel_of
from streams.config.watched_file import WatchedFile
from streams.deliver.attempt import Attempt, AttemptRunner
from streams.deliver.channels.result import SendResult, SendStatus
from streams.deliver.concurrency import TargetLimits
from streams.deliver.ledger.delivery import Delivery, DeliveryState, QueueKey, group_id
from streams.deliver.ledger.ledger import Ledger
from streams.deliver.retry import outcome_of_attempt, retry_time
from streams.records import Subscription

log = structlog.get_logger()

MAX_GROUP: Final = 200
"""Maximum number of alerts in one message: some 500 KB of JSON, half of nginx's default limit."""

LOOK_AGAIN: Final = timedelta(seconds=60)
"""How often a queue checks whether its reason to wait has changed; most changes wake it."""

FORGET: Final = timedelta(seconds=5)
"""A queue that waits longer drops its rows from memory: thousands may wait for their digests."""


@dataclass(frozen=True, kw_only=True)
class DeliveryContext:
    """Objects shared by all delivery queues.

    Attributes:
        ledger: The ledger.
        table: The saved searches.
        channels: The channels of ``channels.toml``.
        targets: Limits per channel.
        runner: Renders and sends messages.
        pauses: Queues whose receivers are gone, with time and reason.
    """

    ledger: Ledger
    table: SubscriptionTable
    channels: WatchedFile[Channels]
    targets: TargetLimits
    runner: AttemptRunner
    pauses: dict[QueueKey, tuple[datetime, str]]


class DeliveryQueue:
    """Sends the deliveries of one queue until it is empty.

    Args:
        key: Saved search and channel.
        context: Objects shared by all queues.
    """

    def __init__(self, key: QueueKey, context: DeliveryContext) -> None:
        self.key = key
        self._context = context
        self._woken = asyncio.Event()
        self._rows: list[Delivery] = []
        self._sent: list[datetime] | None = None
        self._held_for = ""
        self._stopping = False

    def stop(self) -> None:
        """Send no further message."""
        self._stopping = True
        self._woken.set()

    def wake(self) -> None:
        """Check the ledger at once: a delivery was added, or something changed."""
        self._woken.set()

    async def run(self) -> None:
        """Send until the queue is empty or stopped."""
        while not self._stopping:
            if self._woken.is_set() or not self._rows:
                self._woken.clear()
                await self._load()
                if not self._rows:
                    if self._woken.is_set():
                        continue
                    return
            pause = await self._send_next(datetime.now(UTC))
            if pause:
                if pause > FORGET.total_seconds():
                    self._rows = []
                try:
                    async with asyncio.timeout(pause):
                        await self._woken.wait()
                except TimeoutError:
                    continue

    async def _load(self) -> None:
        if len(self._rows) < MAX_GROUP:
            ledger = self._context.ledger
            self._rows = await ledger.open_deliveries(self.key, limit=MAX_GROUP)

    async def _send_next(self, now: datetime) -> float:
        """Send one message if one is due; return the seconds to wait before the next check."""
        subscription = self._context.table.get(self.key.subscription_id)
        text = _channel_text(subscription, self.key)
        if subscription is None or text is None:
            reason = "the saved search no longer names this channel, or was deleted"
            await self._context.ledger.skip(self.key, reason, now=now)
            self._rows = []
            return 0.0
        if self.key in self._context.pauses:
            return await self._hold(None, self._context.pauses[self.key][1])
        try:
            channel = channel_of(self._context.channels.value, text, owner=subscription.owner)
        except ChannelError as error:
            return await self._hold(None, str(error))
        seconds = self._context.targets.seconds_left(self.key.channel)
        return seconds or await self._send_due(subscription, channel, now)

    async def _send_due(self, subscription: Subscription, channel: Channel, now: datetime) -> float:
        sent = await self._recent_send_times(subscription, now)
        head = self._rows[0]
        if head.attempts:
            members = await self._group_of(head)
            due = retry_time(head.next_try, now=now)
            at = earliest_send_time(sent, subscription, now=due)
            if at is None or at > now:
                return _seconds(at, now)
            attempt = Attempt(members, head.group_id, MessageKind(head.form or MessageKind.SINGLE))
            return await self._send(attempt, subscription, channel)
        untried = self._untried()
        pending = [PendingAlert(delivery.key, delivery.made) for delivery in untried]
        planned = plan(pending, sent, subscription, now=now)
        if not planned.groups:
            reason = "digest window, quiet hours, limit or pause"
            return await self._hold(planned.next_check, reason)
        group = planned.groups[0]
        attempt = Attempt(untried[: len(group.ids)], group_id(group.ids), group.form)
        return await self._send(attempt, subscription, channel)

    def _untried(self) -> list[Delivery]:
        """Return the deliveries before the first one that was already tried."""
        tried = (n for n, delivery in enumerate(self._rows) if delivery.attempts)
        return self._rows[: next(tried, len(self._rows))]

    async def _group_of(self, head: Delivery) -> list[Delivery]:
        """Return all members of a group, also those that are not loaded."""
        members = [row for row in self._rows if row.group_id == head.group_id]
        if members[-1] is self._rows[-1]:
            members = await self._context.ledger.group(head.group_id)
        return members

    async def _send(self, attempt: Attempt, subscription: Subscription, channel: Channel) -> float:
        """Send a message if its target may be sent to; write the result to the ledger."""
        targets, label = self._context.targets, self.key.channel
        async with targets.slot(label):
            seconds = targets.acquire(label)
            if seconds:
                return seconds
            verdict: SendStatus | None = None
            try:
                now = datetime.now(UTC)
                form = attempt.form.value
                ledger = self._context.ledger
                await ledger.begin(attempt.members, attempt.group_id, form, now=now)
                channels = self._context.channels.value
                result = await self._context.runner.send(attempt, subscription, channel, channels)
                verdict = result.verdict
            finally:
                targets.record(label, verdict)
        return await self._record(attempt, result, now)

    async def _record(self, attempt: Attempt, result: SendResult, begun: datetime) -> float:
        now = datetime.now(UTC)
        first = attempt.members[0]
        state, at = outcome_of_attempt(
            result,
            first.attempts + 1,
            first.first_try or begun,
            chance=random.random(),  # noqa: S311  # spreads load, hides nothing
            now=now,
        )
        await self._context.ledger.end(
            attempt.members, attempt.group_id, state, now=now, error=result.detail, next_try=at
        )
        if result.verdict is SendStatus.GONE:
            await self._pause(result.detail, now)
        if state is DeliveryState.FAILED:
            await self._reload()
            return _seconds(at, now)
        self._context.runner.count_ended(attempt, state, now)
        self._remove(attempt, now if state is DeliveryState.SENT else None)
        return 0.0

    async def _pause(self, detail: str, now: datetime) -> None:
        reason = f"the receiver is gone ({detail}); save the search again to resume"
        await self._context.ledger.pause(self.key, reason, now=now)
        self._context.pauses[self.key] = (now, reason)
        log.warning(
            "delivery paused", subscription=self.key.subscription_id, channel=self.key.channel
        )

    async def _reload(self) -> None:
        self._rows = await self._context.ledger.open_deliveries(self.key, limit=MAX_GROUP)

    def _remove(self, attempt: Attempt, sent: datetime | None) -> None:
        numbers = {delivery.number for delivery in attempt.members}
        self._rows = [row for row in self._rows if row.number not in numbers]
        if sent is not None and self._sent is not None:
            self._sent.append(sent)

    async def _recent_send_times(self, subscription: Subscription, now: datetime) -> list[datetime]:
        """Return when messages were sent recently; empty where they are not limited."""
        if not subscription.max_per_hour:
            return []
        since = now - 2 * HOUR
        if self._sent is None:
            self._sent = await self._context.ledger.sent_times(self.key, since=since)
        while self._sent and self._sent[0] < since:
            self._sent.pop(0)
        return self._sent

    async def _hold(self, until: datetime | None, reason: str) -> float:
        """Write the reason to wait to the ledger, once; return the seconds to the next check."""
        held_for = f"{len(self._rows)} {until} {reason}"
        if held_for != self._held_for:
            self._held_for = held_for
            await self._context.ledger.hold(self._untried(), until=until, reason=reason)
        return _seconds(until, datetime.now(UTC))


def _channel_text(subscription: Subscription | None, key: QueueKey) -> str | None:
    """Return the saved search's text for this channel; None if it no longer names the channel."""
    for text in subscription.channels if subscription else ():
        if channel_label(text) == key.channel:
            return text
    return None


def _seconds(until: datetime | None, now: datetime) -> float:
    wait = LOOK_AGAIN if until is None else min(until - now, LOOK_AGAIN)
    return max(wait.total_seconds(), 0.001)
