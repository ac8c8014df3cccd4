"""The registry of topics: name, records, headers, key, size and retention of each."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from streams.records.alert import Alert
from streams.records.clean import CleanArticle
from streams.records.dead_letter import DeadLetter
from streams.records.dropped import DroppedArticle
from streams.records.duplicate import DuplicateArticle
from streams.records.enriched import EnrichedArticle
from streams.records.feed_state import FeedState
from streams.records.import_position import ImportPosition
from streams.records.memory import Memory
from streams.records.raw import RawArticle
from streams.records.record import (
    ATTEMPT_HEADER,
    ORIGIN_HEADER,
    REPLAY_HEADER,
    SENDER_HEADER,
    TAKEN_HEADER,
    Record,
)
from streams.records.subscription import Subscription
from streams.records.unique import UniqueArticle

MIB = 1024 * 1024

STAGE_HEADERS = (ORIGIN_HEADER, ATTEMPT_HEADER, TAKEN_HEADER, SENDER_HEADER)
"""Headers of the records that stages write."""

ROUTE_NAME = re.compile(r"[a-z0-9-]{1,60}")
"""Valid names of routes; the name becomes part of the name of a topic."""

ROUTED = "routed."
"""How the names of the routes' topics begin."""


class Cleanup(StrEnum):
    """Kafka's cleanup policy of a topic."""

    DELETE = "delete"
    """Records are deleted after the retention time."""
    COMPACT = "compact"
    """The latest record of each key is kept: the topic is a table."""


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One topic of the pipeline.

    Attributes:
        name: Name with its version; an incompatible change gets a new version.
        records: Records that the values are.
        key: Field whose value is the key.
        headers: Names of the Kafka headers that records can have.
        partitions: Number of partitions.
        retention: Retention time; unused if the topic is compacted.
        cleanup: Cleanup policy.
        max_bytes: Size of the largest record in bytes.
        written_by: Services and commands that write to the topic;
            `streams.topology.writers_of` adds the stages.
        read_by: Services and commands that read the topic;
            `streams.topology.readers_of` adds the stages.
        why: Reason for the number of partitions and the key.
    """

    name: str
    records: tuple[type[Record], ...]
    key: str
    headers: tuple[str, ...] = ()
    partitions: int = 8
    retention: timedelta = timedelta(days=30)
    cleanup: Cleanup = Cleanup.DELETE
    max_bytes: int = 4 * MIB
    written_by: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()
    why: str = ""

    @property
    def can_grow(self) -> bool:
        """Whether partitions may be added to the topic.

        Not to a table: the older values of a key would stay on the partition that it had.

        Examples:
            >>> RAW.can_grow, MEMORY.can_grow
            (True, False)
        """
        return self.cleanup is not Cleanup.COMPACT


RAW = Topic(
    name="articles.raw.v1",
    records=(RawArticle,),
    key="id",
    headers=(REPLAY_HEADER, ATTEMPT_HEADER, SENDER_HEADER),
    retention=timedelta(days=7),
    written_by=("sources", "replay", "publish", "serve"),
    why="keeps the versions of one article in order",
)
CLEAN = Topic(
    name="articles.clean.v1",
    records=(CleanArticle,),
    key="id",
    headers=STAGE_HEADERS,
    partitions=1,
    retention=timedelta(days=7),
    why="one partition: every article is compared with the same memory",
)
UNIQUE = Topic(
    name="articles.unique.v1",
    records=(UniqueArticle,),
    key="id",
    headers=STAGE_HEADERS,
    retention=timedelta(days=7),
    why="keeps the revisions of one article in order",
)
DUPLICATES = Topic(
    name="articles.duplicates.v1",
    records=(DuplicateArticle,),
    key="group_id",
    headers=STAGE_HEADERS,
    read_by=("subscribers",),
    why="keeps the duplicates and corrections of one group in order",
)
ENRICHED = Topic(
    name="articles.enriched.v1",
    records=(EnrichedArticle,),
    key="id",
    headers=STAGE_HEADERS,
    read_by=("subscribers",),
    why="keeps the versions of one article in order",
)
ALERTS = Topic(
    name="alerts.v1",
    records=(Alert,),
    key="subscription_id",
    headers=STAGE_HEADERS,
    read_by=("deliver", "serve"),
    why="keeps the alerts of one saved search in order",
)
MEMORY = Topic(
    name="articles.memory.v1",
    records=(Memory,),
    key="article_id",
    headers=STAGE_HEADERS,
    partitions=1,
    cleanup=Cleanup.COMPACT,
    why="a table: the state of dedupe, which reads all of it before its first article",
)
SUBSCRIPTIONS = Topic(
    name="subscriptions.v1",
    records=(Subscription,),
    key="id",
    partitions=1,
    cleanup=Cleanup.COMPACT,
    written_by=("alerts", "serve"),
    read_by=("deliver", "serve"),
    why="a table: each reader reads all of it at its start",
)
FEEDS = Topic(
    name="feeds.v1",
    records=(FeedState,),
    key="id",
    cleanup=Cleanup.COMPACT,
    written_by=("sources",),
    read_by=("sources",),
    why="a table: after a restart no feed is polled early; processes share the feeds by partition",
)
IMPORTS = Topic(
    name="imports.v1",
    records=(ImportPosition,),
    key="id",
    partitions=1,
    cleanup=Cleanup.COMPACT,
    written_by=("sources",),
    read_by=("sources",),
    why="a table: a file is not imported twice",
)
DROPPED = Topic(
    name="articles.dropped.v1",
    records=(DroppedArticle,),
    key="id",
    headers=STAGE_HEADERS,
    read_by=("why",),
    why="articles left out on purpose, spread by id",
)
DEAD_LETTER = Topic(
    name="articles.dead-letter.v1",
    records=(DeadLetter,),
    key="as it came",
    headers=STAGE_HEADERS,
    retention=timedelta(days=90),
    max_bytes=8 * MIB,
    written_by=("sources",),
    read_by=("dead-letters", "why"),
    why="the original key; twice the size of other records: original bytes in base64",
)
UNMATCHED = "unmatched"
"""Name of the route of articles that match no rule."""

TOPICS: tuple[Topic, ...] = (
    RAW,
    CLEAN,
    UNIQUE,
    DUPLICATES,
    ENRICHED,
    ALERTS,
    MEMORY,
    SUBSCRIPTIONS,
    FEEDS,
    IMPORTS,
    DROPPED,
    DEAD_LETTER,
)
"""All topics without the routed ones, in the order of the pipeline."""


def routed_topic(route: str) -> Topic:
    """Return the topic of a route.

    Args:
        route: Name of the route, ``[a-z0-9-]{1,60}``.

    Raises:
        ValueError: If the name is not a valid name of a route.

    Examples:
        >>> routed_topic("us-russia").name
        'routed.us-russia.v1'
    """
    if not ROUTE_NAME.fullmatch(route):
        message = f"route {route!r}: 1 to 60 characters of a-z, 0-9 and hyphen"
        raise ValueError(message)
    return Topic(
        name=f"routed.{route}.v1",
        records=(EnrichedArticle, DuplicateArticle),
        key="id",
        headers=STAGE_HEADERS,
        read_by=("subscribers",),
        why="keeps the versions of one article in order",
    )


def topic_named(name: str) -> Topic:
    """Return the topic with this name; routed topics are included.

    Raises:
        KeyError: If the pipeline has no topic with this name.

    Examples:
        >>> topic_named("articles.clean.v1").partitions
        1
    """
    for topic in TOPICS:
        if topic.name == name:
            return topic
    match = re.fullmatch(r"routed\.([a-z0-9-]{1,60})\.v1", name)
    if match is None:
        raise KeyError(name)
    return routed_topic(match[1])
