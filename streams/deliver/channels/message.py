"""A message as it goes out: some alerts of one subscription, under an id that never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from streams.alerts.policy import MessageKind
from streams.alerts.templates.format import BodyFormat
from streams.deliver.channels.result import SendResult
from streams.records import Alert, Subscription

MASK = "***"
"""Stands where a secret was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What a sender gets.

    Attributes:
        id: The webhook-id: the same however often it is sent.
        form: How the alerts are told.
        alerts: In the order in which they came.
        subscription: Whose they are, as it is now.
        title: For people, one line.
        bodies: For people, in the formats that the sender asked for.
    """

    id: str
    form: MessageKind
    alerts: tuple[Alert, ...]
    subscription: Subscription
    title: str
    bodies: Mapping[BodyFormat, str]


class Sender(Protocol):
    """Sends through one channel.

    Attributes:
        formats: In which it wants the body.
    """

    @property
    def formats(self) -> tuple[BodyFormat, ...]: ...  # noqa: D102  # above

    async def send(self, message: Notification) -> SendResult:
        """Try once, in bounded time; whatever goes wrong is an answer."""
        ...


def mask_secrets(text: str, *secrets: str) -> str:
    r"""Take secrets out of what goes into a log or the ledger, and make it one short line.

    Examples:
        >>> mask_secrets("cannot log in as bob with pa55\nword", "pa55", "")
        'cannot log in as bob with *** word'
    """
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return " ".join(text.split())[:300]
