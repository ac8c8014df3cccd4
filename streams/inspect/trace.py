"""Trace an article through the topics: find every record that its id or origin led to."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from streams.inspect.origins import short_origin
from streams.inspect.trace_record import (
    TraceRecord,
    drop_redelivered,
    origin_of,
    parse_trace_record,
    sort_trace,
)
from streams.kafka.decoding import read_record, sent_at
from streams.kafka.read import (
    OnReadProgress,
    message_at,
    read_topics,
    topic_id_of,
    topics_with_prefix,
)
from streams.records import DeadLetter, Memory, Origin
from streams.records.topics import (
    CLEAN,
    DEAD_LETTER,
    DUPLICATES,
    MEMORY,
    RAW,
    ROUTED,
    TOPICS,
    Cleanup,
)
from streams.settings import Settings

SKEW: Final = timedelta(minutes=1)
"""Maximum difference between the clocks of two machines that send."""


KEYED_BY_ARTICLE: Final = tuple(
    topic.name
    for topic in TOPICS
    if topic.key == "id" and topic.cleanup is Cleanup.DELETE and topic not in (RAW, CLEAN)
)
"""Topics keyed by the id of the article: those after `dedupe`."""


@dataclass
class _Search:
    """Ids, origins and groups of an article found so far, and its records.

    Cleaning may find an article's own URL in its page, and with it another id,
    so records are matched by id and by origin.
    """

    ids: set[str] = field(default_factory=set)
    origins: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    entries: list[TraceRecord] = field(default_factory=list)
    since: datetime | None = None
    topic_id: str = ""

    @property
    def keys(self) -> set[bytes]:
        return {name.encode() for name in self.ids}

    def add(self, entry: TraceRecord) -> None:
        self.entries.append(entry)
        self.origins.add(entry.origin)
        if not isinstance(entry.record, DeadLetter):
            self.ids.add(entry.article)
        if entry.topic == RAW.name:
            self.add_entry_time(entry.sent)

    def add_entry_time(self, sent: datetime) -> None:
        """Record when a version was sent to the raw topic: its other records were sent later."""
        self.since = min(sent - SKEW, self.since or sent)


async def trace_article(
    settings: Settings,
    *,
    id: str = "",  # noqa: A002  # the field's name
    origin: str = "",
    progress: OnReadProgress | None = None,
) -> list[TraceRecord]:
    """Find every record of an article.

    Reads only partitions that can hold it, from the time it was first sent to
    the raw topic; where that record has expired, whole partitions. The clean
    topic, which has one partition, takes longest.

    Args:
        settings: Settings with a broker.
        id: The article's id.
        origin: Or one of its origins, ``topic-partition-offset`` in the raw
            topic; then only the records of that origin are returned.
        progress: Called with the number of offsets read and to read, for each topic.

    Returns:
        The records, version by version, each in the order of the stages;
        empty when no topic has a record of the article.

    Raises:
        BrokerError: If the broker is unreachable.
    """
    topic_id = await topic_id_of(settings, RAW.name)
    origin = short_origin(origin, topic_id)
    search = _Search(
        ids={id} if id else set(), origins={origin} if origin else set(), topic_id=topic_id
    )
    await _add_raw(settings, search, progress)
    await _add_clean(settings, search, progress)
    await _add_by_key(settings, search, progress)
    await _add_duplicates(settings, search, progress)
    await _add_dead_letters(settings, search, progress)
    entries = [entry for entry in search.entries if origin in ("", entry.origin)]
    return sort_trace(drop_redelivered(entries))


async def _add_raw(settings: Settings, search: _Search, progress: OnReadProgress | None) -> None:
    """Add the raw records of the known origins, and of the known ids."""
    await _add_origins(settings, search)
    if not search.ids:
        return
    ids, known = frozenset(search.ids), {entry.origin for entry in search.entries}
    async for entry in _read_entries(
        settings, [RAW.name], search.keys, None, progress, topic_id=search.topic_id
    ):
        if entry.article in ids and entry.origin not in known:
            search.add(entry)


async def _add_origins(settings: Settings, search: _Search) -> None:
    for origin in sorted(search.origins - {entry.origin for entry in search.entries}):
        position = Origin.parse(origin)
        if position.topic_id:  # of a topic that was deleted
            continue
        message = await message_at(settings, RAW.name, position.partition, position.offset)
        if message is not None:
            search.add_entry_time(sent_at(message))
            entry = parse_trace_record(message, settings, topic_id=search.topic_id)
            if entry is not None:
                search.add(entry)


async def _add_clean(settings: Settings, search: _Search, progress: OnReadProgress | None) -> None:
    messages = read_topics(
        settings, CLEAN.name, since=search.since, missing_ok=True, progress=progress
    )
    parsed = [
        parse_trace_record(message, settings, topic_id=search.topic_id)
        async for message in messages
        if message.key in search.keys
        or origin_of(message, settings, topic_id=search.topic_id) in search.origins
    ]
    entries = [entry for entry in parsed if entry is not None]
    # An id made by cleaning has no raw record of its own: its origins lead to the raw records.
    search.origins |= {entry.origin for entry in entries}
    await _add_origins(settings, search)
    for entry in entries:
        search.add(entry)


async def _add_by_key(settings: Settings, search: _Search, progress: OnReadProgress | None) -> None:
    if not search.ids:
        return
    routed = await topics_with_prefix(settings, ROUTED)
    topics = [*KEYED_BY_ARTICLE, *routed]
    ids = frozenset(search.ids)
    async for entry in _read_entries(
        settings, topics, search.keys, search.since, progress, topic_id=search.topic_id
    ):
        if entry.article in ids:
            search.add(entry)


async def _add_duplicates(
    settings: Settings, search: _Search, progress: OnReadProgress | None
) -> None:
    """Add the article's records that are keyed by its group, which the memory of dedupe names."""
    if not search.ids:
        return
    async for message in read_topics(settings, MEMORY.name, missing_ok=True, progress=progress):
        if message.key in search.keys:
            memory = read_record(message, Memory)
            if memory is not None:
                search.groups |= {memory.group_id, *(answer.group_id for answer in memory.answers)}
    keys = search.keys | {name.encode() for name in search.groups} if search.groups else None
    ids = frozenset(search.ids)
    async for entry in _read_entries(
        settings,
        [DUPLICATES.name],
        keys,
        search.since,
        progress,
        topic_id=search.topic_id,
        ids_in_value=search.keys,
    ):
        if entry.article in ids:
            search.add(entry)


