"""One record on the way of an article, and the order of many."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from aiokafka import ConsumerRecord

from streams.kafka.connection import logical_name
from streams.kafka.read import record_in, sent_at
from streams.records import ORIGIN_HEADER, DeadLetter, DecodeError, Record
from streams.records.topics import DROPPED, TOPICS
from streams.settings import Settings

_RANK = {topic.name: 2 * rank for rank, topic in enumerate(TOPICS)}
_ROUTED_RANK = _RANK[DROPPED.name] - 1


@dataclass(frozen=True, kw_only=True)
class TraceRecord:
    """One record on the way of an article.

    Attributes:
        topic: Logical name.
        partition: There.
        offset: There.
        sent: When.
        origin: Where the version of the article entered.
        record: What it says.
        n_repeats: How often the same was sent again (at-least-once).
    """

    topic: str
    partition: int
    offset: int
    sent: datetime
    origin: str
    record: Record
    n_repeats: int = 0

    @property
    def rank(self) -> int:
        """Its place among the steps of one version."""
        return _RANK.get(self.topic, _ROUTED_RANK)

    @property
    def article(self) -> str:
        """Id of the article it is about; empty where the record has none."""
        return str(getattr(self.record, "id", ""))


def parse_trace_record(message: ConsumerRecord, settings: Settings) -> TraceRecord | None:
    """Decode a message of any topic; None if it is no record of that topic."""
    try:
        record = record_in(message, settings)
    except DecodeError:
        return None
    origin = origin_of(message, settings)
    if isinstance(record, DeadLetter):
        origin = record.origin
    return TraceRecord(
        topic=logical_name(settings, message.topic),
        partition=message.partition,
        offset=message.offset,
        sent=sent_at(message),
        origin=origin,
        record=record,
    )


def origin_of(message: ConsumerRecord, settings: Settings) -> str:
    """Give the origin that a message names; one that names none is an origin itself."""
    for name, value in message.headers:
        if name == ORIGIN_HEADER:
            return str(value.decode(errors="replace"))
    topic = logical_name(settings, message.topic)
    return f"{topic}-{message.partition}-{message.offset}"


def drop_redelivered(steps: Iterable[TraceRecord]) -> list[TraceRecord]:
    """Keep the first of what was sent more than once for one origin, and count the others."""
    kept: dict[tuple[str, str, str], TraceRecord] = {}
    for step in sorted(steps, key=lambda step: (step.sent, step.partition, step.offset)):
        # Dead letters of one origin can have different reasons, at different attempts.
        detail = ""
        if isinstance(step.record, DeadLetter):
            detail = f"{step.record.stage} {step.record.reason} {step.record.attempt}"
        name = (step.topic, step.origin, detail or step.article)
        first = kept.get(name)
        kept[name] = step if first is None else replace(first, n_repeats=first.n_repeats + 1)
    return list(kept.values())


def sort_trace(steps: Iterable[TraceRecord]) -> list[TraceRecord]:
    """Sort by version as they came in, and within each by stage."""
    steps = list(steps)
    entered: dict[str, datetime] = {}
    for step in steps:
        entered[step.origin] = min(step.sent, entered.get(step.origin, step.sent))
    return sorted(steps, key=lambda step: (entered[step.origin], step.origin, step.rank, step.sent))
