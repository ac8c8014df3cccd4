"""Count the records of an audit, topic by topic: where each raw record is, and by whom it was read.

A record counts for an origin only if it can be read as a record of its topic and is about the same
article: a bare header proves nothing. Same article: same source and fetch time, which every stage
copies; of a dead letter of `clean` the same bytes. Dropped records have no fetch time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from xxhash import xxh3_64_intdigest

from streams.inspect.origins import short_origin
from streams.kafka.decoding import header_of, headers_of, read_record, sent_at
from streams.processors.message import TRUNCATED_BYTES, attempt_of
from streams.records import (
    ORIGIN_HEADER,
    REDRIVEN_TO_HEADER,
    Alert,
    CleanArticle,
    DeadLetter,
    DecodeError,
    DroppedArticle,
    DuplicateArticle,
    EnrichedArticle,
    Origin,
    Record,
    decode,
)
from streams.records.origin import origin_of_message
from streams.records.record import AwareTime, Name
from streams.records.topics import (
    ALERTS,
    CLEAN,
    DEAD_LETTER,
    DROPPED,
    DUPLICATES,
    ENRICHED,
    RAW,
    UNIQUE,
    topic_named,
)
from streams.topology import CLEAN_STAGE, DEDUPE_STAGE, ROUTE_STAGE, STAGES, TAG_STAGE

ENDS: Final = (ENRICHED, DUPLICATES, DROPPED, DEAD_LETTER)
"""Topics in which an article can end. Routed records and alerts are copies of these."""

REJECTED_AFTER_END: Final = tuple(
    b'{"stage":"%b"' % stage.name.encode()
    for stage in STAGES
    if any(topic in ENDS for topic, _ in stage.reads)
)
"""First bytes of the dead letters of stages that read the topics where articles end:
`DeadLetter.stage` is the first field.
"""

Place = tuple[str, int, int]
"""Topic, partition and offset."""


@dataclass(frozen=True, kw_only=True)
class OffsetSpan:
    """Offsets of a partition, and how far a reader has got.

    Attributes:
        reader: Name of a stage, or ``deliver``.
        topic: Logical name.
        partition: Partition of the topic.
        first: First offset that Kafka still has.
        end: Offset after the last one.
        read: Next offset that the reader has to read; 0 if it has never committed one.
    """

    reader: str
    topic: str
    partition: int
    first: int
    end: int
    read: int

    @property
    def n_offsets(self) -> int:
        """Number of offsets that were deleted before they were read."""
        return max(0, self.first - self.read)


class _Content(Record, frozen=True, kw_only=True):
    """What every stage copies from a raw record: decoded without its body."""

    source: Name
    fetched: AwareTime


@dataclass(frozen=True, slots=True)
class _RawFacts:
    source: str
    fetched: datetime | None
    value: int


class AuditCount:
    """Counts records; the raw topic first, then the topics behind it in their order.

    Args:
        spans: Each partition, and how far its readers have got; taken before the first record.
        starts: First offset of each partition behind the raw topic, by topic and partition.
        topic_id: Id of the raw topic that exists now; empty if unknown. Origins on a topic that was
            deleted keep their ids, and are those of no record.

    Attributes:
        raw: The records of the raw topic, by origin.
        ends: Topic to the number of records of each origin that ended there.
        routed: Origins on the routes.
        other_article: Origins with a record about another article.
        unreadable: Positions of records that are none of their topic, ``topic-partition-offset``.
        n_alerts: Distinct alerts.
    """

    def __init__(
        self,
        spans: Iterable[OffsetSpan] = (),
        starts: dict[tuple[str, int], int] | None = None,
        *,
        topic_id: str = "",
    ) -> None:
        self._topic_id = topic_id
        self.raw: dict[str, _RawFacts] = {}
        self.ends: dict[str, Counter[str]] = {topic.name: Counter() for topic in ENDS}
        self.routed: set[str] = set()
        self.other_article: set[str] = set()
        self.unreadable: list[str] = []
        self._spans = list(spans)
        self._starts = starts or {}
        self._read = {(span.reader, span.topic, span.partition): span.read for span in self._spans}
        self._unproven: dict[str, Counter[str]] = {topic.name: Counter() for topic in ENDS}
        self._attempts: dict[str, dict[str, int]] = {topic.name: {} for topic in ENDS}
        self._places: dict[str, dict[str, list[Place]]] = {
            stage.name: defaultdict(list) for stage in (CLEAN_STAGE, DEDUPE_STAGE, TAG_STAGE)
        }
        self._routable: dict[str, tuple[Place, datetime]] = {}
        self._rejected_by_route: set[str] = set()
        self._redriven_to: set[str] = set()
        self._unread_by_deliver = 0
        self._alerts: set[int] = set()
        self._unread_by_route = 0
        self._oldest_kept: dict[tuple[str, int], datetime] = {}

    @property
    def n_alerts(self) -> int:
        """Number of distinct alerts."""
        return len(self._alerts)

    # Counting

    def add(self, topic: str, message: Any) -> None:
        """Count a message.

        Args:
            topic: Logical name of its topic.
            message: Any message, of any program.
        """
        if topic == RAW.name:
            self._add_raw(message)
        elif topic in {CLEAN.name, UNIQUE.name}:
            self._add_between(topic, message)
        elif topic == ALERTS.name:
            self._add_alert(message)
        else:
            self._add_behind(topic, message)

    def _add_raw(self, message: Any) -> None:
        """Count a record of the raw topic: each is an article, whatever its headers say."""
        value = message.value or b""
        try:
            content = decode(value, _Content)
            source, fetched = content.source, content.fetched
        except DecodeError:  # its dead letter has its bytes
            source, fetched = "", None
        origin = self._origin(RAW.name, message)
        self.raw[origin] = _RawFacts(source, fetched, _digest(value))
        place = (RAW.name, message.partition, message.offset)
        self._places[CLEAN_STAGE.name][origin].append(place)

    def _add_between(self, topic: str, message: Any) -> None:
        """Count a record that waits for `dedupe` or `tag`, or was read by them."""
        reader = DEDUPE_STAGE.name if topic == CLEAN.name else TAG_STAGE.name
        place = (topic, message.partition, message.offset)
        record = self._readable(topic, message)
        if record is None or not self._is_about(self._origin(topic, message), record):
            return
        self._places[reader][self._origin(topic, message)].append(place)

    def _add_behind(self, topic: str, message: Any) -> None:
        """Count a record in a topic where articles end, or on a route."""
        start = self._starts.get((topic, message.partition), 0)
        if topic == DEAD_LETTER.name and message.value is None:
            self._add_redriven(header_of(message, REDRIVEN_TO_HEADER))
        if start and (topic, message.partition) not in self._oldest_kept:
            self._oldest_kept[topic, message.partition] = sent_at(message)
        record = self._readable(topic, message)
        if record is None:
            return
        origin = self._origin(topic, message)
        if topic not in self.ends:
            self.routed.add(origin)
        elif isinstance(record, DeadLetter) and record.stage == ROUTE_STAGE.name:
            self._rejected_by_route.add(origin)  # it had ended before
        else:
            attempt = attempt_of(headers_of(message))
            if not self._is_about(origin, record, attempt=attempt):
                self._unproven[topic][origin] += 1
                return
            self.ends[topic][origin] += 1
            if attempt > 1:
                self._attempts[topic][origin] = attempt
            self._add_to_route(topic, origin, record, message)

    def _add_redriven(self, position: bytes) -> None:
        """Note where the record of a dead letter was sent again."""
        with suppress(ValueError):
            self._redriven_to.add(str(Origin.parse(position.decode())))

    def _add_to_route(self, topic: str, origin: str, record: Record, message: Any) -> None:
        """Note an article that `route` reads: it waits, or must be on a route."""
        place = (topic, message.partition, message.offset)
        if isinstance(record, EnrichedArticle | DuplicateArticle):
            if not self._was_read(ROUTE_STAGE.name, place):
                self._unread_by_route += 1
            elif topic == ENRICHED.name:
                self._routable[origin] = (place, sent_at(message))

    def _add_alert(self, message: Any) -> None:
        alert = self._readable(ALERTS.name, message)
        if not isinstance(alert, Alert):
            return
        self._alerts.add(_digest(alert.id.encode()))
        place = (ALERTS.name, message.partition, message.offset)
        known = ("deliver", ALERTS.name, message.partition) in self._read
        if known and not self._was_read("deliver", place):
            self._unread_by_deliver += 1

    def _readable(self, topic: str, message: Any) -> Record | None:
        """Return the record of a message; None, and note its position, if there is none."""
        record: Record | None = read_record(message, *topic_named(topic).records)
        if message.value is None and topic == DEAD_LETTER.name:
            return None  # the mark of a redriven dead letter
        header = header_of(message, ORIGIN_HEADER)
        if not header and isinstance(record, DeadLetter):
            return None  # refused by a source: it was never on the raw topic
        if record is None or _full_origin(topic, message).encode() != header:
            self.unreadable.append(f"{topic}-{message.partition}-{message.offset}")
            return None
        return record

    def _origin(self, topic: str, message: Any) -> str:
        return short_origin(_full_origin(topic, message), self._topic_id)

    def _is_about(self, origin: str, record: Record, *, attempt: int = 1) -> bool:
        """Return whether a record is about the article of its origin, as far as that is known."""
        raw = self.raw.get(origin)
        if raw is None or attempt > 1:  # redriven, perhaps with a corrected value
            return True
        if _matches(raw, record):
            return True
        self.other_article.add(origin)
        return False

    def _was_read(self, reader: str, place: Place) -> bool:
        topic, partition, offset = place
        return offset < self._read.get((reader, topic, partition), 0)

    # Results

    def take_unproven(self) -> list[str]:
        """Count the ends about other articles; return the origins that have no others."""
        ended = set().union(*self.ends.values())
        for topic, counts in self._unproven.items():
            self.ends[topic].update(counts)
        return sorted(set().union(*self._unproven.values()) - ended)

    def drop_redriven(self) -> int:
        """Remove the dead letters of origins that ended elsewhere later; return their number."""
        letters = self.ends[DEAD_LETTER.name]
        redriven = [origin for origin in letters if self._ended_later(origin)]
        for origin in redriven:
            del letters[origin]
        return len(redriven)

    def _ended_later(self, origin: str) -> bool:
        rejected_at = self._attempts[DEAD_LETTER.name].get(origin, 1)
        return any(
            attempts.get(origin, 1) > rejected_at
            for topic, attempts in self._attempts.items()
            if topic != DEAD_LETTER.name
        )

    def waiting(self, missing: Iterable[str]) -> list[str]:
        """Return which origins that have not ended wait for a stage that has not read them."""
        return [origin for origin in missing if self._waits_for(origin)]

    def _waits_for(self, origin: str) -> str:
        """Return the stage that an origin waits for; empty if its last stage has read it."""
        for stage in (TAG_STAGE, DEDUPE_STAGE, CLEAN_STAGE):
            places = self._places[stage.name].get(origin)
            if places:
                unread = not any(self._was_read(stage.name, place) for place in places)
                return stage.name if unread else ""
        return ""

    def unread(self) -> dict[str, int]:
        """Return for each stage, and `deliver`, how many records it has not read."""
        ended = set().union(*self.ends.values())
        waiting = Counter(self._waits_for(origin) for origin in self.raw if origin not in ended)
        counts = {
            **{stage.name: waiting[stage.name] for stage in STAGES},
            ROUTE_STAGE.name: self._unread_by_route,
            "deliver": self._unread_by_deliver,
        }
        return {name: count for name, count in counts.items() if count}

    def unrouted(self) -> list[str]:
        """Return the origins that `route` has read and that are on no route.

        Only new articles and revisions: others are routed only where a rule asks for them. Those
        that are older than what a route still has may have been there.
        """
        routes = [sent for (topic, _), sent in self._oldest_kept.items() if topic not in self.ends]
        since = max(routes, default=None)
        return sorted(
            origin
            for origin, (_, sent) in self._routable.items()
            if origin not in self.routed
            and origin not in self._rejected_by_route
            and (since is None or sent > since)
        )

    def expired(self) -> list[OffsetSpan]:
        """Return the offsets that were deleted before they were read.

        Those after the position of a reader, and those of the raw topic that a reader passed over
        when it came back, and that ended nowhere. The latter are found while the topics where
        articles end still have their first records; those of the raw topic expire earlier.
        """
        behind = [span for span in self._spans if span.n_offsets]
        if any(self._starts.get(place) for place in self._starts if place[0] in self.ends):
            return behind
        return behind + [
            gap for span in self._spans if span.topic == RAW.name for gap in self._gaps(span)
        ]

    def _gaps(self, span: OffsetSpan) -> Iterator[OffsetSpan]:
        """Yield the runs of offsets that are gone from the raw topic and that ended nowhere."""
        known = {
            origin.offset
            for name in set().union(*self.ends.values(), self._redriven_to)
            if (origin := Origin.parse(name)).topic == RAW.name
            and origin.partition == span.partition
        }
        # A redriven record is followed by the marker of its transaction, which is no record.
        known |= {
            Origin.parse(name).offset + 1
            for name in self._redriven_to
            if name.startswith(f"{RAW.name}-{span.partition}-")
        }
        known.add(min(span.first, span.read))
        start = 0
        for offset in sorted(offset for offset in known if offset <= min(span.first, span.read)):
            if offset > start:
                yield replace(span, read=start, first=offset)
            start = offset + 1

    @property
    def n_strange(self) -> int:
        """Number of origins that ended but are no longer on the raw topic."""
        return len(set().union(*self.ends.values()) - self.raw.keys())


def _matches(raw: _RawFacts, record: Record) -> bool:
    if isinstance(record, DeadLetter):
        return _rejects(record, raw)
    if isinstance(record, DroppedArticle):
        return record.source == raw.source
    if isinstance(record, CleanArticle):
        return (record.source, record.fetched) == (raw.source, raw.fetched)
    return True


def _rejects(letter: DeadLetter, raw: _RawFacts) -> bool:
    """Return whether a dead letter is about a raw record, or about what was made of it."""
    rejected = letter.value or b""
    if len(rejected) == TRUNCATED_BYTES:
        return True  # it was too large for Kafka: only its first bytes are known
    if letter.stage == CLEAN_STAGE.name:
        return _digest(rejected) == raw.value
    try:
        content = decode(rejected, _Content)
    except DecodeError:
        return not rejected
    return (content.source, content.fetched) == (raw.source, raw.fetched)


def _full_origin(topic: str, message: Any) -> str:
    return str(origin_of_message(topic, message.partition, message.offset, headers_of(message)))


def _digest(value: bytes) -> int:
    return xxh3_64_intdigest(value)
