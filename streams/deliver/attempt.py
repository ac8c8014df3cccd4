"""Make one delivery attempt: render a message, send it, count and log the result."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from traceback import extract_tb

import structlog

from streams.alerts.policy import MessageKind
from streams.alerts.templates.process import TemplateProcess
from streams.config.channels import Channel, Channels, kind_label
from streams.deliver.channels.message import ChannelSender, Notification
from streams.deliver.channels.registry import ChannelRegistry
from streams.deliver.channels.result import SendResult, SendStatus
from streams.deliver.ledger.delivery import Delivery, DeliveryState
from streams.deliver.metrics import DeliverMetrics
from streams.records import Subscription

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A group of deliveries that is due.

    Attributes:
        members: The deliveries, in order.
        group_id: Id of the message; it never changes.
        form: Whether the message is a single alert or a digest.
    """

    members: list[Delivery]
    group_id: str
    form: MessageKind


class AttemptRunner:
    """Renders messages, sends them, and counts and logs the results.

    Args:
        senders: Opens the senders of channels.
        metrics: Metrics of the deliverer.
        templates: Renders the messages.
    """

    def __init__(
        self, senders: ChannelRegistry, metrics: DeliverMetrics, templates: TemplateProcess
    ) -> None:
        self._senders = senders
        self._metrics = metrics
        self._templates = templates
        # One thread: a template that takes its second holds up other templates, and no sender.
        self._rendering = ThreadPoolExecutor(1, "templates")

    async def send(
        self,
        attempt: Attempt,
        subscription: Subscription,
        channel: Channel,
        channels: Channels,
    ) -> SendResult:
        """Try once; every failure is returned as a result."""
        kind = kind_label(channel.kind)
        try:
            sender = await self._senders.sender_for(channel, channels, subscription)
            message = await self._message(attempt, subscription, sender)
            answer = await sender.send(message)
        except Exception as error:  # noqa: BLE001  # see below
            # A bug, not the receiver's failure. The error's text might hold a secret, so only its
            # type and position are logged.
            place = extract_tb(error.__traceback__)[-1]
            log.error(  # noqa: TRY400  # an exception's text
                "delivery failed: internal error",
                channel=channel.label,
                error=type(error).__name__,
                where=f"{place.filename}:{place.lineno}",
            )
            answer = SendResult(
                verdict=SendStatus.RETRY, detail=f"internal error: {type(error).__name__}"
            )
        self._metrics.attempts.labels(kind=kind, verdict=answer.verdict.value).inc()
        if answer.verdict is not SendStatus.ACCEPTED:
            log.warning(
                "delivery failed",
                subscription=subscription.id,
                channel=channel.label,
                message=attempt.group_id,
                alerts=len(attempt.members),
                verdict=answer.verdict.value,
                detail=answer.detail,
            )
        return answer

    async def _message(
        self, attempt: Attempt, subscription: Subscription, sender: ChannelSender
    ) -> Notification:
        """Render the message in the formats that its sender needs."""
        render = partial(_render, attempt, subscription, sender, self._templates)
        # A user's template may take a second, which would block the event loop.
        if subscription.title_template or subscription.body_template:
            return await asyncio.get_running_loop().run_in_executor(self._rendering, render)
        return render()

    def count_ended(self, attempt: Attempt, state: DeliveryState, now: datetime) -> None:
        """Count alerts whose delivery has ended."""
        self._metrics.ended.labels(state=state.value).inc(len(attempt.members))
        if state is DeliveryState.SENT:
            for delivery in attempt.members:
                self._metrics.duration.observe(max(0.0, (now - delivery.made).total_seconds()))


def _render(
    attempt: Attempt,
    subscription: Subscription,
    sender: ChannelSender,
    templates: TemplateProcess,
) -> Notification:
    alerts = tuple(delivery.alert for delivery in attempt.members)
    formats = list(sender.formats)
    messages = templates.render(alerts, subscription, form=attempt.form, formats=formats)
    bodies = dict(zip(formats, messages, strict=True))
    return Notification(
        id=attempt.group_id,
        form=attempt.form,
        alerts=alerts,
        subscription=subscription,
        title=next((message.title for message in bodies.values()), ""),
        bodies={
            format_: message.body
            for format_, message in bodies.items()
            if message.format is format_
        },
    )
