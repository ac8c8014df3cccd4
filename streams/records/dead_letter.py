"""DeadLetter: a record that a stage could not read, with its bytes as they came."""

from datetime import datetime
from typing import Annotated

import msgspec

from streams.records.record import Name, Record


class DeadLetter(Record, frozen=True, kw_only=True):
    """A record that could not be read, complete enough to mend it and send it again.

    Attributes:
        stage: Who rejected it (``sources`` for what never reached Kafka).
        reason: One of `streams.outcome.RejectReason`.
        detail: What was wrong, for people.
        time: When it was rejected.
        topic: Where it was read from; empty for what never reached Kafka.
        partition: There; -1 when it never reached Kafka.
        offset: There; -1 when it never reached Kafka.
        origin: Its origin; empty when it never reached Kafka.
        key: The key as it came, base64 in JSON.
        value: The bytes as they came; the first 64 KiB of what was too large for Kafka.
        headers: Name and bytes of each header as they came.
        attempt: 1 for the first time, one more for each ``redrive``.
    """

    stage: Name
    reason: Name
    detail: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    topic: str = ""
    partition: int = -1
    offset: int = -1
    origin: str = ""
    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    attempt: Annotated[int, msgspec.Meta(ge=1)] = 1
