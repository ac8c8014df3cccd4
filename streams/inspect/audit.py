"""Conservation, counted on the topics: every origin ends in exactly one place."""

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
"""Where an article can end. Routed records and alerts are copies of these."""

REJECTED_AFTER_END = tuple(
    b'{"stage":"%b"' % stage.name.encode()
    for stage in STAGES
    if any(topic in ENDS for topic, _ in stage.reads)
)
"""How the dead letters of stages begin that read where articles end: `DeadLetter.stage` is the
first field."""


@dataclass
class Audit:
    """What became of every raw record.

    Attributes:
        origins: Raw records on the topic: distinct origins in.
        ends: Topic to the distinct origins that ended there.
        records: Topic to how many records it holds, repeats included.
        missing: Origins that ended nowhere (yet).
        twice: Origins that ended in more than one place.
        strange: Origins that ended but are no longer on the raw topic.
        redriven: Origins whose dead letter was sent again and ended elsewhere: they are counted
            there, and not among the dead letters.
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
        """Records sent again, each recognisable by its origin."""
        return sum(self.records.values()) - sum(self.ends.values())


async def audit(settings: Settings, *, progress: OnReadProgress | None = None) -> Audit:
    """Read the raw topic and the four ends, and compare their origins.

    Args:
        settings: With a broker.
        progress: Told how far the read is.

    Raises:
        BrokerError: If the broker cannot be reached, or a topic is missing.
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
        origin = headers.get(ORIGIN_HEADER, b"").decode()
        # What the sources refused never was on the raw topic and has no origin; what a stage
        # behind the ends rejects had ended before, as enriched or as a duplicate.
        if origin and not (message.value or b"").startswith(REJECTED_AFTER_END):
            ends[topic][origin] += 1
            if ATTEMPT_HEADER in headers:
                attempts[topic][origin] = attempt_of(message.headers)
    letters = ends[DEAD_LETTER.name]
    redriven = [origin for origin in letters if _ended_later(origin, attempts)]
    for origin in redriven:
        del letters[origin]
    found = compare_origins(origins, ends)
    found.redriven = len(redriven)
    return found


def _ended_later(origin: str, attempts: dict[str, dict[str, int]]) -> bool:
    """Tell whether an origin ended elsewhere at a later attempt than its dead letter's."""
    rejected_at = attempts[DEAD_LETTER.name].get(origin, 1)
    return any(
        found.get(origin, 1) > rejected_at
        for topic, found in attempts.items()
        if topic != DEAD_LETTER.name
    )


def compare_origins(origins: set[str], ends: dict[str, Counter[str]]) -> Audit:
    """Hold what went in against where it ended.

    Args:
        origins: Of all raw records.
        ends: By topic, how often each origin stands there.

    Examples:
        >>> found = compare_origins({"a", "b"}, {"articles.dropped.v1": Counter({"a": 1})})
        >>> found.missing, found.twice
        (['b'], [])
    """
    places: Counter[str] = Counter()
    for found in ends.values():
        places.update(found.keys())
    return Audit(
        origins=len(origins),
        ends={name: len(found) for name, found in ends.items()},
        records={name: found.total() for name, found in ends.items()},
        missing=sorted(origins - places.keys()),
        twice=sorted(origin for origin, count in places.items() if count > 1),
        strange=len(places.keys() - origins),
    )
