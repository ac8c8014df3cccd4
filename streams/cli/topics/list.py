"""``streams topics list``: the topics with their sizes."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.filesize import decimal
from rich.table import Table

from streams.cli._arguments import JsonLines
from streams.cli._output.console import out
from streams.cli._output.duration import duration
from streams.cli._settings import settings_with_broker
from streams.config.routes import required_topics
from streams.inspect.retired_topics import retired_topics
from streams.kafka.topic_sizes import TopicSize, topic_sizes
from streams.kafka.topics import is_usable
from streams.records.topics import Cleanup, Topic
from streams.settings import Settings
from streams.topology import readers_of, writers_of

WIDE = 110
"""Columns of a terminal from which the types of records and the keys are shown, too."""


@dataclass(frozen=True)
class ListedTopic:
    """A topic of the registry or a retired one, as found on the broker.

    Attributes:
        topic: The topic.
        size: Its size; None if it is missing.
        is_retired: Whether no rule names its route.
    """

    topic: Topic
    size: TopicSize | None
    is_retired: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether the topic exists with a number of partitions that it can have."""
        return self.size is not None and is_usable(self.topic, self.size.n_partitions)


def list_(
    *,
    json_: JsonLines = False,
) -> None:
    """List the topics with their number of records, size, newest record and retention.

    The number of records of a compacted topic is an upper bound ("about"). Topics of routes that
    were removed from routes.toml are listed as retired.

    **Examples:**

    - `streams topics list`
    - `streams topics list --json`
    """
    listed = asyncio.run(listed_topics(settings_with_broker()))
    if json_:
        for each in listed:
            typer.echo(orjson.dumps(_json_row(each)))
        return
    out.print(_table(listed, now=datetime.now(UTC), wide=out.width >= WIDE))
    if not all(each.is_sound for each in listed):
        out.print(
            "[red]red[/red]: missing (create it with `streams topics create`), or with a number of "
            "partitions that it cannot have (`streams doctor`)"
        )
    if any(each.is_retired for each in listed):
        out.print("retired: no rule names the route; delete these with `streams topics prune`")


async def listed_topics(settings: Settings) -> list[ListedTopic]:
    """Return the topics that the settings require, then the retired ones.

    Raises:
        BrokerError: If the broker cannot be reached.
    """
    required, retired = required_topics(settings), await retired_topics(settings)
    sizes = await topic_sizes(settings, [topic.name for topic in (*required, *retired)])
    return [
        *(ListedTopic(topic, sizes.get(topic.name)) for topic in required),
        *(ListedTopic(topic, sizes.get(topic.name), is_retired=True) for topic in retired),
    ]


def topic_row(topic: Topic) -> dict[str, object]:
    """Return a topic as plain values.

    Examples:
        >>> from streams.records import topic_named
        >>> topic_row(topic_named("articles.memory.v1"))["keeps"]
        'the latest'
    """
    compact = topic.cleanup is Cleanup.COMPACT
    return {
        "topic": topic.name,
        "records": [record.__name__ for record in topic.records],
        "key": topic.key,
        "partitions": topic.partitions,
        "keeps": "the latest" if compact else f"{topic.retention.days} days",
        "max_bytes": topic.max_bytes,
        "written_by": writers_of(topic),
        "read_by": readers_of(topic),
    }


def _json_row(listed: ListedTopic) -> dict[str, object]:
    size = listed.size
    return topic_row(listed.topic) | {
        "found": size.n_partitions if size else 0,
        "sound": listed.is_sound,
        "n_records": size.n_records if size else 0,
        "n_records_exact": listed.topic.cleanup is not Cleanup.COMPACT,
        "bytes": size.n_bytes if size else 0,
        "newest": size.newest if size else None,
        "retired": listed.is_retired,
    }


def _table(listed: list[ListedTopic], *, now: datetime, wide: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("topic", overflow="fold")
    table.add_column("parts", justify="right")
    table.add_column("records", justify="right", no_wrap=True)
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("newest", justify="right", no_wrap=True)
    table.add_column("keeps", no_wrap=True)
    if wide:
        table.add_column("type of record", overflow="fold")
        table.add_column("key")
    for each in listed:
        keeps = "[yellow]retired[/yellow]" if each.is_retired else topic_row(each.topic)["keeps"]
        types = ", ".join(record.__name__ for record in each.topic.records)
        table.add_row(
            each.topic.name,
            _partitions(each),
            count_text(each),
            "" if each.size is None else size_text(each.size),
            "" if each.size is None else age_text(each.size.newest, now=now),
            str(keeps),
            *([types, each.topic.key] if wide else []),
        )
    return table


def _partitions(listed: ListedTopic) -> str:
    n_found = listed.size.n_partitions if listed.size else 0
    if listed.is_sound:
        return f"{n_found}"
    return f"[red]{n_found} of {listed.topic.partitions}[/red]"


def count_text(listed: ListedTopic) -> str:
    """Return the number of records; of a compacted topic, offsets give only an upper bound."""
    if listed.size is None:
        return ""
    about = "about " if listed.topic.cleanup is Cleanup.COMPACT and listed.size.n_records else ""
    return f"{about}{listed.size.n_records:,}"


def size_text(size: TopicSize) -> str:
    """Return the size on disk.

    Examples:
        >>> size_text(TopicSize(n_partitions=1, n_records=1, n_bytes=1_234_567, newest=None))
        '1.2 MB'
    """
    return "unknown" if size.n_bytes is None else decimal(size.n_bytes).replace("bytes", "B")


def age_text(time: datetime | None, *, now: datetime) -> str:
    """Return how long ago a record was sent; empty without a record."""
    return "" if time is None else f"{duration((now - time).total_seconds())} ago"
