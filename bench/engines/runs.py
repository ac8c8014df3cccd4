"""Run one engine on one stream: warm up, send, wait for the last article, read the meters."""

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from bench.engines.articles import RawMessage
from bench.engines.engines import Kind
from bench.engines.processes import Engine
from bench.engines.watch import Watch
from streams.config.routes import load_routes
from streams.kafka.connection import physical_name, producer
from streams.kafka.topics import admin, create_topics
from streams.records import TOPICS, routed_topic
from streams.records.topics import RAW, UNMATCHED
from streams.settings import Settings

N_WARM = 40
PATIENCE_SECONDS = 180.0
SETTLE_SECONDS = 1.0

QUIET_SHARE = 0.2
QUIET_LOOKS = 6
QUIET_PATIENCE_SECONDS = 30.0
"""An engine is warm when it has used less than this share of a core for this number of seconds:
this pipeline loads rarely used libraries 5 s after its start."""


class BenchError(Exception):
    """An engine did not finish its work."""


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """Cost of a burst of articles."""

    articles: int
    wall_seconds: float
    cpu_seconds: float
    peak_mib: float
    ends: dict[str, int]
    repeats: int
    cpu_by_part: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Milliseconds from sending an article until it is on its first route."""

    per_second: float
    articles: int
    p50: float
    p95: float
    p99: float

    @property
    def quantiles_text(self) -> str:
        """The three quantiles as text for tables."""
        return f"{self.p50:,.0f} / {self.p95:,.0f} / {self.p99:,.0f}"


@dataclass
class Session:
    """A running engine on separate topics."""

    kind: Kind
    settings: Settings
    engine: Engine
    watch: Watch
    client: AIOKafkaProducer

    async def burst(self, messages: list[RawMessage], *, warm: int = N_WARM) -> Throughput:
        """Warm up with the first messages, then send the others at once and wait for the last."""
        await self._ended(await self._send(messages[:warm]))
        await self._quiet()
        self.engine.peak_mib()
        before = self.watch.ends.copy()
        repeats = self.watch.repeats
        parts = self.engine.cpu_by_part()
        started, cpu = time.monotonic(), self.engine.cpu_seconds()
        origins = await self._send(messages[warm:])
        await self._ended(origins)
        seconds = time.monotonic() - started
        after = self.engine.cpu_by_part()
        return Throughput(
            articles=len(origins),
            wall_seconds=seconds,
            cpu_seconds=self.engine.cpu_seconds() - cpu,
            peak_mib=self.engine.peak_mib(),
            ends=dict(self.watch.ends - before),
            repeats=self.watch.repeats - repeats,
            cpu_by_part={k: round(v - parts.get(k, 0.0), 3) for k, v in after.items()},
        )

    async def trickle(self, messages: list[RawMessage], *, per_second: float) -> Latency:
        """Send at random moments at this rate, as articles arrive, and time each."""
        rng = random.Random(1)  # noqa: S311  # moments of sending
        due = time.monotonic()
        sends = []
        for message in messages:
            due += rng.expovariate(per_second)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            sends.append((time.time(), await self._send_one(message)))
        sent = {_origin(await future): at for at, future in sends}
        await self._ended(set(sent))
        await asyncio.sleep(SETTLE_SECONDS)  # a copy may still be routed
        routed = self.watch.routed
        found = [1000 * (routed[origin] - at) for origin, at in sent.items() if origin in routed]
        cuts = statistics.quantiles(found, n=100, method="inclusive")
        return Latency(
            per_second=per_second, articles=len(found), p50=cuts[49], p95=cuts[94], p99=cuts[98]
        )

    async def _quiet(self) -> None:
        """Wait until the work of the start is done, which is not a cost of articles."""
        until = time.monotonic() + QUIET_PATIENCE_SECONDS
        quiet = 0
        while quiet < QUIET_LOOKS and time.monotonic() < until:
            before = self.engine.cpu_seconds()
            await asyncio.sleep(SETTLE_SECONDS)
            idle = self.engine.cpu_seconds() - before < QUIET_SHARE * SETTLE_SECONDS
            quiet = quiet + 1 if idle else 0

    async def _send_one(self, message: RawMessage) -> Any:
        topic = physical_name(self.settings, RAW.name)
        return await self.client.send(topic, message.value, key=message.key)

    async def _send(self, messages: list[RawMessage]) -> set[str]:
        sends = [await self._send_one(message) for message in messages]
        return {_origin(sent) for sent in await asyncio.gather(*sends)}

    async def _ended(self, origins: set[str]) -> None:
        waiting = asyncio.ensure_future(self.watch.wait_for(origins, seconds=PATIENCE_SECONDS))
        while not waiting.done():
            await asyncio.wait((waiting,), timeout=1)
            if self.engine.ended():
                waiting.cancel()
                raise BenchError(f"{self.kind.name} ended by itself:\n{self.engine.last_words()}")
        if missing := waiting.result():
            raise BenchError(
                f"{self.kind.name}: {len(missing)} of {len(origins)} articles did not come out in "
                f"{PATIENCE_SECONDS:g} s:\n{self.engine.last_words()}"
            )


def _origin(sent: Any) -> str:
    return f"{RAW.name}-{sent.partition}-{sent.offset}"


@asynccontextmanager
async def session(kind: Kind, broker: str, folder: Path) -> AsyncIterator[Session]:
    """Run an engine on new topics; both are deleted afterwards."""
    name = f"bench-{uuid4().hex[:8]}"
    settings = Settings(broker=broker, topic_prefix=f"{name}.", log_format="json")
    routes = [routed_topic(rule.name) for rule in load_routes(settings.routes)]
    routes.append(routed_topic(UNMATCHED))
    topics = [*TOPICS, *routes]
    await create_topics(settings, topics)
    engine = kind.start(settings, folder / name)
    try:
        async with (
            Watch(settings, [topic.name for topic in routes]) as watch,
            producer(settings) as client,
        ):
            yield Session(kind, settings, engine, watch, client)
    finally:
        engine.stop()
        async with admin(settings) as client:
            await client.delete_topics([physical_name(settings, topic.name) for topic in topics])
