"""Poll a simulated world of feeds over real HTTP into a real Kafka, in simulated time.

`week` serves the world (`tests/support/feeds_world.py`) on loopback, polls it in a process of its
own with the classes that ``streams sources run`` uses, and advances the clock to the next due time
whenever no work is in progress: a week takes minutes.
"""

import asyncio
import heapq
import json
import signal
import socket
import statistics
import sys
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult
from aiokafka import AIOKafkaProducer

from streams.config.feeds import FeedEntry, TextFrom
from streams.fetch.fetcher import fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import Robots
from streams.kafka.connection import connection_options
from streams.kafka.read import read_topics
from streams.kafka.sender import Sender
from streams.kafka.topics import create_topics
from streams.records import FeedState, RawArticle, decode
from streams.records.topics import DEAD_LETTER, FEEDS, RAW
from streams.settings import Settings
from streams.sources.feeds.polling.poller import Poller
from streams.sources.feeds.polling.scheduler import PollScheduler
from streams.sources.feeds.polling.sink import KafkaSink
from streams.sources.feeds.polling.stats import PollStats
from streams.sources.feeds.state import read_states, state_of
from tests.support.feeds_world import DAY, EPOCH, HOUR, SLOW_SECONDS, SharedTime, World

TIME_STEP: Final = 20.0
"""Seconds of simulated time in which due polls start together, so that their requests overlap."""

IDLE_PASSES: Final = 12
"""Passes of the event loop without work after which no work is in progress: a response takes
a few."""

AFTERWARDS: Final = 6 * HOUR
"""Time of polling after the last article: longer than any wait between two polls."""

DOWN: Final = HOUR / 2
"""Time between the kill and the restart of the poller."""


