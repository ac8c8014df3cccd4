"""Check on the topics that every origin ends in exactly one place."""

from collections import Counter
from dataclasses import dataclass, field

from streams.kafka.connection import logical_name
from streams.kafka.read import OnReadProgress, read_topics
from streams.processors.message import attempt_of
from streams.records import ATTEMPT_HEADER, ORIGIN_HEADER
from streams.records.topics import DEAD_LETTER, DROPPED, DUPLICATES, ENRICHED, RAW
from streams.settings import Settings
from streams.topology import STAGES

ENDS = (ENRICHED, DUPLICATES, DROPPED, DEAD_LETTER)
"""Topics in which an article can end. Routed records and alerts are copies of these."""

REJECTED_AFTER_END = tuple(
    b'{"stage":"%b"' % stage.name.encode()
    for stage in STAGES
    if any(topic in ENDS for topic, _ in stage.reads)
)
"""First bytes of the dead letters of stages that read the topics where articles end:
`DeadLetter.stage` is the first field.
"""


@dataclass
class Audit:
    """Where every raw record ended.

    Attributes:
        origins: Distinct origins on the raw topic.
        ends: Topic to the number of distinct origins that ended there.
        records: Topic to the number of its records, redelivered ones included.
        missing: Origins that have not ended anywhere (yet).
        twice: Origins that ended in more than one place.
        strange: Number of origins that ended but are no longer on the raw topic.
        redriven: Number of origins that ended elsewhere after their dead letter was redriven; they
            are not counted among the dead letters.
    """

    origins: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    strange: int = 0
    redriven: int = 0

    @property
    def conserved(self) -> bool:
        """Whether every origin ended in exactly one place."""
        return not self.missing and not self.twice

    @property
    def repeats(self) -> int:
        """Number of redelivered records, each recognizable by its origin."""
        return sum(self.records.values()) - sum(self.ends.values())


async def audit(settings: Settings, *, progress: OnReadProgress | None = None) -> Audit:
    """Read the raw topic and the four ends, and compare their origins.

    Args:
        settings: Settings with a broker.
        progress: Called with the number of offsets read and to read.

    Raises:
        BrokerError: If the broker is unreachable, or a topic is missing.
    """
    origins: set[str] = set()
    ends: dict[str, Counter[str]] = {topic.name: Counter() for topic in ENDS}
    attempts: dict[str, dict[str, int]] = {topic.name: {} for topic in ENDS}
    names = [RAW.name, *ends]
    async for message in read_topics(settings, *names, progress=progress):
        topic = logical_name(settings, message.topic)
        if topic == RAW.name:
            origins.add(f"{topic}-{message.partition}-{message.offset}")
            continue
        headers = dict(message.headers)
        origin = headers.get(ORIGIN_HEADER, b"").decode(errors="replace")
        # Records refused by the sources were never on the raw topic and have no origin; records
        # rejected by a stage after the ends had ended before, as enriched or as a duplicate.
        if origin and not (message.value or b"").startswith(REJECTED_AFTER_END):
            ends[topic][origin] += 1
            if ATTEMPT_HEADER in headers:
                attempts[topic][origin] = attempt_of(message.headers)
    letters = ends[DEAD_LETTER.name]
    redriven = [origin for origin in letters if _ended_later(origin, attempts)]
    for origin in redriven:
        del letters[origin]
    result = compare_origins(origins, ends)
    result.redriven = len(redriven)
    return result


def _ended_later(origin: str, attempts: dict[str, dict[str, int]]) -> bool:
    """Return whether an origin ended elsewhere at a later attempt than its dead letter's."""
    rejected_at = attempts[DEAD_LETTER.name].get(origin, 1)
    return any(
        attempt_by_origin.get(origin, 1) > rejected_at
        for topic, attempt_by_origin in attempts.items()
        if topic != DEAD_LETTER.name
    )


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
