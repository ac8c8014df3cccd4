"""One lane: the deliveries of one subscription to one channel, one message at a time, in order."""

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
from streams.deliver.retry import outcome_of_attempt
from streams.records import Subscription

log = structlog.get_logger()

MAX_GROUP: Final = 200
"""Alerts in one message: some 500 KB of JSON, half of what nginx takes as a body by default."""

LOOK_AGAIN: Final = timedelta(seconds=60)
"""How often a lane looks whether what it waits for has changed; most changes wake it."""

FORGET: Final = timedelta(seconds=5)
"""A lane that waits for longer keeps nothing in memory: thousands may wait for their digests."""


@dataclass(frozen=True, kw_only=True)
class DeliveryContext:
    """What all lanes share.

    Attributes:
        ledger: What is to be done, and what was.
        table: The subscriptions.
        channels: Where they may deliver.
        targets: Who may send now.
        sendings: Makes and sends messages.
        pauses: Lanes whose receivers are gone, and why.
    """

    ledger: Ledger
    table: SubscriptionTable
    channels: WatchedFile[Channels]
    targets: TargetLimits
    sendings: AttemptRunner
    pauses: dict[QueueKey, tuple[datetime, str]]


class DeliveryQueue:
    """Delivers what is in a lane, until nothing is."""

    def __init__(self, lane: QueueKey, around: DeliveryContext) -> None:
        """Start with what the ledger has."""
        self.lane = lane
        self._around = around
        self._news = asyncio.Event()
        self._rows: list[Delivery] = []
        self._sent: list[datetime] | None = None
        self._told = ""
        self._stopping = False

    def stop(self) -> None:
        """Send nothing more."""
        self._stopping = True
        self._news.set()

    def wake(self) -> None:
        """Let it look at once: something came, or something changed."""
        self._news.set()

    async def run(self) -> None:
        """Work until the lane is empty, or it is stopped."""
        while not self._stopping:
            if self._news.is_set() or not self._rows:
                self._news.clear()
                await self._load()
                if not self._rows:
                    if self._news.is_set():
                        continue
                    return
            pause = await self._step(datetime.now(UTC))
            if pause:
                if pause > FORGET.total_seconds():
                    self._rows = []
                try:
                    async with asyncio.timeout(pause):
                        await self._news.wait()
                except TimeoutError:
                    continue

    async def _load(self) -> None:
        if len(self._rows) < MAX_GROUP:
            ledger = self._around.ledger
            self._rows = await ledger.open_deliveries(self.lane, limit=MAX_GROUP)

    async def _step(self, now: datetime) -> float:
        """Send one message if one is due; give the seconds to wait before the next look."""
        subscription = self._around.table.get(self.lane.subscription_id)
        text = _channel_text(subscription, self.lane)
        if subscription is None or text is None:
            why = "the subscription no longer names this channel, or is gone"
            await self._around.ledger.skip(self.lane, why, now=now)
            self._rows = []
            return 0.0
        if self.lane in self._around.pauses:
            return await self._hold(None, self._around.pauses[self.lane][1])
        try:
            channel = channel_of(self._around.channels.value, text, owner=subscription.owner)
        except ChannelError as error:
            return await self._hold(None, str(error))
        rest = self._around.targets.rest(self.lane.channel)
        return rest or await self._send_due(subscription, channel, now)

    async def _send_due(self, subscription: Subscription, channel: Channel, now: datetime) -> float:
        sent = await self._sent_lately(subscription, now)
        head = self._rows[0]
        if head.attempts:
            members = await self._group_of(head)
            due = max(now, head.next_try or now)
            at = earliest_send_time(sent, subscription, now=due)
            if at is None or at > now:
                return _seconds(at, now)
            attempt = Attempt(members, head.group_id, MessageKind(head.form or MessageKind.SINGLE))
            return await self._send(attempt, subscription, channel)
        fresh = self._fresh()
        found = plan(
            [PendingAlert(one.key, one.made) for one in fresh], sent, subscription, now=now
        )
        if not found.groups:
            return await self._hold(found.next_check, "digest window, quiet hours, limit or pause")
        group = found.groups[0]
        attempt = Attempt(fresh[: len(group.ids)], group_id(group.ids), group.form)
        return await self._send(attempt, subscription, channel)

    def _fresh(self) -> list[Delivery]:
        """Give those before the first that was tried already."""
        tried = next((n for n, one in enumerate(self._rows) if one.attempts), len(self._rows))
        return self._rows[:tried]

    async def _group_of(self, head: Delivery) -> list[Delivery]:
        """Give all members of a group, also those that were not loaded."""
        members = [one for one in self._rows if one.group_id == head.group_id]
        if members[-1] is self._rows[-1]:
            members = await self._around.ledger.group(head.group_id)
        return members

    async def _send(self, attempt: Attempt, subscription: Subscription, channel: Channel) -> float:
        """Send a message if its target may be asked; write down what came of it."""
        targets, label = self._around.targets, self.lane.channel
        async with targets.slot(label):
            wait = targets.wait(label)
            if wait:
                return wait
            verdict: SendStatus | None = None
            try:
                now = datetime.now(UTC)
                form = attempt.form.value
                ledger = self._around.ledger
                await ledger.begin(attempt.members, attempt.group_id, form, now=now)
                channels = self._around.channels.value
                answer = await self._around.sendings.send(attempt, subscription, channel, channels)
                verdict = answer.verdict
            finally:
                targets.note(label, verdict)
        return await self._note(attempt, answer, now)

    async def _note(self, attempt: Attempt, answer: SendResult, begun: datetime) -> float:
        now = datetime.now(UTC)
        first = attempt.members[0]
        state, at = outcome_of_attempt(
            answer,
            first.attempts + 1,
            first.first_try or begun,
            chance=random.random(),  # noqa: S311  # spreads load, hides nothing
            now=now,
        )
        await self._around.ledger.end(
            attempt.members, attempt.group_id, state, now=now, error=answer.detail, next_try=at
        )
        if answer.verdict is SendStatus.GONE:
            await self._pause(answer.detail, now)
        if state is DeliveryState.FAILED:
            await self._reload()
            return _seconds(at, now)
        self._around.sendings.ended(attempt, state, now)
        self._done(attempt, now if state is DeliveryState.SENT else None)
        return 0.0

    async def _pause(self, detail: str, now: datetime) -> None:
        why = f"the receiver wants no more ({detail}); save the subscription again to go on"
        await self._around.ledger.pause(self.lane, why, now=now)
        self._around.pauses[self.lane] = (now, why)
        log.warning("paused", subscription=self.lane.subscription_id, channel=self.lane.channel)

    async def _reload(self) -> None:
        self._rows = await self._around.ledger.open_deliveries(self.lane, limit=MAX_GROUP)

    def _done(self, attempt: Attempt, sent: datetime | None) -> None:
        numbers = {one.number for one in attempt.members}
        self._rows = [one for one in self._rows if one.number not in numbers]
        if sent is not None and self._sent is not None:
            self._sent.append(sent)

    async def _sent_lately(self, subscription: Subscription, now: datetime) -> list[datetime]:
        """Give when messages went out of late; nothing where they are not counted."""
        if not subscription.max_per_hour:
            return []
        since = now - 2 * HOUR
        if self._sent is None:
            self._sent = await self._around.ledger.sent_times(self.lane, since=since)
        while self._sent and self._sent[0] < since:
            self._sent.pop(0)
        return self._sent

    async def _hold(self, until: datetime | None, why: str) -> float:
        """Write down what the lane waits for, once; give the seconds to the next look."""
        told = f"{len(self._rows)} {until} {why}"
        if told != self._told:
            self._told = told
            await self._around.ledger.hold(self._fresh(), until=until, why=why)
        return _seconds(until, datetime.now(UTC))


def _channel_text(subscription: Subscription | None, lane: QueueKey) -> str | None:
    """Give what the subscription calls this channel; None: nothing, any more."""
    for text in subscription.channels if subscription else ():
        if channel_label(text) == lane.channel:
            return text
    return None


def _seconds(until: datetime | None, now: datetime) -> float:
    wait = LOOK_AGAIN if until is None else min(until - now, LOOK_AGAIN)
    return max(wait.total_seconds(), 0.001)
