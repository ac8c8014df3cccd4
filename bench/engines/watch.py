"""Detect the end of articles: a reader of every topic on which an article can end."""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.kafka.connection import connection_options, physical_name
from streams.records import ORIGIN_HEADER
from streams.records.topics import DEAD_LETTER, DROPPED, DUPLICATES
from streams.settings import Settings


class Watch:
    """Records which origins have ended, when first, and how often.

    It reads only committed records, as a subscriber of an exactly-once engine must.

    Args:
        settings: Settings that name a broker.
        routes: Names of the routes.
        partitions: Number of partitions of each topic.

    Attributes:
        first: Time at which each origin first ended, seconds since the epoch. A copy has ended as a
            duplicate, because a route gets it only if a rule asks for copies.
        routed: The same for origins on a route.
        ends: Number of records by topic of their end.
        repeats: Number of records with an origin that the same topic already had.
    """

    def __init__(self, settings: Settings, routes: list[str], partitions: int = 8) -> None:
        self._settings = settings
        ends = (*routes, DUPLICATES.name, DROPPED.name, DEAD_LETTER.name)
        names = [physical_name(settings, topic) for topic in ends]
        self._partitions = [TopicPartition(n, p) for n in names for p in range(partitions)]
        self._seen: set[tuple[str, str]] = set()
        self.first: dict[str, float] = {}
        self.routed: dict[str, float] = {}
        self.ends: Counter[str] = Counter()
        self.repeats = 0

    async def __aenter__(self) -> Self:
        """Start reading."""
        self._client = AIOKafkaConsumer(
            **connection_options(self._settings),
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            enable_auto_commit=False,
            fetch_max_wait_ms=100,
        )
        await self._client.start()
        self._client.assign(self._partitions)
        self._reading = asyncio.ensure_future(self._read())
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Stop reading."""
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading
        await self._client.stop()

    async def _read(self) -> None:
        while True:
            found = await self._client.getmany(timeout_ms=200)
            now = time.time()
            for partition, messages in found.items():
                for message in messages:
                    self._note(partition.topic, message.headers, now)

    def _note(self, topic: str, headers: tuple[tuple[str, bytes], ...], now: float) -> None:
        origin = next((v.decode() for name, v in headers if name == ORIGIN_HEADER), "")
        self.first.setdefault(origin, now)
        place = "routed" if ".routed." in topic else topic.rpartition("articles.")[2]
        if place == "routed":
            self.routed.setdefault(origin, now)
        self.ends[place] += 1
        if (topic, origin) in self._seen:
            self.repeats += 1
        self._seen.add((topic, origin))

    async def wait_for(self, origins: set[str], *, seconds: float) -> set[str]:
        """Wait until these origins have ended; return those that did not in time."""
        end = time.monotonic() + seconds
        while (missing := origins - self.first.keys()) and time.monotonic() < end:
            if self._reading.done():
                self._reading.result()
            await asyncio.sleep(0.02)
        return missing