@dataclass
class SimulatedClock:
    """A clock that advances to the next due time whenever no work is in progress."""

    time: SharedTime
    end: float
    n_busy: int = 0
    _sleepers: list[tuple[float, int, "asyncio.Future[None]"]] = field(default_factory=list)
    _order: Iterable[int] = field(default_factory=count)
    _quiet: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        """Return the simulated time."""
        return EPOCH + timedelta(seconds=self.time.seconds)

    async def wait(self, work: Iterable["asyncio.Future[Any]"], until: datetime | None) -> None:
        """Wait for work or a time; see `streams.runtime.clock.Clock`."""
        waiting = set(work)
        if until is not None:
            seconds = max(0.0, (until - EPOCH).total_seconds())
            waiting.add(self._sleep_future(-(-seconds // TIME_STEP) * TIME_STEP))
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)

    async def sleep(self, seconds: float) -> None:
        """Wait for a number of simulated seconds."""
        await self._sleep_future(self.time.seconds + seconds)

    def _sleep_future(self, until: float) -> "asyncio.Future[None]":
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (until, next(iter(self._order)), future))
        return future

    def begin_work(self) -> None:
        """Record the start of real work."""
        self.n_busy += 1
        self._quiet.clear()

    def end_work(self) -> None:
        """Record the end of real work."""
        self.n_busy -= 1
        if not self.n_busy:
            self._quiet.set()

    @contextmanager
    def work(self) -> Iterator[None]:
        """Count the body of the context as real work."""
        self.begin_work()
        try:
            yield
        finally:
            self.end_work()

    async def advance(self, stop: asyncio.Event) -> None:
        """Advance the time until its end."""
        idle = 0
        while self.time.seconds < self.end:
            await asyncio.sleep(0)
            idle += 1
            if self.n_busy:
                idle = 0
                await self._quiet.wait()
            elif idle > IDLE_PASSES:
                idle = 0
                self._advance_once()
        stop.set()

    def _advance_once(self) -> None:
        self.time.seconds = max(self.time.seconds, self._sleepers[0][0])
        while self._sleepers and self._sleepers[0][0] <= self.time.seconds:
            future = heapq.heappop(self._sleepers)[2]
            if not future.done():
                future.set_result(None)


class SimulatedLimiter(HostLimiter):
    """Limits in simulated time; requests to slow hosts take as long as the hosts do."""

    def __init__(self, clock: SimulatedClock, world: World) -> None:
        super().__init__(clock=lambda: clock.time.seconds, sleep=clock.sleep)
        self._simulated = clock
        self._world = world

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn; the body of the context is work in progress."""
        async with super().turn(name):
            self._simulated.begin_work()
            try:
                yield
            finally:
                self._simulated.end_work()
            if self._world.is_slow(name):
                await self._simulated.sleep(SLOW_SECONDS)


@dataclass(frozen=True)
class SimulatedSink(KafkaSink):
    """A Kafka sink whose unacknowledged messages are work in progress."""

    clock: SimulatedClock

    async def save(self, state: FeedState) -> None:
        """Save the state of a feed."""
        with self.clock.work():
            await super().save(state)

    async def send(self, article: RawArticle) -> bool:
        """Send an article."""
        with self.clock.work():
            return await super().send(article)


class Loopback(AbstractResolver):
    """Resolves every host of the world to loopback."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the loopback address."""
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Do nothing."""


async def poll_world(settings: Settings, world: World, time: SharedTime, port: int) -> None:
    """Poll the feeds of a world until its end."""
    clock = SimulatedClock(time, world.days * DAY + AFTERWARDS)
    hosts = [world.host_of(feed) for feed in range(world.n_feeds)]
    client = AIOKafkaProducer(
        **connection_options(settings), acks="all", enable_idempotence=True, linger_ms=0
    )
    async with (
        client,
        fetcher(
            contact="https://poller.test/",
            allowed=frozenset(hosts),
            hosts=SimulatedLimiter(clock, world),
            resolver=Loopback(),
        ) as fetch,
    ):
        states = await read_states(settings)
        scheduler = PollScheduler(
            Poller(fetch, Robots(fetch, now=clock.now), now=clock.now),
            SimulatedSink(Sender(client, settings), clock.now, clock),
            PollStats(),
            clock=clock,
            chance=Random(int(time.seconds)).random,  # noqa: S311  # no secret
        )
        entries = [
            FeedEntry(
                url=f"http://{world.host_of(feed)}:{port}{world.path_of(feed)}",
                id=f"f{feed}",
                text=TextFrom.FEED if world.has_full_text(feed) else TextFrom.PAGE,
            )
            for feed in range(world.n_feeds)
        ]
        scheduler.add_feeds([(entry, state_of(entry, states)) for entry in entries])
        stop = asyncio.Event()
        driving = asyncio.create_task(clock.advance(stop))
        run_task = asyncio.create_task(scheduler.run(stop))
        await asyncio.wait((driving, run_task), return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        driving.cancel()
        await run_task


async def score(settings: Settings, world: World) -> dict[str, Any]:
    """Return counts and latencies of the articles on the topics."""
    seen: Counter[str] = Counter()
    late: list[float] = []
    async for message in read_topics(settings, RAW.name):
        article = decode(message.value or b"", RawArticle)
        name = article.external_id
        seen[name] += 1
        feed, number = map(int, name.split("-"))
        when = world.times(feed)[number]
        if when > 0 and seen[name] == 1:
            late.append((article.fetched - EPOCH).total_seconds() - when)
    wanted = {
        f"{feed}-{number}"
        for feed in range(world.n_feeds)
        for number, when in enumerate(world.times(feed))
        if when > 0
    }
    n_states = n_bytes = 0
    async for message in read_topics(settings, FEEDS.name):
        n_states += 1
        n_bytes += len(message.value or b"")
    ordered = sorted(late)
    return {
        "published": len(wanted),
        "missed": len(wanted - seen.keys()),
        "sent_again": sum(seen.values()) - len(seen),
        "latency_p50_minutes": round(statistics.median(ordered) / 60, 1),
        "latency_p95_minutes": round(ordered[int(len(ordered) * 0.95)] / 60, 1),
        "latency_most_hours": round(ordered[-1] / HOUR, 1),
        "states_written": n_states,
        "mb_of_states": round(n_bytes / 1e6, 1),
    }


async def week(
    settings: Settings, n_feeds: int, days: float, *, kill: bool, folder: Path
) -> dict[str, Any]:
    """Run a world and its poller, and return the figures.

    Args:
        settings: Settings of the broker, with a unique prefix.
        n_feeds: Number of feeds.
        days: Number of days on which they publish.
        kill: Whether the poller is killed in the middle.
        folder: Folder for the file with the time.
    """
    await create_topics(settings, (RAW, FEEDS, DEAD_LETTER))
    world, path = World(n_feeds, days), folder / "time"
    time = SharedTime(path)
    python = (sys.executable, "-m")
    arguments = (str(n_feeds), str(days), str(path))
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(
        *python, "tests.support.feeds_world", *arguments, stdin=pipe, stdout=pipe
    )
    assert server.stdout
    assert server.stdin
    port = (await server.stdout.readline()).decode().strip()
    poller = (*python, "tests.support.feeds_week", *arguments, port)
    target = (settings.broker, settings.topic_prefix)
    killed: dict[str, Any] = {}
    try:
        process = await asyncio.create_subprocess_exec(*poller, *target)
        if kill:
            while time.seconds < days * DAY / 2 and process.returncode is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            killed = {"killed_at_hours": round(time.seconds / HOUR, 1)}
            time.seconds += DOWN
            process = await asyncio.create_subprocess_exec(*poller, *target)
        assert await process.wait() == 0
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_report") as answer:  # noqa: ASYNC210
            seen: dict[str, Any] = json.load(answer)
    finally:
        server.stdin.close()
        await server.wait()
    hours = {int(hour): number for hour, number in seen.pop("hours").items()}
    if kill:
        after = int(hour_of_kill(killed) // 1) + 1
        killed["feed_requests_in_the_hour_before"] = hours.get(after - 2, 0)
        killed["feed_requests_in_the_hour_after"] = hours.get(after, 0)
    first_day = [hours.get(hour, 0) for hour in range(1, int(days * 24))]
    return {
        "feeds": n_feeds,
        "hosts": world.n_hosts,
        "days": days,
        **seen,
        "feed_requests": sum(hours.values()),
        "most_feed_requests_in_an_hour": max(first_day, default=0),
        **killed,
        **await score(settings, world),
    }


def hour_of_kill(killed: dict[str, Any]) -> float:
    """Return the hour at which the poller was killed."""
    return float(killed["killed_at_hours"])


if __name__ == "__main__":
    _feeds, _days, _path, _port, _broker, _prefix = sys.argv[1:]
    asyncio.run(
        poll_world(
            Settings(broker=_broker, topic_prefix=_prefix),
            World(int(_feeds), float(_days)),
            SharedTime(Path(_path)),
            int(_port),
        )
    )
