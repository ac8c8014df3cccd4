"""Follow alerts.v1 once for all clients, and notify listeners of new alerts."""

import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Iterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from streams.errors import BrokerError
from streams.kafka.connection import consumer, physical_name
from streams.kafka.decoding import read_record
from streams.kafka.errors import translate_errors
from streams.kafka.read import partitions_of
from streams.kafka.topic_ids import read_topic_ids
from streams.records import Record
from streams.records.topics import ALERTS
from streams.runtime.background import background_task
from streams.runtime.reconnect import keep_connected
from streams.serve.problems import KafkaUnavailableError
from streams.serve.searches.store import SavedSearches
from streams.settings import Settings

REMEMBERED: Final = 20_000
"""Alerts per partition by which redelivered ones are recognized: 25 MB for 8 partitions. After a
crash `route` sends again what it had in flight, some 1,400 records.
"""

LATEST: Final = 50
"""Alerts per search whose offsets are kept, for its feeds."""


class _Head(Record, frozen=True, kw_only=True):
    """The fields of an alert that decide who gets it; the rest is decoded later."""

    id: str
    subscription_id: str


@dataclass(frozen=True, slots=True)
class LoggedAlert:
    """A message on alerts.v1 that is not a redelivered one.

    Attributes:
        partition: Partition of the topic.
        offset: Offset in the partition.
        search_id: Id of the saved search.
        value: The alert as stored.
    """

    partition: int
    offset: int
    search_id: str
    value: bytes


class Listener(Protocol):
    """A receiver of new alerts."""

    def on_alert(self, alert: LoggedAlert) -> None:
        """Handle an alert; called in the order of each partition."""

    def close(self) -> None:
        """Stop listening: later alerts have to be read from Kafka."""


class AlertLog:
    """Reads alerts.v1 once for all clients.

    An alert is redelivered if its id occurred before in its partition: the same for every client
    and after every restart, as far as ids are remembered.

    Args:
        settings: Settings with a broker.
        saved: Read up to date before listeners are notified, so that the owners are known.

    Attributes:
        ready: Whether all alerts that existed at the start have been read.
        offsets: For each partition the next offset.
        topic_id: Id of the topic, as in an origin; empty if unknown.
    """

    def __init__(self, settings: Settings, saved: SavedSearches) -> None:
        self.ready = False
        self.offsets: list[int] = []
        self.topic_id = ""
        self._checked_at = 0.0
        self._settings = settings
        self._saved = saved
        self._first: list[OrderedDict[bytes, int]] = []
        self._latest: dict[str, deque[tuple[int, int]]] = {}
        self._listeners: set[Listener] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow the topic while the body runs."""
        async with background_task(keep_connected(self._session, purpose="alerts")):
            yield

    def check(self) -> None:
        """Check that the log is usable.

        Raises:
            KafkaUnavailableError: If it is not read yet, or Kafka is unavailable.
        """
        if not self.ready:
            raise KafkaUnavailableError

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Register a listener while the body runs."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    def close_listeners(self) -> None:
        """Close all listeners."""
        for listener in tuple(self._listeners):
            listener.close()

    def parse_alert(self, message: ConsumerRecord) -> LoggedAlert | None:
        """Return the alert of a message, new or old; None for a redelivered one, or no alert."""
        head = read_record(message, _Head, again=True)
        if head is None:
            return None
        first = self._first[message.partition].get(_digest(head.id), message.offset)
        return _logged(message, head) if first == message.offset else None

    def search_ids(self) -> AbstractSet[str]:
        """Return the ids of all searches that have alerts, deleted ones included.

        Raises:
            KafkaUnavailableError: If they are not read yet, or Kafka is unavailable.
        """
        self.check()
        return self._latest.keys()

    def latest(self, search_id: str) -> list[tuple[int, int]]:
        """Return partition and offset of the latest alerts of a search, the oldest first."""
        return list(self._latest.get(search_id, ()))

    async def _session(self) -> None:
        try:
            async with (
                translate_errors(f"reading {ALERTS.name}"),
                consumer(self._settings) as client,
            ):
                await self._follow(client)
        except KafkaUnavailableError as error:
            raise BrokerError("reading the saved searches: Kafka is unavailable") from error
        finally:
            self.ready = False
            self.close_listeners()

    async def _follow(self, client: AIOKafkaConsumer) -> None:
        partitions = await partitions_of(client, self._settings, (ALERTS.name,))
        client.assign(partitions)
        self.topic_id = await self._current_topic_id(client)
        ends = await client.end_offsets(partitions)
        starts = await client.beginning_offsets(partitions)
        self.restart([starts[partition] for partition in partitions])
        # Partitions added meanwhile end the session: the next one reads all of them, and clients
        # resume by their event ids, in which a new partition begins at 0.
        while not self._has_grown(client) and not await self._is_recreated(client):
            behind = not self.ready
            batches = await client.getmany(timeout_ms=100 if behind else 500, max_records=1000)
            if batches and self._listeners:
                await self._saved.refresh()
            for messages in batches.values():
                for message in messages:
                    self.add(message)
            if behind:
                positions = [await client.position(partition) for partition in partitions]
                self.ready = all(
                    position >= ends[partition]
                    for partition, position in zip(partitions, positions, strict=True)
                )

    async def _current_topic_id(self, client: AIOKafkaConsumer) -> str:
        self._checked_at = time.monotonic()
        topic = physical_name(self._settings, ALERTS.name)
        found = await read_topic_ids(client._client, (topic,))  # noqa: SLF001  # aiokafka has no public way
        return found.ids.get(topic, "")

    async def _is_recreated(self, client: AIOKafkaConsumer) -> bool:
        """Return whether the topic was deleted, or created again, at the last check.

        That ends the session: the next one reads the new topic from its beginning, and clients
        resume by event ids that have another topic id.
        """
        every = self._settings.partition_check_seconds
        if not self.topic_id or time.monotonic() - self._checked_at < every:
            return False
        return await self._current_topic_id(client) != self.topic_id

    def _has_grown(self, client: AIOKafkaConsumer) -> bool:
        topic = physical_name(self._settings, ALERTS.name)
        return len(client.partitions_for_topic(topic) or ()) > len(self.offsets)

    def restart(self, offsets: list[int]) -> None:
        """Forget all alerts: they are read again from the first offset of each partition."""
        self.offsets = offsets
        self._first = [OrderedDict() for _ in offsets]
        self._latest = {}

    def add(self, message: ConsumerRecord) -> None:
        """Add a message of the topic, in the order of its partition; one that is none is ignored.

        Listeners get an alert that is not a redelivered one.
        """
        self.offsets[message.partition] = message.offset + 1
        head = read_record(message, _Head)
        if head is None:
            return
        first = self._first[message.partition]
        if first.setdefault(_digest(head.id), message.offset) != message.offset:
            return
        if len(first) > REMEMBERED:
            first.popitem(last=False)
        position = (message.partition, message.offset)
        self._latest.setdefault(head.subscription_id, deque(maxlen=LATEST)).append(position)
        alert = _logged(message, head)
        for listener in self._listeners:
            listener.on_alert(alert)


def _logged(message: ConsumerRecord, head: _Head) -> LoggedAlert:
    return LoggedAlert(
        partition=message.partition,
        offset=message.offset,
        search_id=head.subscription_id,
        value=message.value,
    )


def _digest(alert_id: str) -> bytes:
    return blake2b(alert_id.encode("utf-8", "surrogatepass"), digest_size=16).digest()
