"""alerts.v1 as it grows: messages in, the new ones out to whoever listens."""

from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Iterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Protocol

import msgspec
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from streams.errors import BrokerError
from streams.kafka.connection import consumer
from streams.kafka.errors import translate_errors
from streams.kafka.read import partitions_of
from streams.records.topics import ALERTS
from streams.runtime.background import background_task
from streams.runtime.reconnect import keep_connected
from streams.serve.problems import KafkaUnavailableError
from streams.serve.searches.store import SavedSearches
from streams.settings import Settings

REMEMBERED: Final = 20_000
"""Alerts of each partition by which repeats are recognized: 25 MB for 8 partitions. A crash of
`route` repeats what it had in flight, some 1,400 records."""

LATEST: Final = 50
"""Alerts of each search whose places are kept, for its feeds."""


class _Head(msgspec.Struct, frozen=True):
    """What of an alert tells where it goes; the rest is read when it goes there."""

    id: str
    subscription_id: str


@dataclass(frozen=True, slots=True)
class LoggedAlert:
    """A message on alerts.v1 that is no repeat.

    Attributes:
        partition: There.
        offset: There.
        search_id: Whose alert it is.
        value: The alert, as it is there.
    """

    partition: int
    offset: int
    search_id: str
    value: bytes


class Listener(Protocol):
    """Somebody who is told of alerts as they come."""

    def hear(self, told: LoggedAlert) -> None:
        """Take an alert; called in the order of each partition."""

    def close(self) -> None:
        """Hear no more: what comes next has to be read anew."""


class AlertLog:
    """Reads alerts.v1 once for all clients.

    A repeat is an alert whose id was there before in its partition: the same for every client
    and after every restart, as far as it is remembered.

    Attributes:
        ready: Whether all that there was at the start has been read.
        places: For each partition the offset that comes next.
    """

    def __init__(self, settings: Settings, saved: SavedSearches) -> None:
        """Read nothing yet.

        Args:
            settings: With a broker.
            saved: Read on before alerts are told, so that it is known whose they are.
        """
        self.ready = False
        self.places: list[int] = []
        self._settings = settings
        self._saved = saved
        self._first: list[OrderedDict[bytes, int]] = []
        self._latest: dict[str, deque[tuple[int, int]]] = {}
        self._listeners: set[Listener] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read on while the body runs."""
        async with background_task(keep_connected(self._session, purpose="alerts")):
            yield

    def check(self) -> None:
        """Find out whether the log can be asked.

        Raises:
            KafkaUnavailableError: If not yet, or not now.
        """
        if not self.ready:
            raise KafkaUnavailableError

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Tell somebody of every alert while the body runs."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    def close_listeners(self) -> None:
        """Let everybody who listens go."""
        for listener in tuple(self._listeners):
            listener.close()

    def told(self, message: ConsumerRecord) -> LoggedAlert | None:
        """Give what a message tells, whenever it was sent; None for a repeat, or no alert."""
        head = _head(message)
        if head is None:
            return None
        first = self._first[message.partition].get(_digest(head.id), message.offset)
        return _told(message, head) if first == message.offset else None

    def search_ids(self) -> AbstractSet[str]:
        """Give the ids of all searches that have alerts, deleted ones too.

        Raises:
            KafkaUnavailableError: If they are not known yet, or not now.
        """
        self.check()
        return self._latest.keys()

    def latest(self, search_id: str) -> list[tuple[int, int]]:
        """Give partition and offset of the latest alerts of a search, the oldest first."""
        return list(self._latest.get(search_id, ()))

    async def _session(self) -> None:
        try:
            async with (
                translate_errors(f"reading {ALERTS.name}"),
                consumer(self._settings) as client,
            ):
                await self._follow(client)
        except KafkaUnavailableError as error:
            raise BrokerError("the saved searches cannot be read") from error
        finally:
            self.ready = False
            self.close_listeners()

    async def _follow(self, client: AIOKafkaConsumer) -> None:
        partitions = await partitions_of(client, self._settings, (ALERTS.name,))
        client.assign(partitions)
        ends = await client.end_offsets(partitions)
        starts = await client.beginning_offsets(partitions)
        self.places = [starts[one] for one in partitions]
        self._first = [OrderedDict() for _ in partitions]
        self._latest = {}
        while True:
            behind = not self.ready
            batches = await client.getmany(timeout_ms=100 if behind else 500, max_records=1000)
            if batches and self._listeners:
                await self._saved.refresh()
            for messages in batches.values():
                for message in messages:
                    self._take(message)
            if behind:
                positions = [(one, await client.position(one)) for one in partitions]
                self.ready = all(position >= ends[one] for one, position in positions)

    def _take(self, message: ConsumerRecord) -> None:
        self.places[message.partition] = message.offset + 1
        head = _head(message)
        if head is None:
            return
        first = self._first[message.partition]
        if first.setdefault(_digest(head.id), message.offset) != message.offset:
            return
        if len(first) > REMEMBERED:
            first.popitem(last=False)
        place = (message.partition, message.offset)
        self._latest.setdefault(head.subscription_id, deque(maxlen=LATEST)).append(place)
        told = _told(message, head)
        for listener in self._listeners:
            listener.hear(told)


_HEADS = msgspec.json.Decoder(_Head)


def _head(message: ConsumerRecord) -> _Head | None:
    try:
        return _HEADS.decode(message.value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _told(message: ConsumerRecord, head: _Head) -> LoggedAlert:
    return LoggedAlert(
        partition=message.partition,
        offset=message.offset,
        search_id=head.subscription_id,
        value=message.value,
    )


def _digest(alert_id: str) -> bytes:
    return blake2b(alert_id.encode("utf-8", "surrogatepass"), digest_size=16).digest()
