"""Follow a topic and return its records with their positions and origins."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import IllegalStateError, KafkaError

from streams.kafka.bound_positions import positions_of
from streams.kafka.connection import consumer, logical_name, physical_name
from streams.kafka.cursor import STALL, Cursor, read_in_time_order
from streams.kafka.decoding import headers_of, sent_at
from streams.kafka.errors import translate_errors
from streams.kafka.read import existing_topics, partitions_of, record_in, seek_to_time
from streams.kafka.redelivery import RedeliveryFilter
from streams.kafka.topic_ids import read_topic_ids
from streams.records import Record
from streams.records.origin import origin_of_message
from streams.settings import Settings

_LOG = logging.getLogger(__name__)

Start = Literal["beginning", "end"] | datetime
"""Where to begin: at the first message, after the last one, or at the first one sent at a time."""

COMMIT_EVERY: Final = timedelta(seconds=1)
"""How often a busy subscriber commits; before it waits for messages it commits at once."""

LAST_COMMIT_WITHIN: Final = timedelta(seconds=5)
"""Maximum time for the commit of a subscriber that ends.

While Kafka is unavailable, aiokafka searches for the group's coordinator without end, and Ctrl-C
would not end the program. Messages without a commit are received again.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A received record and its position.

    Attributes:
        record: The record.
        topic: Logical name of the topic.
        partition: Partition of the topic.
        offset: Offset in the partition.
        origin: Position at which its article entered the pipeline, ``topic-partition-offset``; its
            own position if the message has no origin.
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
    """Receive the records of a topic as they are sent.

    Partitions that are added to the topic are read from their beginning, within half a minute.
    Without a group, the records that are on the topic at the start are yielded in the order of
    sending across partitions, later records in order within each partition. The members of a
    group share the partitions, so there the order holds only within each.

    **Delivery.** At-least-once with a group: a message is committed after the caller has asked for
    the next one, so the message that the caller was processing when it died is redelivered.
    Redelivered articles of earlier stages are left out while this process remembers them
    (`RedeliveryFilter`); after a restart of this process, those further apart than its last commit
    are received again. A message that is not a record of the topic is set aside: logged, counted
    and left out.

    Args:
        settings: Settings with a broker.
        topic: Logical name.
        group: Consumer group that commits offsets; its members share the partitions. Defaults to
            all partitions, without commits.
        start: Where to begin; with a group, only where it has no committed offset.
        wanted: Returns whether a record is received; the others count as handled.
        limit: Maximum number of records. Defaults to no limit.
        until_end: Whether to stop at the end that the topic has at the start; with a group, at the
            end that each partition has when this process gets it.
        ready: Called once the first positions are fixed: no later record is missed.

    Raises:
        BrokerError: If the broker is unreachable, or the topic is missing.
    """
    redelivered = RedeliveryFilter()
    n_received = 0
    async with translate_errors(f"reading {topic}"), consumer(settings, group=group) as client:
        position = _Position(client, start, until_end=until_end)
        await position.assign(settings, topic, group)
        if ready is not None:
            ready()
        try:
            while limit is None or n_received < limit:
                message = await position.next_message()
                if message is None:
                    break
                received = received_of(message, settings, topic_id=position.topic_id)
                if received and wanted(received) and not _is_redelivered(received, redelivered):
                    yield received
                    redelivered.add(received.partition, received.origin, _name(received))
                    n_received += 1
                position.mark_handled(message)
        finally:
            await position.close()


def received_of(
    message: ConsumerRecord, settings: Settings, *, topic_id: str = ""
) -> Received | None:
    """Return a message as a received record; None for one that is no record of its topic."""
    record = record_in(message, settings)
    if record is None:
        return None
    topic = logical_name(settings, message.topic)
    origin = origin_of_message(
        topic, message.partition, message.offset, headers_of(message), topic_id=topic_id
    )
    return Received(
        record=record,
        topic=topic,
        partition=message.partition,
        offset=message.offset,
        origin=str(origin),
        sent=sent_at(message),
    )


def _name(received: Received) -> str:
    return str(getattr(received.record, "id", ""))


