"""One alert on its way through one channel, as the ledger knows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from streams.records import Alert


class DeliveryState(StrEnum):
    """How far a delivery is; stable for ever, since they stand in ledgers."""

    WAITING = "waiting"
    """Not sent yet; it goes when its turn comes."""
    HELD = "held"
    """Not sent yet on purpose: digest window, quiet hours, limit, pause; the error says which."""
    SENDING = "sending"
    """Being sent; or was when the deliverer died, and is sent again under the same id."""
    FAILED = "failed"
    """Sent in vain; it is tried again."""
    SENT = "sent"
    """Accepted by the receiver."""
    GIVEN_UP = "given_up"
    """Refused for good, or not accepted before the deadline; `streams alerts resend`."""
    SKIPPED = "skipped"
    """Never sent: its subscription went away, or may not use the channel any more."""


ENDED = (DeliveryState.SENT, DeliveryState.GIVEN_UP, DeliveryState.SKIPPED)
"""Nothing more is done by itself."""


class QueueKey(NamedTuple):
    """What keeps its order: the deliveries of one subscription to one channel.

    Attributes:
        subscription_id: Of the subscription.
        channel: What `streams.config.channels_file.channel_label` makes of a channel: its name,
            or host and hash of a webhook's address; never a secret.
    """

    subscription_id: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An alert and a channel; alert and channel together are the idempotency key.

    Attributes:
        number: In the order in which they came; 0 before the ledger has it.
        channel: As in `QueueKey`.
        partition: Of alerts.v1: who has it delivers.
        alert: What is told.
        made: When the alert was sent to alerts.v1.
        arrived: When the ledger got it.
        state: How far it is.
        group_id: Of the message that it is part of, the webhook-id; empty before the first
            attempt, the same for ever after it.
        form: How its group is told (`streams.alerts.policy.MessageKind`); empty as long.
        attempts: How often it was sent.
        first_try: When the first time.
        next_try: When it is looked at again; None: when its turn comes.
        ended: When it got its last state.
        last_error: What went wrong last, or what it is held for; no secrets in it.
    """

    number: int = 0
    channel: str
    partition: int
    alert: Alert
    made: datetime
    arrived: datetime
    state: DeliveryState = DeliveryState.WAITING
    group_id: str = ""
    form: str = ""
    attempts: int = 0
    first_try: datetime | None = None
    next_try: datetime | None = None
    ended: datetime | None = None
    last_error: str = ""

    @property
    def lane(self) -> QueueKey:
        """What it keeps its place in."""
        return QueueKey(self.alert.subscription_id, self.channel)

    @property
    def key(self) -> str:
        """Its idempotency key."""
        return f"{self.alert.id} {self.channel}"


def group_id(keys: tuple[str, ...]) -> str:
    """Name a message by the deliveries in it: the same ones give the same id.

    Args:
        keys: Their idempotency keys, in order; not empty.

    References:
        Standard Webhooks 1.0.0, "webhook-id": the same for the same message however often it
        is sent. 128 bits of SHA-256: no two messages share one.

    Examples:
        >>> group_id(("rates/18f2/1 desk",))
        'msg_14a6a2ff9e5ee2102460aaf036844fbc'
    """
    return "msg_" + sha256("\n".join(keys).encode()).hexdigest()[:32]
