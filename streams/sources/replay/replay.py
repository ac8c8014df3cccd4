"""Replay articles from files or Kafka at a chosen speed, with acknowledged messages counted."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
from aiokafka import ConsumerRecord

from streams.kafka.connection import producer
from streams.kafka.decoding import read_record
from streams.kafka.read import OnReadProgress, read_topics
from streams.kafka.sender import Sender
from streams.records import REPLAY_HEADER, Origin, RawArticle, encode
from streams.records.topics import DEAD_LETTER, RAW
from streams.settings import Settings
from streams.sources.article import validate
from streams.sources.bounded_reading import Meter
from streams.sources.event_time import publication_time, raw_event_time
from streams.sources.files.files import read_articles
from streams.sources.rejection import Rejected, source_dead_letter
from streams.sources.replay.pace import ReplaySpeed

ReplayItem = RawArticle | Rejected
"""An article, or a rejection that becomes a dead letter."""


@dataclass
class ReplayCounts:
    """The counts of a replay so far; also valid if it ends early.

    Attributes:
        n_sent: Articles that the broker has acknowledged.
        refused: Acknowledged dead letters, by reason.
        n_unreadable: Messages in Kafka that are not raw articles, and were skipped.
    """

    n_sent: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    n_unreadable: int = 0

    @property
    def n_refused(self) -> int:
        """Number of dead letters."""
        return self.refused.total()


async def replay(
    settings: Settings,
    items: AsyncIterator[ReplayItem],
    *,
    now: Callable[[], datetime],
    tally: ReplayCounts,
    stop: asyncio.Event,
    factor: float | None = None,
) -> None:
    """Send articles to the raw topic, and rejections to the dead letters.

    **Delivery.** Returns when the broker has acknowledged everything that was sent; after an
    error, a few messages may be sent but not counted.

    Args:
        settings: Settings of the broker.
        items: Items to send; the order is kept for each article.
        now: Returns the time for dead letters.
        tally: Counts what is acknowledged.
        stop: Once set, nothing more is sent.
        factor: Speed relative to publication. Unlimited by default.

    Raises:
        BrokerError: If the broker cannot be reached or does not acknowledge.
    """
    async with producer(settings) as client:
        sender = Sender(client, settings)
        async for item in _paced(items, stop, factor):
            await _send(sender, item, tally, now=now())
            if sender.failed:
                break
        await sender.flush()


async def articles_in_files(
    paths: Iterable[Path],
    *,
    now: Callable[[], datetime],
    source: str = "",
    loops: int = 1,
    meter: Meter | None = None,
) -> AsyncIterator[ReplayItem]:
    """Yield the articles of files and folders, ``loops`` times (`read_articles`)."""
    paths = tuple(paths)
    for _ in range(loops):
        for path in paths:
            for item in read_articles(path, now=now, source=source, meter=meter):
                yield item
                # Reading never yields to the event loop; signals and progress need it.
                await asyncio.sleep(0)


async def articles_in_kafka(
    settings: Settings,
    *,
    tally: ReplayCounts,
    start: datetime | None = None,
    end: datetime | None = None,
    progress: OnReadProgress | None = None,
) -> AsyncIterator[ReplayItem]:
    """Yield copies of the articles that the raw topic currently contains, in order.

    Args:
        settings: Settings of the broker.
        tally: Counts messages that are not raw articles.
        start: Earliest event time. No limit by default.
        end: First event time that is excluded. No limit by default.
        progress: Called with the progress of reading.

    Yields:
        Copies with their origin in ``replayed_from``.
    """
    async for origin, article in _raw_articles(settings, tally, progress):
        time = raw_event_time(article)
        if (start is None or time >= start) and (end is None or time < end):
            copy = msgspec.structs.replace(article, replayed_from=str(origin))
            yield validate(copy, place=str(origin))


async def newest_event_time(
    settings: Settings, *, progress: OnReadProgress | None = None
) -> datetime | None:
    """Return the latest event time in the raw topic, reading all of it; None if it is empty."""
    newest = None
    async for _, article in _raw_articles(settings, ReplayCounts(), progress):
        time = raw_event_time(article)
        newest = time if newest is None else max(newest, time)
    return newest


async def _raw_articles(
    settings: Settings, tally: ReplayCounts, progress: OnReadProgress | None
) -> AsyncIterator[tuple[Origin, RawArticle]]:
    found: list[tuple[Origin, RawArticle]] = []
    async for message in read_topics(settings, RAW.name, in_order=True, progress=progress):
        add_raw_article(found, message, tally)
        while found:
            yield found.pop()


def add_raw_article(
    found: list[tuple[Origin, RawArticle]], message: ConsumerRecord, tally: ReplayCounts
) -> None:
    """Add the article of a message of the raw topic and its origin; count a message without."""
    article = read_record(message, RawArticle)
    if article is None:
        tally.n_unreadable += 1
    else:
        found.append((Origin(RAW.name, message.partition, message.offset), article))


async def _paced(
    items: AsyncIterator[ReplayItem], stop: asyncio.Event, factor: float | None
) -> AsyncIterator[ReplayItem]:
    pace = ReplaySpeed(factor=factor or 1)
    start = asyncio.get_running_loop().time()
    async for item in items:
        if factor is not None and isinstance(item, RawArticle):
            pace = pace.after(publication_time(item.published))
            await _wait(start + pace.due.total_seconds(), stop)
        if stop.is_set():
            return
        yield item


async def _wait(due: float, stop: asyncio.Event) -> None:
    remaining = due - asyncio.get_running_loop().time()
    if remaining > 0:
        try:
            await asyncio.wait_for(stop.wait(), remaining)
        except TimeoutError:
            return


async def _send(sender: Sender, item: ReplayItem, tally: ReplayCounts, *, now: datetime) -> None:
    """Send an article or a dead letter, and count it when it is acknowledged."""
    if isinstance(item, Rejected):
        letter = encode(source_dead_letter(item, now=now))
        future = await sender.send(DEAD_LETTER.name, letter)
    else:
        origin = item.replayed_from.encode()
        headers = [(REPLAY_HEADER, origin)] if origin else None
        future = await sender.send(RAW.name, encode(item), item.id.encode(), headers=headers)

    def count(future: "asyncio.Future[Origin]") -> None:
        if future.cancelled() or future.exception():
            return
        if isinstance(item, Rejected):
            tally.refused[item.reason.value] += 1
        else:
            tally.n_sent += 1

    future.add_done_callback(count)