def _is_redelivered(received: Received, redelivered: RedeliveryFilter) -> bool:
    return redelivered.seen(received.partition, received.origin, _name(received))


class _Position(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Current offsets of a subscriber, and the offsets to commit."""

    def __init__(self, client: AIOKafkaConsumer, start: Start, *, until_end: bool) -> None:
        self._client = client
        self._topic = ""
        self._start = start
        self._until_end = until_end
        self._ends: dict[TopicPartition, int] = {}
        self._history: AsyncIterator[ConsumerRecord] | None = None
        self._group = False
        self._assigned = asyncio.Event()
        self._fixed: set[TopicPartition] = set()
        self._handled: dict[TopicPartition, int] = {}
        self._committed_at = 0.0
        self._checked_at = 0.0
        self._check_every = timedelta()
        self._is_new_topic = False
        self.topic_id = ""

    async def assign(self, settings: Settings, topic: str, group: str | None) -> None:
        """Assign partitions, and fix the position in each."""
        self._topic = physical_name(settings, topic)
        self._check_every = timedelta(seconds=settings.partition_check_seconds)
        await self._notice_new_topic()
        if group is None:
            self._client.assign(await partitions_of(self._client, settings, (topic,)))
        else:
            self._group = True
            names = await existing_topics(self._client, settings, (topic,))
            self._client.subscribe(names, listener=self)
            await self._assigned.wait()
        await self._fix_new_positions()
        if group is None and self._start != "end":
            # An outage may last: without an end to reach, the subscriber waits for Kafka.
            stall = STALL if self._until_end else timedelta.max
            self._ends = await self._client.end_offsets(self._fixed)
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
            if not self._group and not self._until_end:
                await self._assign_added_partitions()
            await self._notice_new_topic()
            await self._fix_new_positions()
            if self._until_end and await self._is_at_end():
                return None
            batch = await self._client.getmany(timeout_ms=100, max_records=1)
            for partition, messages in batch.items():
                if partition in self._fixed:
                    await self._commit_if_due()
                    return messages[0]
                # Assigned during the wait, and read from a position that is not fixed yet.
            if not batch:
                await self.commit()

    async def _assign_added_partitions(self) -> None:
        """Assign partitions that were added to the topic meanwhile; in a group Kafka does."""
        assigned = self._client.assignment()
        numbers = self._client.partitions_for_topic(self._topic) or ()
        if len(numbers) <= len(assigned):
            return
        positions = {partition: await self._client.position(partition) for partition in assigned}
        self._client.assign([TopicPartition(self._topic, number) for number in sorted(numbers)])
        for partition, position in positions.items():
            self._client.seek(partition, position)

    async def _notice_new_topic(self) -> None:
        """Read the topic from its beginning if it was deleted and created again meanwhile.

        The positions of this process are those of the topic before; all records are later. Checked
        as often as added partitions are.
        """
        now = asyncio.get_running_loop().time()
        if self._checked_at and now - self._checked_at < self._check_every.total_seconds():
            return
        self._checked_at = now
        kafka = self._client._client  # noqa: SLF001  # aiokafka has no public way
        try:
            found = (await read_topic_ids(kafka, (self._topic,))).ids.get(self._topic, "")
        except KafkaError:
            return  # an outage, or a new leader: the next check follows
        before, self.topic_id = self.topic_id, found or self.topic_id
        if before and self.topic_id != before:
            _LOG.warning("%s was created again; reading it from its beginning", self._topic)
            self._is_new_topic = True
            self._handled.clear()
            positions_of(self._client).renew({self._topic: self.topic_id})
            await self._begin_again()

    async def _begin_again(self) -> None:
        with suppress(IllegalStateError):  # a rebalance takes a partition meanwhile
            assigned = self._client.assignment()
            if assigned:
                await self._client.seek_to_beginning(*assigned)
            if assigned and self._until_end:
                self._ends = await self._client.end_offsets(assigned)

    def _follow_from_ends(self) -> None:
        """Follow the topic from the end of the history.

        The cursor paused partitions, and left out what it fetched beyond the ends.
        """
        for partition, end in self._ends.items():
            self._client.seek(partition, end)
        self._client.resume(*self._ends)

    async def _is_at_end(self) -> bool:
        """Return whether every partition of this process has reached its end."""
        if self._group and not self._assigned.is_set():  # between two assignments
            return False
        with suppress(IllegalStateError):  # a rebalance takes a partition meanwhile
            for partition in self._client.assignment():
                if partition not in self._ends:
                    return False
                if await self._client.position(partition) < self._ends[partition]:
                    return False
            return True
        return False

    def mark_handled(self, message: ConsumerRecord) -> None:
        """Mark a message as handled: it need not be redelivered."""
        partition = TopicPartition(message.topic, message.partition)
        self._handled[partition] = message.offset + 1

    async def commit(self) -> None:
        """Commit handled messages; the new members of lost partitions get their messages again."""
        self._committed_at = asyncio.get_running_loop().time()
        assigned = self._client.assignment()
        offsets = {at: offset for at, offset in self._handled.items() if at in assigned}
        self._handled.clear()
        if offsets and self._group:
            with suppress(KafkaError, IllegalStateError):
                await self._client.commit(offsets)

    async def close(self) -> None:
        """Commit handled messages, if Kafka answers in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_COMMIT_WITHIN.total_seconds()):
                await self.commit()

    async def on_partitions_revoked(self, revoked: Any) -> None:  # noqa: ARG002  # aiokafka's
        """Commit before other members take over."""
        await self.commit()
        self._fixed.clear()
        self._assigned.clear()

    async def on_partitions_assigned(self, assigned: Any) -> None:  # noqa: ARG002  # the same
        """Signal that partitions are assigned."""
        self._assigned.set()

    async def _commit_if_due(self) -> None:
        waited = asyncio.get_running_loop().time() - self._committed_at
        if self._handled and waited > COMMIT_EVERY.total_seconds():
            await self.commit()

    async def _fix_new_positions(self) -> None:
        """Fix the position in new partitions; a later call handles those that a rebalance takes."""
        with suppress(IllegalStateError):
            await self._fix_positions()

    async def _fix_positions(self) -> None:
        """Seek to the group's offset in new partitions, or to the start, and commit the start."""
        fresh = self._client.assignment() - self._fixed
        if not fresh:
            return
        new = []
        for partition in sorted(fresh):
            committed = await self._client.committed(partition) if self._group else None
            if committed is None:
                new.append(partition)
            else:
                self._client.seek(partition, committed)
        if new:
            await self._go_to_start(new)
        if self._until_end:
            self._ends |= await self._client.end_offsets(fresh)
        self._fixed |= fresh

    async def _are_added(self, partitions: Collection[TopicPartition]) -> bool:
        """Return whether partitions without a position were added after the subscriber started.

        So were all those of a topic that was created again.

        Such partitions are read from their beginning: all their records are later. In a group,
        partitions are added if they follow all those with a committed offset; two members that
        start a group at the same time have every other partition each.
        """
        if self._is_new_topic or positions_of(self._client).of_other_topics & set(partitions):
            return True
        if not self._group:
            return bool(self._fixed)
        numbers = self._client.partitions_for_topic(self._topic) or ()
        known = [
            number
            for number in numbers
            if await self._client.committed(TopicPartition(self._topic, number)) is not None
        ]
        unknown = set(numbers) - set(known) | {each.partition for each in partitions}
        return bool(known) and min(unknown) > max(known)

    async def _go_to_start(self, partitions: list[TopicPartition]) -> None:
        if isinstance(self._start, datetime):
            await seek_to_time(self._client, partitions, self._start)
        elif self._start == "end" and not await self._are_added(partitions):
            for partition, offset in (await self._client.end_offsets(partitions)).items():
                self._client.seek(partition, offset)
        else:
            for partition, offset in (await self._client.beginning_offsets(partitions)).items():
                self._client.seek(partition, offset)
        if self._group:
            # Committed at once: after a crash before the first article, start at the same offset.
            positions = {at: await self._client.position(at) for at in partitions}
            with suppress(KafkaError, IllegalStateError):
                await self._client.commit(positions)
