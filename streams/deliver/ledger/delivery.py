"""A row of the ledger: one alert on one channel."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from streams.records import Alert


class DeliveryState(StrEnum):
    """State of a delivery; the values never change, since ledgers contain them."""

    WAITING = "waiting"
    """Not sent yet; waiting for its turn."""
    HELD = "held"
    """Deliberately not sent yet: digest window, quiet hours, limit, pause; the error names the
    reason.
    """
    SENDING = "sending"
    """Being sent; or was when the deliverer died, and is sent again under the same id."""
    FAILED = "failed"
    """Not accepted; it is tried again."""
    SENT = "sent"
    """Accepted by the receiver."""
    GIVEN_UP = "given_up"
    """Refused permanently, or not accepted before the deadline; see `streams alerts resend`."""
    SKIPPED = "skipped"
    """Never sent: its saved search was deleted, or may no longer use the channel."""


ENDED = (DeliveryState.SENT, DeliveryState.GIVEN_UP, DeliveryState.SKIPPED)
"""States in which nothing more happens automatically."""


class QueueKey(NamedTuple):
    """Key of a delivery queue: the deliveries of one saved search to one channel, kept in order.

    Attributes:
        subscription_id: Id of the saved search.
        channel: Label of the channel from `streams.config.channels_file.channel_label`: its name,
            or host and hash of a webhook's address; never a secret.
    """

    subscription_id: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An alert and a channel; alert and channel together are the idempotency key.

    Attributes:
        number: Number in the order of arrival; 0 before the ledger has it.
        channel: As in `QueueKey`.
        partition: Partition of alerts.v1; its consumer delivers.
        alert: The alert.
        made: When the alert was sent to alerts.v1.
        arrived: When the ledger got it.
        state: State of the delivery.
        group_id: Id of the message that contains it, the webhook-id; empty before the first
            attempt, unchanged after it.
        form: Kind of that message (`streams.alerts.policy.MessageKind`); empty before the first
            attempt.
        attempts: Number of attempts.
        first_try: Time of the first attempt.
        next_try: When it is due again. Defaults to its turn in the queue.
        ended: When it reached its final state.
        last_error: The last error, or what it is held for; contains no secrets.
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
    def queue_key(self) -> QueueKey:
        """Key of its delivery queue."""
        return QueueKey(self.alert.subscription_id, self.channel)

    @property
    def key(self) -> str:
        """Idempotency key."""
        return f"{self.alert.id} {self.channel}"


def group_id(keys: tuple[str, ...]) -> str:
    """Return the id of a message from its deliveries: the same ones give the same id.

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
