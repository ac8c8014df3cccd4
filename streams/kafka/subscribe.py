"""Follow a topic as it grows: messages in, records out, each with where it came from."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import IllegalStateError, KafkaError

from streams.kafka.connection import consumer, logical_name
from streams.kafka.cursor import STALL, Cursor, read_in_time_order
from streams.kafka.errors import translate_errors
from streams.kafka.read import existing_topics, partitions_of, record_in, seek_to_time, sent_at
from streams.kafka.redelivery import RedeliveryFilter
from streams.records import ORIGIN_HEADER, DecodeError, Record
from streams.settings import Settings

Start = Literal["beginning", "end"] | datetime
"""Where to begin: at the first message, behind the last one, or at what was sent then."""

COMMIT_EVERY: Final = timedelta(seconds=1)
"""How often a busy subscriber commits; one that waits for messages has committed before."""

_LOG = logging.getLogger("streams.subscribe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A record as it was received.

    Attributes:
        record: What it says.
        topic: Logical name.
        partition: There.
        offset: There.
        origin: Where its article entered, ``topic-partition-offset``; its own place if the
            message does not say.
        sent: When it was sent to this topic.
    """

    record: Record
    topic: str
    partition: int
    offset: int
    origin: str
    sent: datetime


async def follow_topic(
    settings: Settings,
    topic: str,
    *,
    group: str | None = None,
    start: Start = "end",
    wanted: Callable[[Received], bool] = lambda _: True,
    limit: int | None = None,
    until_end: bool = False,
    ready: Callable[[], None] | None = None,
) -> AsyncGenerator[Received, None]:
    """Receive the records of a topic as they come.

    Without a group, the records that are on the topic at the start are given in the order of
    sending across partitions, those sent later in order within each partition. The members of a
    group share the partitions, so there the order holds only within each.

    **Delivery.** At-least-once with a group: a message is committed after the
    caller has come back for the next one, so what it was working on when it
    died comes again. Repeats that the stages before caused are left out while
    this process remembers them (`RedeliveryFilter`); after a restart of this process,
    those that lie further apart than its last commit come again. A message
    that is no record of the topic is logged and left out.

    Args:
        settings: With a broker.
        topic: Logical name.
        group: Whose position is kept; the members of a group share the
            partitions. None: all partitions, and nothing is kept.
        start: Where to begin; with a group, only where it has no position yet.
        wanted: Says which are given; the others count as handled.
        limit: End after so many; None: never.
        until_end: Whether to end at the end that the topic has at the start; with a group, at the
            end that each partition has when this process gets it.
        ready: Called once the first positions are fixed: from then on nothing is missed.

    Raises:
        BrokerError: If the broker cannot be reached, or has no such topic.
    """
    repeats = RedeliveryFilter()
    n_given = 0
    async with translate_errors(f"reading {topic}"), consumer(settings, group=group) as client:
        place = _Place(client, start, until_end=until_end)
        await place.take(settings, topic, group)
        if ready is not None:
            ready()
        try:
            while limit is None or n_given < limit:
                message = await place.next_message()
                if message is None:
                    break
                received = _received(message, settings)
                if received and wanted(received) and not _repeated(received, repeats):
                    yield received
                    repeats.add(received.partition, received.origin, _name(received))
                    n_given += 1
                place.handled(message)
        finally:
            await place.commit()


def _received(message: ConsumerRecord, settings: Settings) -> Received | None:
    try:
        record = record_in(message, settings)
    except DecodeError as error:
        _LOG.warning(
            "left out %s-%s-%s: %s", message.topic, message.partition, message.offset, error
        )
        return None
    topic = logical_name(settings, message.topic)
    given = next((value for name, value in message.headers if name == ORIGIN_HEADER), None)
    return Received(
        record=record,
        topic=topic,
        partition=message.partition,
        offset=message.offset,
        origin=given.decode() if given else f"{topic}-{message.partition}-{message.offset}",
        sent=sent_at(message),
    )


def _name(received: Received) -> str:
    return str(getattr(received.record, "id", ""))


def _repeated(received: Received, repeats: RedeliveryFilter) -> bool:
    return repeats.seen(received.partition, received.origin, _name(received))


