"""A Kafka message in, messages to send out: what is the same for every stage."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from schemas import (
    ORIGIN_HEADER,
    CleanArticle,
    DeadLetter,
    DecodeError,
    DroppedArticle,
    DuplicateArticle,
    EnrichedArticle,
    Memory,
    Origin,
    Record,
    Topic,
    UniqueArticle,
    decode,
    encode,
)
from schemas.topics import CLEAN, DEAD_LETTER, DROPPED, DUPLICATES, ENRICHED, MEMORY, UNIQUE
from streams.outcome import Drop, Emit, Outcome, Reject, RejectReason
from streams.topology import Stage

R = TypeVar("R", bound=Record)

ATTEMPT_HEADER = "news-attempt"
"""How often the record was sent to its stage: 1 more for each ``redrive``."""

TOPIC_OF: dict[type[Record], Topic] = {
    CleanArticle: CLEAN,
    UniqueArticle: UNIQUE,
    DuplicateArticle: DUPLICATES,
    EnrichedArticle: ENRICHED,
    DroppedArticle: DROPPED,
    DeadLetter: DEAD_LETTER,
    Memory: MEMORY,
}
"""Where a record goes; only what `route` sends goes elsewhere."""


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
        """Where the article entered: as the header says, else here."""
        for name, value in self.headers:
            if name == ORIGIN_HEADER:
                return Origin.parse(value.decode())
        return Origin(self.topic, self.partition, self.offset)

    @property
    def attempt(self) -> int:
        """How often this record was tried: 1, and 1 more for each redrive."""
        for name, value in self.headers:
            if name == ATTEMPT_HEADER and value.isdigit():
                return int(value[:6])
        return 1


@dataclass(frozen=True, slots=True)
class Sending:
    """One message to send; without a value it is a tombstone."""

    topic: str
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Result:
    """What a step made of a message.

    Attributes:
        sendings: What to send, in order.
        decision: ``emitted``, ``dropped`` or ``rejected``.
        reason: Why, when it was not emitted.
    """

    sendings: tuple[Sending, ...]
    decision: str
    reason: str = ""


Step = Callable[[Message, datetime], Result]
"""What runs a stage on one message; the time is for dead letters only."""


def sending(record: Record, topic: Topic | None = None) -> Sending:
    """Address a record: its topic by its type, its key by the registry."""
    topic = topic or TOPIC_OF[type(record)]
    return Sending(topic.name, getattr(record, topic.key).encode(), encode(record))


def rejected(stage: Stage, message: Message, reject: Reject, now: datetime) -> Result:
    """Make the dead letter of a message, with its bytes as they came."""
    letter = DeadLetter(
        stage=stage.name,
        reason=reject.reason,
        detail=reject.detail[:4000],
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
    letters = (Sending(DEAD_LETTER.name, message.key, encode(letter)),)
    return Result(letters, "rejected", reject.reason)


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
    outcome: Outcome[Iterable[Sending]],
) -> Result:
    if isinstance(outcome, Reject):
        return rejected(stage, message, outcome, now)
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
        return Result((sending(dropped),), "dropped", outcome.reason)
    sendings = tuple(outcome.record)
    for item in sendings:
        if item.value is not None and len(item.value) > CLEAN.max_bytes:
            detail = f"its record for {item.topic} has {len(item.value)} bytes"
            return rejected(stage, message, Reject(RejectReason.TOO_LARGE, detail), now)
    return Result(sendings, "emitted")


def step_of(stage: Stage, decide: Callable[[Record, Message], Outcome[Iterable[Sending]]]) -> Step:
    """Put a decision between bytes and bytes: read, decide, address, or say why not."""

    def step(message: Message, now: datetime) -> Result:
        article = _read(stage, message)
        if isinstance(article, Reject):
            return rejected(stage, message, article, now)
        try:
            return _settle(stage, message, now, article, decide(article, message))
        except Exception as error:  # noqa: BLE001  # a fault of ours must not stop the stream
            detail = f"{type(error).__name__}: {error}"
            return rejected(stage, message, Reject(RejectReason.STAGE_FAILED, detail), now)

    return step


def emit_one(outcome: Outcome[R]) -> Outcome[Iterable[Sending]]:
    """Address the one record of an outcome."""
    return Emit((sending(outcome.record),)) if isinstance(outcome, Emit) else outcome
