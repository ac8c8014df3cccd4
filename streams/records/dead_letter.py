"""DeadLetter: a record that could not be processed, with its original bytes."""

from datetime import datetime
from typing import Annotated

import msgspec

from streams.records.record import Name, Record


class DeadLetter(Record, frozen=True, kw_only=True):
    """A record that could not be processed, with everything needed to fix it and send it again.

    Attributes:
        stage: Stage that rejected the record; ``sources`` for input that never reached Kafka.
        reason: Reason of the rejection, such as ``not_json``
            (`streams.outcome.RejectReason`).
        detail: Description of the problem for people.
        time: Time of the rejection.
        topic: Topic that the record was read from; empty if it never reached Kafka.
        partition: Partition of that topic; -1 if the record never reached Kafka.
        offset: Offset in that partition; -1 if the record never reached Kafka.
        origin: Origin of the record, ``TOPIC-PARTITION-OFFSET`` in the raw topic; empty if it never
            reached Kafka.
        key: Original key in base64; null if the record had no key.
        value: Original value in base64; null if the record had no value. A value that is too large
            for the topic is truncated to 64 KiB.
        headers: Original headers, each as a name and a value in base64.
        attempt: Number of times the record was processed: 1 the first time, one more after each
            ``streams dead-letters redrive``.
        truncated: Whether key and value were cut, and headers left out.
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
    truncated: bool = False
