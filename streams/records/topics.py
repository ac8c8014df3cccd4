"""The registry of topics: every name, record, key, size and lifetime, in one place."""

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
from streams.records.record import Record
from streams.records.subscription import Subscription
from streams.records.unique import UniqueArticle

MIB = 1024 * 1024

ROUTE_NAME = re.compile(r"[a-z0-9-]{1,60}")
"""What a route may be called: it becomes part of a topic's name."""


class Cleanup(StrEnum):
    """What Kafka does with old records."""

    DELETE = "delete"
    """Goes by age."""
    COMPACT = "compact"
    """The latest record of a key stays: the topic is a table."""


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One topic of the pipeline.

    Attributes:
        name: With its version; a change that old readers cannot bear gets a new one.
        records: What its values are.
        key: Which field chooses the partition.
        partitions: How many.
        retention: How long records are kept; without meaning for a table.
        cleanup: What happens to old records.
        max_bytes: Largest record.
        written_by: Stages and commands.
        read_by: Stages and commands.
        why: Why it has these partitions and this key.
    """

    name: str
    records: tuple[type[Record], ...]
    key: str
    partitions: int = 8
    retention: timedelta = timedelta(days=30)
    cleanup: Cleanup = Cleanup.DELETE
    max_bytes: int = 4 * MIB
    written_by: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()
    why: str = ""


RAW = Topic(
    name="articles.raw.v1",
    records=(RawArticle,),
    key="id",
    retention=timedelta(days=7),
    written_by=("sources", "replay", "publish", "serve"),
    read_by=("clean",),
    why="versions of one page stay in order",
)
CLEAN = Topic(
    name="articles.clean.v1",
    records=(CleanArticle,),
    key="id",
    partitions=1,
    retention=timedelta(days=7),
    written_by=("clean",),
    read_by=("dedupe",),
    why="one partition: every copy of a text meets the same memory",
)
UNIQUE = Topic(
    name="articles.unique.v1",
    records=(UniqueArticle,),
    key="id",
    retention=timedelta(days=7),
    written_by=("dedupe",),
    read_by=("tag",),
    why="new articles and revisions",
)
DUPLICATES = Topic(
    name="articles.duplicates.v1",
    records=(DuplicateArticle,),
    key="group_id",
    written_by=("dedupe",),
    read_by=("route", "subscribers"),
    why="copies, unchanged refetches and corrections of one group stay in order",
)
ENRICHED = Topic(
    name="articles.enriched.v1",
    records=(EnrichedArticle,),
    key="id",
    written_by=("tag",),
    read_by=("route", "subscribers"),
    why="versions of one article stay in order",
)
ALERTS = Topic(
    name="alerts.v1",
    records=(Alert,),
    key="subscription_id",
    written_by=("route",),
    read_by=("deliver", "serve"),
    why="a subscriber's alerts stay in order",
)
MEMORY = Topic(
    name="articles.memory.v1",
    records=(Memory,),
    key="article_id",
    partitions=1,
    cleanup=Cleanup.COMPACT,
    written_by=("dedupe",),
    read_by=("dedupe",),
    why="a table: what dedupe remembers, read whole before its first article",
)
SUBSCRIPTIONS = Topic(
    name="subscriptions.v1",
    records=(Subscription,),
    key="id",
    partitions=1,
    cleanup=Cleanup.COMPACT,
    written_by=("alerts", "serve"),
    read_by=("route", "deliver", "serve"),
    why="a table: every process that needs it reads it whole",
)
FEEDS = Topic(
    name="feeds.v1",
    records=(FeedState,),
    key="id",
    cleanup=Cleanup.COMPACT,
    written_by=("sources",),
    read_by=("sources",),
    why="a table: no refetch storm after a crash; its partitions are the shares of the processes",
)
IMPORTS = Topic(
    name="imports.v1",
    records=(ImportPosition,),
    key="id",
    partitions=1,
    cleanup=Cleanup.COMPACT,
    written_by=("sources",),
    read_by=("sources",),
    why="a table: what was imported is not imported again",
)
DROPPED = Topic(
    name="articles.dropped.v1",
    records=(DroppedArticle,),
    key="id",
    written_by=("clean", "dedupe", "tag", "route"),
    read_by=("why",),
    why="left out on purpose",
)
DEAD_LETTER = Topic(
    name="articles.dead-letter.v1",
    records=(DeadLetter,),
    key="as it came",
    retention=timedelta(days=90),
    max_bytes=8 * MIB,
    written_by=("clean", "dedupe", "tag", "route", "sources"),
    read_by=("dead-letters", "why"),
    why="bytes as they came, so twice the size: base64 and headers",
)
UNMATCHED = "unmatched"
"""The route for what no rule wanted."""

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
"""Every topic but the routed ones, in the order an article meets them."""


def routed_topic(route: str) -> Topic:
    """Describe the topic that a route fills.

    Args:
        route: Name of the route, ``[a-z0-9-]{1,60}``.

    Raises:
        ValueError: If the name cannot be part of a topic's name.

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
        written_by=("route",),
        read_by=("subscribers",),
        why="versions of one article stay in order",
    )


def topic_named(name: str) -> Topic:
    """Find a topic by its name, routed ones included.

    Raises:
        KeyError: If the pipeline has no such topic.

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
