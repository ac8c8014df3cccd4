"""Process a Kafka message into the messages to send: the part that is the same for all stages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from streams.errors import is_infrastructure
from streams.outcome import Drop, Emit, Outcome, Reject, RejectReason
from streams.records import (
    ATTEMPT_HEADER,
    ORIGIN_HEADER,
    SENDER_HEADER,
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
from streams.records.origin import origin_of_message
from streams.records.topics import CLEAN, DEAD_LETTER, RAW, TOPICS
from streams.topology import Stage

R = TypeVar("R", bound=Record)

ENVELOPE_BYTES = 4096
"""Allowance for what Kafka counts besides value and key: the 61 bytes of a batch, the origin, and
a reserve."""

TRUNCATED_BYTES = 64 * 1024
"""Length to which key and value are cut if the dead letter would be too large for Kafka."""

TOPIC_OF: dict[type[Record], Topic] = {
    record: topic for topic in TOPICS for record in topic.records
}
"""Topic of each record type; only `route` chooses other topics."""


def attempt_of(headers: Iterable[tuple[str, bytes]]) -> int:
    """Return the number of the attempt to process a record; 1 without a valid header.

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
    """A Kafka message; the topic is its logical name, without prefix.

    Attributes:
        topic_id: Id of the topic, as in an origin; empty if unknown.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    topic_id: str = ""

    @property
    def origin(self) -> Origin:
        """Position at which the article entered the pipeline, see `origin_of_message`."""
        return origin_of_message(
            self.topic, self.partition, self.offset, self.headers, topic_id=self.topic_id
        )

    @property
    def attempt(self) -> int:
        """Number of the attempt to process this record: 1, and 1 more for each redrive."""
        return attempt_of(self.headers)

    @property
    def taken(self) -> int | None:
        """Time at which the first stage read the article, in milliseconds since the epoch.

        ``None`` on the raw topic, which no stage has read.

        Examples:
            >>> headers = (("news-taken", b"1795400552621"),)
            >>> Message(
            ...     topic="a", partition=0, offset=7, key=None, value=None, headers=headers
            ... ).taken
            1795400552621
        """
        for name, value in self.headers if self.topic != RAW.name else ():
            if name == TAKEN_HEADER and value.isdigit():
                return int(value[:14])
        return None

    @property
    def forwarded_headers(self) -> list[tuple[str, bytes]]:
        """Headers for every record made from this one: origin, sender, attempt after the first.

        Examples:
            >>> Message(topic="a", partition=0, offset=7, key=None, value=None).forwarded_headers
            [('news-origin', b'a-0-7')]
        """
        forwarded = [(ORIGIN_HEADER, str(self.origin).encode())]
        forwarded += [header for header in self.headers if header[0] == SENDER_HEADER][:1]
        if self.attempt > 1:
            forwarded.append((ATTEMPT_HEADER, str(self.attempt).encode()))
        return forwarded


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to send; without a value it is a tombstone."""

    topic: str
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Result:
    """The result of processing a message.

    Attributes:
        messages: Messages to send, in order.
        decision: ``emitted``, ``dropped`` or ``rejected``.
        reason: Reason of a drop or rejection.
    """

    messages: tuple[OutgoingMessage, ...]
    decision: str
    reason: str = ""


Processor = Callable[[Message, datetime], Result]
"""A function that runs a stage on one message; the time is used for dead letters only."""


def outgoing_message(record: Record, topic: Topic | None = None) -> OutgoingMessage:
    """Return the message for a record: topic by record type, key as the registry defines."""
    topic = topic or TOPIC_OF[type(record)]
    return OutgoingMessage(topic.name, getattr(record, topic.key).encode(), encode(record))


def dead_letter_of(stage: Stage, message: Message, reject: Reject, now: datetime) -> Result:
    """Return the dead letter of a message, with its bytes unchanged.

    If Kafka would refuse the letter because of its size, key and value are cut and headers left
    out: otherwise such a record would stop its stage permanently.
    """
    letter = DeadLetter(
        stage=stage.name,
        reason=reject.reason,
        # An exception may quote a lone surrogate, which JSON cannot encode.
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
        value = encode(_truncated(letter))
    return Result(
        (OutgoingMessage(DEAD_LETTER.name, message.key, value),), "rejected", reject.reason
    )


def _truncated(letter: DeadLetter) -> DeadLetter:
    return msgspec.structs.replace(
        letter,
        detail=f"{letter.detail} (key and value cut to {TRUNCATED_BYTES} bytes, headers left out)",
        key=None if letter.key is None else letter.key[:TRUNCATED_BYTES],
        value=None if letter.value is None else letter.value[:TRUNCATED_BYTES],
        headers=(),
        truncated=True,
    )


def _decode(stage: Stage, message: Message) -> Record | Reject:
    if message.value is None:
        return Reject(RejectReason.MISSING_VALUE, "the record has no value")
    record = next(record for topic, record in stage.reads if topic.name == message.topic)
    try:
        return decode(message.value, record)
    except DecodeError as error:
        return Reject(RejectReason(error.problem.value), error.detail)


def _result_of(
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
    messages = tuple(outcome.record)
    refusal = refusal_of(messages)
    return dead_letter_of(stage, message, refusal, now) if refusal else Result(messages, "emitted")


def refusal_of(messages: Iterable[OutgoingMessage]) -> Reject | None:
    """Return the rejection of a record whose results Kafka would refuse; None if it takes all."""
    limit = CLEAN.max_bytes - ENVELOPE_BYTES
    for item in messages:
        if item.value is not None and len(item.value) > limit:
            detail = f"its record for {item.topic} has {len(item.value)} bytes, limit {limit}"
            return Reject(RejectReason.TOO_LARGE, detail)
    return None


def processor_for(
    stage: Stage, decide: Callable[[Record, Message], Outcome[Iterable[OutgoingMessage]]]
) -> Processor:
    """Return a processor: decode a message, decide, and address records or a dead letter.

    Args:
        stage: The stage, with the record types of its topics.
        decide: Runs the stage on a decoded record.

    Returns:
        A processor; it raises only what `streams.errors.is_infrastructure` accepts.
    """

    def process(message: Message, now: datetime) -> Result:
        article = _decode(stage, message)
        if isinstance(article, Reject):
            return dead_letter_of(stage, message, article, now)
        try:
            return _result_of(stage, message, now, article, decide(article, message))
        except Exception as error:  # a bug must not stop the stream
            if is_infrastructure(error):
                raise
            detail = f"{type(error).__name__}: {error}"
            return dead_letter_of(stage, message, Reject(RejectReason.STAGE_FAILED, detail), now)

    return process


def emit_one(outcome: Outcome[R]) -> Outcome[Iterable[OutgoingMessage]]:
    """Return an outcome with its one record as an outgoing message."""
    return Emit((outgoing_message(outcome.record),)) if isinstance(outcome, Emit) else outcome
