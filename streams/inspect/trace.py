"""The way of one article through the topics: an id in, every record that came of it out."""

from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from streams.inspect.trace_record import (
    TraceRecord,
    drop_redelivered,
    origin_of,
    parse_trace_record,
    sort_trace,
)
from streams.kafka.read import OnReadProgress, message_at, read_topics, sent_at, topics_with_prefix
from streams.records import DeadLetter, DecodeError, Memory, Origin, decode
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
"""How far the clocks of two machines that send may be apart."""


KEYED_BY_ARTICLE: Final = tuple(
    topic.name
    for topic in TOPICS
    if topic.key == "id" and topic.cleanup is Cleanup.DELETE and topic not in (RAW, CLEAN)
)
"""Topics in which an article's records are found by its id: those behind `dedupe`."""


@dataclass
class _Search:
    """What is known so far of the article that is looked for.

    Cleaning may find an article's own URL in its page, and with it another id:
    what belongs together is found by id and by origin.
    """

    ids: set[str] = field(default_factory=set)
    origins: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    steps: list[TraceRecord] = field(default_factory=list)
    since: datetime | None = None

    @property
    def keys(self) -> set[bytes]:
        return {name.encode() for name in self.ids}

    def add(self, step: TraceRecord) -> None:
        self.steps.append(step)
        self.origins.add(step.origin)
        if not isinstance(step.record, DeadLetter):
            self.ids.add(step.article)
        if step.topic == RAW.name:
            self.entered(step.sent)

    def entered(self, sent: datetime) -> None:
        """Note when a version came in: what came of it was sent no earlier."""
        self.since = min(sent - SKEW, self.since or sent)


async def trace_article(
    settings: Settings,
    *,
    id: str = "",  # noqa: A002  # the field's name
    origin: str = "",
    progress: OnReadProgress | None = None,
) -> list[TraceRecord]:
    """Find every record that came of an article.

    Reads only partitions that can hold it, from the time it was first sent to
    the raw topic; where that record has expired, whole partitions. The clean
    topic, which has one partition, is the long part.

    Args:
        settings: With a broker.
        id: The article's id.
        origin: Or one of its origins, ``topic-partition-offset`` in the raw
            topic; then only what came of that is given.
        progress: Told how far each of the reads is.

    Returns:
        The records, version by version, each in the order of the stages;
        nothing when no topic knows the article.

    Raises:
        BrokerError: If the broker cannot be reached.
    """
    search = _Search(ids={id} if id else set(), origins={origin} if origin else set())
    await _add_entries(settings, search, progress)
    await _add_clean(settings, search, progress)
    await _add_by_key(settings, search, progress)
    await _add_duplicates(settings, search, progress)
    await _add_dead_letters(settings, search, progress)
    steps = [step for step in search.steps if origin in ("", step.origin)]
    return sort_trace(drop_redelivered(steps))


async def _add_entries(
    settings: Settings, search: _Search, progress: OnReadProgress | None
) -> None:
    """Find the raw records of the known origins, and of the known ids."""
    await _add_origins(settings, search)
    if not search.ids:
        return
    ids, known = frozenset(search.ids), {step.origin for step in search.steps}
    async for step in _steps(settings, [RAW.name], search.keys, None, progress):
        if step.article in ids and step.origin not in known:
            search.add(step)


async def _add_origins(settings: Settings, search: _Search) -> None:
    for origin in sorted(search.origins - {step.origin for step in search.steps}):
        place = Origin.parse(origin)
        message = await message_at(settings, RAW.name, place.partition, place.offset)
        if message is not None:
            search.entered(sent_at(message))
            step = parse_trace_record(message, settings)
            if step is not None:
                search.add(step)


async def _add_clean(settings: Settings, search: _Search, progress: OnReadProgress | None) -> None:
    messages = read_topics(
        settings, CLEAN.name, since=search.since, missing_ok=True, progress=progress
    )
    found = [
        parse_trace_record(message, settings)
        async for message in messages
        if message.key in search.keys or origin_of(message, settings) in search.origins
    ]
    steps = [step for step in found if step is not None]
    # An id that cleaning made has no raw record of its own: its origins lead to them.
    search.origins |= {step.origin for step in steps}
    await _add_origins(settings, search)
    for step in steps:
        search.add(step)


async def _add_by_key(settings: Settings, search: _Search, progress: OnReadProgress | None) -> None:
    if not search.ids:
        return
    routed = await topics_with_prefix(settings, ROUTED)
    topics = [*KEYED_BY_ARTICLE, *routed]
    ids = frozenset(search.ids)
    async for step in _steps(settings, topics, search.keys, search.since, progress):
        if step.article in ids:
            search.add(step)


async def _add_duplicates(
    settings: Settings, search: _Search, progress: OnReadProgress | None
) -> None:
    """Find the article's records that are keyed by its group: dedupe remembers which."""
    if not search.ids:
        return
    async for message in read_topics(settings, MEMORY.name, missing_ok=True, progress=progress):
        if message.key in search.keys and message.value is not None:
            with suppress(DecodeError):
                memory = decode(message.value, Memory)
                search.groups |= {memory.group_id, *(answer.group_id for answer in memory.answers)}
    keys = search.keys | {name.encode() for name in search.groups} if search.groups else None
    ids = frozenset(search.ids)
    async for step in _steps(
        settings, [DUPLICATES.name], keys, search.since, progress, holds=search.keys
    ):
        if step.article in ids:
            search.add(step)


async def _add_dead_letters(
    settings: Settings, search: _Search, progress: OnReadProgress | None
) -> None:
    async for message in read_topics(
        settings, DEAD_LETTER.name, since=search.since, missing_ok=True, progress=progress
    ):
        step = parse_trace_record(message, settings)
        if step is None or not isinstance(step.record, DeadLetter):
            continue
        if step.record.origin in search.origins or step.record.key in search.keys:
            search.add(step)


async def _steps(
    settings: Settings,
    topics: list[str],
    keys: Iterable[bytes] | None,
    since: datetime | None,
    progress: OnReadProgress | None,
    *,
    holds: Iterable[bytes] = (),
) -> AsyncIterator[TraceRecord]:
    """Read records under some keys; without keys, those whose bytes hold one of the ids."""
    wanted = None if keys is None else set(keys)
    async for message in read_topics(
        settings, *topics, keys=wanted, since=since, missing_ok=True, progress=progress
    ):
        if wanted is not None:
            candidate = message.key in wanted
        else:
            candidate = any(name in (message.value or b"") for name in holds)
        if candidate:
            step = parse_trace_record(message, settings)
            if step is not None:
                yield step
