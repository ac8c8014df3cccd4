"""One attempt: deliveries become a message, the message goes out, what came of it is counted."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from traceback import extract_tb

import structlog

from streams.alerts.policy import MessageKind
from streams.alerts.templates.render import render_message
from streams.config.channels import Channel, Channels, kind_label
from streams.deliver.channels.message import Notification, Sender
from streams.deliver.channels.registry import ChannelRegistry
from streams.deliver.channels.result import SendResult, SendStatus
from streams.deliver.ledger.delivery import Delivery, DeliveryState
from streams.deliver.metrics import DeliverMetrics
from streams.records import Subscription

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A group that is due.

    Attributes:
        members: Its deliveries, in order.
        group_id: Its name for ever.
        form: How it is told.
    """

    members: list[Delivery]
    group_id: str
    form: MessageKind


class AttemptRunner:
    """Makes messages, sends them, and counts and logs what came of them."""

    def __init__(self, senders: ChannelRegistry, metrics: DeliverMetrics) -> None:
        """Send by these."""
        self._senders = senders
        self._metrics = metrics

    async def send(
        self,
        attempt: Attempt,
        subscription: Subscription,
        channel: Channel,
        channels: Channels,
    ) -> SendResult:
        """Try once; whatever goes wrong is an answer."""
        kind = kind_label(channel.kind)
        try:
            sender = await self._senders.sender_for(channel, channels, subscription)
            message = await _message(attempt, subscription, sender)
            answer = await sender.send(message)
        except Exception as error:  # noqa: BLE001  # see below
            # Never of the receiver's making. Its text might hold a secret: only where it was.
            place = extract_tb(error.__traceback__)[-1]
            log.error(  # noqa: TRY400  # an exception's text
                "delivery failed by a fault of ours",
                channel=channel.label,
                error=type(error).__name__,
                where=f"{place.filename}:{place.lineno}",
            )
            answer = SendResult(
                verdict=SendStatus.RETRY, detail=f"a fault of ours: {type(error).__name__}"
            )
        self._metrics.attempts.labels(kind=kind, verdict=answer.verdict.value).inc()
        if answer.verdict is not SendStatus.ACCEPTED:
            log.warning(
                "not delivered",
                subscription=subscription.id,
                channel=channel.label,
                message=attempt.group_id,
                alerts=len(attempt.members),
                verdict=answer.verdict.value,
                detail=answer.detail,
            )
        return answer

    def ended(self, attempt: Attempt, state: DeliveryState, now: datetime) -> None:
        """Count alerts whose delivery came to an end."""
        self._metrics.ended.labels(state=state.value).inc(len(attempt.members))
        if state is DeliveryState.SENT:
            for one in attempt.members:
                self._metrics.duration.observe(max(0.0, (now - one.made).total_seconds()))


async def _message(attempt: Attempt, subscription: Subscription, sender: Sender) -> Notification:
    """Write the message in the formats that its sender wants."""
    own = subscription.title_template or subscription.body_template
    # A stranger's template may take a second: not on the loop that all others wait for.
    made = await asyncio.to_thread(_written, attempt, subscription, sender) if own else None
    return made or _written(attempt, subscription, sender)


def _written(attempt: Attempt, subscription: Subscription, sender: Sender) -> Notification:
    alerts = tuple(one.alert for one in attempt.members)
    bodies = {
        format_: render_message(alerts, subscription, form=attempt.form, format_=format_)
        for format_ in sender.formats
    }
    return Notification(
        id=attempt.group_id,
        form=attempt.form,
        alerts=alerts,
        subscription=subscription,
        title=next((one.title for one in bodies.values()), ""),
        bodies={format_: one.body for format_, one in bodies.items() if one.format is format_},
    )
