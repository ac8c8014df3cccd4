"""Check on the topics that every article got to its last consumer, or name what stopped it.

What is read, in this order: the positions of the stages and of `deliver`, the raw topic, then all
topics behind it. An article that enters or moves in between is found further on, never lost.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import GroupCoordinatorNotAvailableError

from streams.alerts.store import read_searches
from streams.inspect.audit_count import ENDS, REJECTED_AFTER_END, AuditCount, OffsetSpan
from streams.kafka.connection import consumer, logical_name
from streams.kafka.errors import translate_errors
from streams.kafka.read import (
    OnReadProgress,
    partitions_of,
    read_topics,
    topic_id_of,
    topics_with_prefix,
)
from streams.kafka.topics import admin
from streams.records.topics import ALERTS, CLEAN, RAW, ROUTED, SUBSCRIPTIONS, UNIQUE
from streams.settings import Settings
from streams.topology import STAGES

__all__ = ("ENDS", "REJECTED_AFTER_END", "Audit", "AuditExit", "audit", "compare_origins")

DELIVER_GROUP = "news-deliver"
"""Group of `streams.deliver.deliverer`, which needs more packages than an audit."""


class AuditExit(IntEnum):
    """Exit codes of `streams audit`: the first that applies, in this order.

    1 is left to what ends any command: Kafka cannot be read, or an error of the program.
    """

    ACCOUNTED_FOR = 0
    """Every article got to its last consumer."""
    MISSING = 6
    """An article was read by a stage, and is nowhere; or it ended twice."""
    EXPIRED = 7
    """Records were deleted by age before a stage or `deliver` had read them."""
    UNREAD = 8
    """Articles wait: a stage or `deliver` has not read them yet."""
    UNREADABLE = 9
    """Records of other programs are on the topics; nothing else was found."""


@dataclass
class Audit:
    """Where every raw record ended.

    Attributes:
        origins: Distinct origins on the raw topic: its records.
        ends: Topic to the number of distinct origins that ended there.
        records: Topic to the number of its records, redelivered ones included.
        missing: Origins that have not ended anywhere (yet), `unread` ones included.
        twice: Origins that ended in more than one place.
        strange: Number of origins that ended but are no longer on the raw topic.
        redriven: Number of origins that ended elsewhere after their dead letter was redriven; they
            are not counted among the dead letters.
        unread: Stage, or ``deliver``, to the number of records that it has not read yet.
        waiting: Origins among `missing` that a stage has not read yet: they are not lost.
        unrouted: Origins that ended as new article or revision, were read by `route`, and are on no
            route.
        other_article: Origins with a record behind the raw topic that is about another article: the
            raw topic was created again, or the record is forged.
        unproven: Origins among these, and among `ends`, without an end about their own article.
        unreadable: Positions of records that are none of their topic, or whose origin is invalid.
        expired: Offsets that were deleted by age before they were read.
        n_routed: Distinct origins on the routes.
        n_alerts: Distinct alerts.
    """

    origins: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    strange: int = 0
    redriven: int = 0
    unread: dict[str, int] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    unrouted: list[str] = field(default_factory=list)
    other_article: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    expired: list[OffsetSpan] = field(default_factory=list)
    n_routed: int = 0
    n_alerts: int = 0

    @property
    def conserved(self) -> bool:
        """Whether every origin ended in exactly one place."""
        return not self.missing and not self.twice

    @property
    def repeats(self) -> int:
        """Number of redelivered records, each recognizable by its origin."""
        return sum(self.records.values()) - sum(self.ends.values())

    @property
    def lost(self) -> list[str]:
        """Origins that a stage has read, and that ended nowhere; `unproven` ends do not count."""
        return sorted({*self.missing, *self.unproven} - set(self.waiting))

    @property
    def n_unread(self) -> int:
        """Number of records that wait for a stage or for `deliver`."""
        return sum(self.unread.values())

    @property
    def n_expired(self) -> int:
        """Largest possible number of records that were deleted unread: markers count, too."""
        return sum(span.n_offsets for span in self.expired)

    @property
    def exit(self) -> AuditExit:
        """The verdict, as an exit code."""
        if self.lost or self.twice or self.unrouted or self.other_article:
            return AuditExit.MISSING
        if self.expired:
            return AuditExit.EXPIRED
        if self.waiting or self.n_unread:
            return AuditExit.UNREAD
        return AuditExit.UNREADABLE if self.unreadable else AuditExit.ACCOUNTED_FOR


async def audit(settings: Settings, *, progress: OnReadProgress | None = None) -> Audit:
    """Read all topics of articles and alerts, and follow every raw record to its last consumer.

    Args:
        settings: Settings with a broker.
        progress: Called with the number of offsets read and to read, for each group of topics.

    Raises:
        BrokerError: If the broker is unreachable, or a topic is missing.
    """
    routed = await topics_with_prefix(settings, ROUTED)
    delivers = await _has_channels(settings)
    count = AuditCount(
        await _spans(settings, delivers=delivers),
        await _starts(settings, routed),
        topic_id=await topic_id_of(settings, RAW.name),
    )
    # In the order of the way: what moves on in the meantime is found behind.
    for names in ([RAW.name], [CLEAN.name], [UNIQUE.name], [end.name for end in ENDS]):
        missing_ok = names in ([CLEAN.name], [UNIQUE.name])
        await _read(settings, names, count, progress, missing_ok=missing_ok)
    await _read(settings, [*routed, ALERTS.name], count, progress, missing_ok=True)
    return audit_of(count)


async def _read(
    settings: Settings,
    names: Sequence[str],
    count: AuditCount,
    progress: OnReadProgress | None,
    *,
    missing_ok: bool,
) -> None:
    async for message in read_topics(settings, *names, progress=progress, missing_ok=missing_ok):
        count.add(logical_name(settings, message.topic), message)


def audit_of(count: AuditCount) -> Audit:
    """Return the audit of what was counted."""
    n_redriven = count.drop_redriven()
    waiting = count.waiting(count.raw.keys() - set().union(*count.ends.values()))
    unread = count.unread()
    unproven = count.take_unproven()
    result = compare_origins(set(count.raw), count.ends)
    result.redriven = n_redriven
    result.strange = count.n_strange
    result.waiting = sorted(waiting)
    result.unread = unread
    result.unproven = unproven
    result.unrouted = count.unrouted()
    result.other_article = sorted(count.other_article)
    result.unreadable = count.unreadable
    result.expired = count.expired()
    result.n_routed = len(count.routed)
    result.n_alerts = count.n_alerts
    return result


def compare_origins(origins: set[str], ends: dict[str, Counter[str]]) -> Audit:
    """Compare the raw records with the records where articles end.

    Args:
        origins: Origins of all raw records.
        ends: Topic to the number of records of each origin.

    Examples:
        >>> result = compare_origins({"a", "b"}, {"articles.dropped.v1": Counter({"a": 1})})
        >>> result.missing, result.twice
        (['b'], [])
    """
    n_ends: Counter[str] = Counter()
    for counts in ends.values():
        n_ends.update(counts.keys())
    return Audit(
        origins=len(origins),
        ends={name: len(counts) for name, counts in ends.items()},
        records={name: counts.total() for name, counts in ends.items()},
        missing=sorted(origins - n_ends.keys()),
        twice=sorted(origin for origin, count in n_ends.items() if count > 1),
        strange=len(n_ends.keys() - origins),
    )


async def _has_channels(settings: Settings) -> bool:
    """Return whether alerts are to be delivered: a saved search has channels."""
    async with consumer(settings) as client:
        topics = (SUBSCRIPTIONS.name,)
        if not await partitions_of(client, settings, topics, missing_ok=True):
            return False
    return any(search.channels for search in (await read_searches(settings)).values())


async def _spans(settings: Settings, *, delivers: bool) -> list[OffsetSpan]:
    """Return what each stage, and `deliver`, has read and has to read of each partition."""
    readers = [
        (stage.name, stage.app_id, [topic.name for topic, _ in stage.reads]) for stage in STAGES
    ]
    if delivers:
        readers.append(("deliver", DELIVER_GROUP, [ALERTS.name]))
    spans = []
    async with translate_errors("reading the positions of the stages"):
        async with admin(settings) as client:
            committed = {}
            for name, group, _ in readers:
                try:
                    positions = await client.list_consumer_group_offsets(
                        settings.topic_prefix + group
                    )
                except GroupCoordinatorNotAvailableError:
                    positions = {}  # a new broker creates the topic of offsets only now
                committed[name] = {at: position.offset for at, position in positions.items()}
        async with consumer(settings) as client:
            for name, _, topics in readers:
                for each, first, end in await _bounds(client, settings, topics):
                    spans.append(
                        OffsetSpan(
                            reader=name,
                            topic=logical_name(settings, each.topic),
                            partition=each.partition,
                            first=first,
                            end=end,
                            read=max(0, committed[name].get(each, 0)),
                        )
                    )
    return spans


async def _starts(settings: Settings, routed: Sequence[str]) -> dict[tuple[str, int], int]:
    """Return the first offset of each partition of the topics behind the raw topic."""
    names = [*(end.name for end in ENDS), *routed]
    async with translate_errors("reading offsets"), consumer(settings) as client:
        bounds = await _bounds(client, settings, names)
    return {
        (logical_name(settings, each.topic), each.partition): first for each, first, _ in bounds
    }


async def _bounds(
    client: AIOKafkaConsumer, settings: Settings, topics: Sequence[str]
) -> list[tuple[TopicPartition, int, int]]:
    partitions = await partitions_of(client, settings, topics, missing_ok=True)
    if not partitions:
        return []
    starts = await client.beginning_offsets(partitions)
    ends = await client.end_offsets(partitions)
    return [(each, starts[each], ends[each]) for each in partitions]