class _Place(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Where a subscriber stands in each of its partitions, and what of it is committed."""

    def __init__(self, client: AIOKafkaConsumer, start: Start, *, until_end: bool) -> None:
        self._client = client
        self._start = start
        self._until_end = until_end
        self._ends: dict[TopicPartition, int] = {}
        self._history: AsyncIterator[ConsumerRecord] | None = None
        self._group = False
        self._assigned = asyncio.Event()
        self._settled: set[TopicPartition] = set()
        self._handled: dict[TopicPartition, int] = {}
        self._committed_at = 0.0

    async def take(self, settings: Settings, topic: str, group: str | None) -> None:
        """Get partitions, and fix the position in each."""
        if group is None:
            self._client.assign(await partitions_of(self._client, settings, (topic,)))
        else:
            self._group = True
            names = await existing_topics(self._client, settings, (topic,))
            self._client.subscribe(names, listener=self)
            await self._assigned.wait()
        await self._settle()
        if group is None and self._start != "end":
            # An outage may last: without an end to reach, the subscriber waits for Kafka.
            stall = STALL if self._until_end else timedelta.max
            self._ends = await self._client.end_offsets(self._settled)
            cursor = Cursor(self._client, dict(self._ends), None, stall=stall)
            self._history = read_in_time_order(cursor)

    async def next_message(self) -> ConsumerRecord | None:
        """Wait for the next message; before waiting long, commit.

        Returns:
            The message, or None at the end to stop at.
        """
        if self._history is not None:
            message = await anext(self._history, None)
            if message is not None:
                return message
            self._history = None
            self._follow_from_ends()
        while True:
            await self._settle()
            if self._until_end and await self._is_at_end():
                return None
            batch = await self._client.getmany(timeout_ms=100, max_records=1)
            for partition, messages in batch.items():
                if partition in self._settled:
                    await self._commit_if_due()
                    return messages[0]
                # Assigned while we waited, and read from where it should not be.
            if not batch:
                await self.commit()

    def _follow_from_ends(self) -> None:
        """Follow the topic from the end of the history.

        The cursor paused partitions, and left out what it fetched beyond the ends.
        """
        for partition, end in self._ends.items():
            self._client.seek(partition, end)
        self._client.resume(*self._ends)

    async def _is_at_end(self) -> bool:
        """Return whether every partition of this process has reached its end."""
        with suppress(IllegalStateError):  # a rebalance takes a partition meanwhile
            for partition in self._client.assignment():
                if partition not in self._ends:
                    return False
                if await self._client.position(partition) < self._ends[partition]:
                    return False
            return True
        return False

    def handled(self, message: ConsumerRecord) -> None:
        """Note that a message needs not come again."""
        partition = TopicPartition(message.topic, message.partition)
        self._handled[partition] = message.offset + 1

    async def commit(self) -> None:
        """Commit what was handled; what a rebalance took away is another member's to repeat."""
        self._committed_at = asyncio.get_running_loop().time()
        mine = self._client.assignment()
        offsets = {place: offset for place, offset in self._handled.items() if place in mine}
        self._handled.clear()
        if offsets and self._group:
            with suppress(KafkaError, IllegalStateError):
                await self._client.commit(offsets)

    async def on_partitions_revoked(self, revoked: Any) -> None:  # noqa: ARG002  # aiokafka's
        """Commit before others take over."""
        await self.commit()
        self._settled.clear()

    async def on_partitions_assigned(self, assigned: Any) -> None:  # noqa: ARG002  # the same
        """Let the first positions be fixed."""
        self._assigned.set()

    async def _commit_if_due(self) -> None:
        waited = asyncio.get_running_loop().time() - self._committed_at
        if self._handled and waited > COMMIT_EVERY.total_seconds():
            await self.commit()

    async def _settle(self) -> None:
        """Fix the position in new partitions; those that a rebalance takes meanwhile later."""
        with suppress(IllegalStateError):
            await self._fix_positions()

    async def _fix_positions(self) -> None:
        """Go to the group's position in new partitions, else to the start, and keep that."""
        fresh = self._client.assignment() - self._settled
        if not fresh:
            return
        new = []
        for partition in sorted(fresh):
            kept = await self._client.committed(partition) if self._group else None
            if kept is None:
                new.append(partition)
            else:
                self._client.seek(partition, kept)
        if new:
            await self._go_to_start(new)
        if self._until_end:
            self._ends |= await self._client.end_offsets(fresh)
        self._settled |= fresh

    async def _go_to_start(self, partitions: list[TopicPartition]) -> None:
        if isinstance(self._start, datetime):
            await seek_to_time(self._client, partitions, self._start)
        elif self._start == "end":
            for partition, offset in (await self._client.end_offsets(partitions)).items():
                self._client.seek(partition, offset)
        else:
            for partition, offset in (await self._client.beginning_offsets(partitions)).items():
                self._client.seek(partition, offset)
        if self._group:
            # Kept at once: who crashes before the first article must not start behind it.
            positions = {place: await self._client.position(place) for place in partitions}
            with suppress(KafkaError, IllegalStateError):
                await self._client.commit(positions)
