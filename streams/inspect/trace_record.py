"""Parse the records of an article, and sort them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from aiokafka import ConsumerRecord

from streams.inspect.origins import short_origin
from streams.kafka.connection import logical_name
from streams.kafka.decoding import headers_of, sent_at
from streams.kafka.read import record_in
from streams.records import DeadLetter, Record
from streams.records.origin import origin_of_message
from streams.records.topics import DROPPED, TOPICS
from streams.settings import Settings

_RANK = {topic.name: 2 * rank for rank, topic in enumerate(TOPICS)}
_ROUTED_RANK = _RANK[DROPPED.name] - 1


@dataclass(frozen=True, kw_only=True)
class TraceRecord:
    """One record of an article.

    Attributes:
        topic: Logical name of the topic.
        partition: Partition of the topic.
        offset: Offset in the partition.
        sent: Time of sending.
        origin: Position at which this version of the article entered the pipeline; with the id of
            the raw topic if that was deleted meanwhile.
        record: The record.
        n_repeats: How often the same record was sent again (at-least-once).
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
        """Position among the records of one version."""
        return _RANK.get(self.topic, _ROUTED_RANK)

    @property
    def article(self) -> str:
        """Id of the article; empty where the record has none."""
        return str(getattr(self.record, "id", ""))


def parse_trace_record(
    message: ConsumerRecord, settings: Settings, *, topic_id: str = ""
) -> TraceRecord | None:
    """Decode a message of any topic; None if it is not a record of that topic.

    Args:
        message: The message.
        settings: Settings with the prefix of the topics.
        topic_id: Id of the raw topic that exists now; empty if unknown.
    """
    record = record_in(message, settings)
    if record is None:
        return None
    origin = origin_of(message, settings, topic_id=topic_id)
    if isinstance(record, DeadLetter):
        origin = short_origin(record.origin, topic_id)
    return TraceRecord(
        topic=logical_name(settings, message.topic),
        partition=message.partition,
        offset=message.offset,
        sent=sent_at(message),
        origin=origin,
        record=record,
    )


def origin_of(message: ConsumerRecord, settings: Settings, *, topic_id: str = "") -> str:
    """Return the origin of a message (`short_origin`); one that entered here is its own origin."""
    topic = logical_name(settings, message.topic)
    origin = origin_of_message(topic, message.partition, message.offset, headers_of(message))
    return short_origin(str(origin), topic_id)


def drop_redelivered(entries: Iterable[TraceRecord]) -> list[TraceRecord]:
    """Keep the first of the records sent more than once for one origin, and count the others."""
    first_by_name: dict[tuple[str, str, str], TraceRecord] = {}
    for entry in sorted(entries, key=lambda entry: (entry.sent, entry.partition, entry.offset)):
        # Dead letters of one origin can have different reasons, at different attempts.
        detail = ""
        if isinstance(entry.record, DeadLetter):
            detail = f"{entry.record.stage} {entry.record.reason} {entry.record.attempt}"
        name = (entry.topic, entry.origin, detail or entry.article)
        first = first_by_name.get(name)
        first_by_name[name] = (
            entry if first is None else replace(first, n_repeats=first.n_repeats + 1)
        )
    return list(first_by_name.values())


def sort_trace(entries: Iterable[TraceRecord]) -> list[TraceRecord]:
    """Sort records by the time their version entered the pipeline, and each version by stage."""
    entries = list(entries)
    entered: dict[str, datetime] = {}
    for entry in entries:
        entered[entry.origin] = min(entry.sent, entered.get(entry.origin, entry.sent))
    return sorted(
        entries, key=lambda entry: (entered[entry.origin], entry.origin, entry.rank, entry.sent)
    )