async def _add_dead_letters(
    settings: Settings, search: _Search, progress: OnReadProgress | None
) -> None:
    async for message in read_topics(
        settings, DEAD_LETTER.name, since=search.since, missing_ok=True, progress=progress
    ):
        entry = parse_trace_record(message, settings, topic_id=search.topic_id)
        if entry is None or not isinstance(entry.record, DeadLetter):
            continue
        if entry.record.origin in search.origins or entry.record.key in search.keys:
            search.add(entry)


async def _read_entries(
    settings: Settings,
    topics: list[str],
    keys: Iterable[bytes] | None,
    since: datetime | None,
    progress: OnReadProgress | None,
    *,
    topic_id: str,
    ids_in_value: Iterable[bytes] = (),
) -> AsyncIterator[TraceRecord]:
    """Read records with some keys; without keys, those whose bytes contain one of the ids."""
    wanted = None if keys is None else set(keys)
    async for message in read_topics(
        settings, *topics, keys=wanted, since=since, missing_ok=True, progress=progress
    ):
        if wanted is not None:
            candidate = message.key in wanted
        else:
            candidate = any(name in (message.value or b"") for name in ids_in_value)
        if candidate:
            entry = parse_trace_record(message, settings, topic_id=topic_id)
            if entry is not None:
                yield entry
