"""A Kafka message in, messages to send out: what is the same for every stage."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from streams.outcome import Drop, Emit, Outcome, Reject, RejectReason
from streams.records import (
    ATTEMPT_HEADER,
    ORIGIN_HEADER,
    TAKEN_HEADER,
    DeadLetter,
    DecodeError,
    DroppedArticle,
    Origin,
    Record,
    Topic,
    decode,
    encode,
)
from streams.records.topics import (
    CLEAN,
    DEAD_LETTER,
    TOPICS,
)
from streams.topology import Stage

R = TypeVar("R", bound=Record)

LONGEST_ORIGIN = 300
"""Bytes: 249 for the name of a topic (Kafka's limit), and two numbers of 64 bits."""

ENVELOPE_BYTES = 4096
"""What Kafka counts beside value and key: a batch's 61 bytes, the origin, room to spare."""

KEPT_BYTES = 64 * 1024
"""What is kept of each part of a record whose dead letter would be too large for Kafka."""

TOPIC_OF: dict[type[Record], Topic] = {
    record: topic for topic in TOPICS for record in topic.records
}
"""Where a record goes; only what `route` sends goes elsewhere."""


def attempt_of(headers: Iterable[tuple[str, bytes]]) -> int:
    """Read how often a record was tried: 1 where nothing says more.

    Examples:
        >>> attempt_of([("news-attempt", b"3")]), attempt_of([("news-attempt", b"x")])
        (3, 1)
    """
    for name, value in headers:
        if name == ATTEMPT_HEADER and value.isdigit():
            return max(1, int(value[:6]))
    return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as Kafka has it, topic by its logical name."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def origin(self) -> Origin:
        """Where the article entered: as the header says when it can be read, else here."""
        for name, value in self.headers:
            if name == ORIGIN_HEADER and len(value) <= LONGEST_ORIGIN:
                with suppress(ValueError):
                    return Origin.parse(value.decode())
        return Origin(self.topic, self.partition, self.offset)

    @property
    def attempt(self) -> int:
        """How often this record was tried: 1, and 1 more for each redrive."""
        return attempt_of(self.headers)

    @property
    def taken(self) -> int | None:
        """When the first stage took the article up, milliseconds since the epoch.

        Examples:
            >>> headers = (("news-taken", b"1795400552621"),)
            >>> Message(
            ...     topic="a", partition=0, offset=7, key=None, value=None, headers=headers
            ... ).taken
            1795400552621
        """
        for name, value in self.headers:
            if name == TAKEN_HEADER and value.isdigit():
                return int(value[:14])
        return None

    @property
    def headers_on(self) -> list[tuple[str, bytes]]:
        """What every record that is made of this one carries on: origin, attempt if not the first.

        Examples:
            >>> Message(topic="a", partition=0, offset=7, key=None, value=None).headers_on
            [('news-origin', b'a-0-7')]
        """
        origin = (ORIGIN_HEADER, str(self.origin).encode())
        if self.attempt == 1:
            return [origin]
        return [origin, (ATTEMPT_HEADER, str(self.attempt).encode())]


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to send; without a value it is a tombstone."""

    topic: str
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Result:
    """What a step made of a message.

    Attributes:
        sendings: What to send, in order.
        decision: ``emitted``, ``dropped`` or ``dead_letter_of``.
        reason: Why, when it was not emitted.
    """

    sendings: tuple[OutgoingMessage, ...]
    decision: str
    reason: str = ""


Processor = Callable[[Message, datetime], Result]
"""What runs a stage on one message; the time is for dead letters only."""


def outgoing_message(record: Record, topic: Topic | None = None) -> OutgoingMessage:
    """Address a record: its topic by its type, its key by the registry."""
    topic = topic or TOPIC_OF[type(record)]
    return OutgoingMessage(topic.name, getattr(record, topic.key).encode(), encode(record))


def dead_letter_of(stage: Stage, message: Message, reject: Reject, now: datetime) -> Result:
    """Make the dead letter of a message, with its bytes as they came.

    Only when Kafka would refuse so large a letter, each part of it is cut:
    else one such record would stop its stage for ever.
    """
    letter = DeadLetter(
        stage=stage.name,
        reason=reject.reason,
        # An exception may quote a lone surrogate, which no JSON can carry.
        detail=reject.detail[:4000].encode("utf-8", "backslashreplace").decode(),
        time=now,
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        origin=str(message.origin),
        key=message.key,
        value=message.value,
        headers=message.headers,
        attempt=message.attempt,
    )
    value = encode(letter)
    if len(value) + len(message.key or b"") > DEAD_LETTER.max_bytes - ENVELOPE_BYTES:
        value = encode(_shortened(letter))
    return Result(
        (OutgoingMessage(DEAD_LETTER.name, message.key, value),), "rejected", reject.reason
    )


def _shortened(letter: DeadLetter) -> DeadLetter:
    return msgspec.structs.replace(
        letter,
        detail=f"{letter.detail} (key and value cut to {KEPT_BYTES} bytes, headers left out)",
        key=None if letter.key is None else letter.key[:KEPT_BYTES],
        value=None if letter.value is None else letter.value[:KEPT_BYTES],
        headers=(),
    )


def _read(stage: Stage, message: Message) -> Record | Reject:
    if message.value is None:
        return Reject(RejectReason.MISSING_VALUE, "the record has no value")
    record = next(record for topic, record in stage.reads if topic.name == message.topic)
    try:
        return decode(message.value, record)
    except DecodeError as error:
        return Reject(RejectReason(error.problem.value), error.detail)


def _settle(
    stage: Stage,
    message: Message,
    now: datetime,
    article: Record,
    outcome: Outcome[Iterable[OutgoingMessage]],
) -> Result:
    if isinstance(outcome, Reject):
        return dead_letter_of(stage, message, outcome, now)
    if isinstance(outcome, Drop):
        dropped = DroppedArticle(
            id=getattr(article, "id"),  # noqa: B009  # every record with a stage has one
            url=getattr(article, "url", ""),
            source=getattr(article, "source", ""),
            title=getattr(article, "title", ""),
            stage=stage.name,
            reason=outcome.reason,
            evidence=outcome.evidence,
            receipts=getattr(article, "receipts", ()),
        )
        return Result((outgoing_message(dropped),), "dropped", outcome.reason)
    sendings = tuple(outcome.record)
    for item in sendings:
        if item.value is not None and len(item.value) > CLEAN.max_bytes - ENVELOPE_BYTES:
            detail = f"its record for {item.topic} has {len(item.value)} bytes"
            return dead_letter_of(stage, message, Reject(RejectReason.TOO_LARGE, detail), now)
    return Result(sendings, "emitted")


def processor_for(
    stage: Stage, decide: Callable[[Record, Message], Outcome[Iterable[OutgoingMessage]]]
) -> Processor:
    """Put a decision between bytes and bytes: read, decide, address, or say why not."""

    def step(message: Message, now: datetime) -> Result:
        article = _read(stage, message)
        if isinstance(article, Reject):
            return dead_letter_of(stage, message, article, now)
        try:
            return _settle(stage, message, now, article, decide(article, message))
        except Exception as error:  # noqa: BLE001  # a fault of ours must not stop the stream
            detail = f"{type(error).__name__}: {error}"
            return dead_letter_of(stage, message, Reject(RejectReason.STAGE_FAILED, detail), now)

    return step


def emit_one(outcome: Outcome[R]) -> Outcome[Iterable[OutgoingMessage]]:
    """Address the one record of an outcome."""
    return Emit((outgoing_message(outcome.record),)) if isinstance(outcome, Emit) else outcome
