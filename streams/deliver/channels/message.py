"""Messages to receivers: alerts of one saved search, with an id that never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from streams.alerts.policy import MessageKind
from streams.alerts.templates.format import BodyFormat
from streams.deliver.channels.result import SendResult
from streams.records import Alert, Subscription

MASK = "***"
"""Replaces secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A message to a receiver.

    Attributes:
        id: The webhook-id; the same whenever the message is sent again.
        form: Whether the message is a single alert or a digest.
        alerts: The alerts, in the order in which they were raised.
        subscription: The saved search, in its current version.
        title: One line for people.
        bodies: Texts for people, in the formats that the sender needs.
    """

    id: str
    form: MessageKind
    alerts: tuple[Alert, ...]
    subscription: Subscription
    title: str
    bodies: Mapping[BodyFormat, str]


class ChannelSender(Protocol):
    """Sends through one channel.

    Attributes:
        formats: Formats of the body that it needs.
    """

    @property
    def formats(self) -> tuple[BodyFormat, ...]: ...  # noqa: D102  # above

    async def send(self, message: Notification) -> SendResult:
        """Try once, in bounded time; every failure is returned as a result."""
        ...


def mask_secrets(text: str, *secrets: str) -> str:
    r"""Return a text for a log or the ledger: without secrets, as one short line.

    Examples:
        >>> mask_secrets("cannot log in as bob with pa55\nword", "pa55", "")
        'cannot log in as bob with *** word'
    """
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return " ".join(text.split())[:300]
