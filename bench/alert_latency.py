"""Measure how long after an article its alert is sent: ``python -m bench.alert_latency``.

Runs the pipeline as shipped on a separate Kafka, with 1,000 saved searches in force. First it
measures how many articles of the Reuters stream per second the pipeline sustains; then half of that
rate is sent, evenly, for a minute. For each alert, the times from the raw and from the enriched
article to the alert are measured. They are the times at which the producers sent their records, as
Kafka stores them, in milliseconds; the fetch of a subscriber is not included (some ms on one
machine).

Measured 2026-11-22 on a very busy machine (load 30, 2 cores), which sustained 12 articles/s, at
6/s: 961 alerts of 351 articles, raw to alert p50 398 ms, p99 1,034 ms; enriched to alert p50 87 ms,
p99 486 ms.
"""

import asyncio
import itertools
import statistics
import sys
import time
from collections.abc import Iterable
from datetime import timedelta

from bench.live_pipeline import live_pipeline, settled, stream
from bench.percolate import searches
from bench.percolate import stream as enriched_stream
from streams.kafka.connection import physical_name, producer
from streams.kafka.read import read_topics
from streams.records import RawArticle, Subscription, encode
from streams.records.record import ORIGIN_HEADER
from streams.records.topics import ALERTS, ENRICHED, RAW, SUBSCRIPTIONS
from streams.settings import Settings
from streams.supervisor.pipeline import Pipeline
from tests.support.pipeline import publish
from tests.support.waiting import eventually

N_SEARCHES = 1000
N_CALIBRATION = 1500
SECONDS = 60


async def save_searches(settings: Settings, pipeline: Pipeline) -> None:
    """Save searches, and wait until `route` has read them."""
    some = list(itertools.islice(enriched_stream(), 3000))
    async with producer(settings) as client:
        for name, query in searches(some, N_SEARCHES).items():
            subscription = Subscription(id=name, query=query)
            topic = physical_name(settings, SUBSCRIPTIONS.name)
            await client.send(topic, encode(subscription), key=name.encode())
        await client.flush()
    (route,) = (child for child in pipeline.children if child.name == "route-1")
    await eventually(
        lambda: route.health.get("remembered") == N_SEARCHES, within=timedelta(minutes=2)
    )


async def send_evenly(settings: Settings, articles: Iterable[RawArticle], rate: float) -> int:
    """Send articles at a rate per second for `SECONDS`; return their number."""
    began, count = time.monotonic(), 0
    async with producer(settings) as client:
        topic = physical_name(settings, RAW.name)
        for article in articles:
            wait = began + count / rate - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            if time.monotonic() > began + SECONDS:
                break
            await client.send(topic, encode(article), key=article.id.encode())
            count += 1
        await client.flush()
    return count


async def latencies(settings: Settings, since_ms: int) -> tuple[list[int], list[int]]:
    """Return the milliseconds from raw and from enriched to each alert of a later raw article."""
    raw = {
        f"{RAW.name}-{message.partition}-{message.offset}": message.timestamp
        async for message in read_topics(settings, RAW.name)
        if message.timestamp >= since_ms
    }
    enriched: dict[str, int] = {}
    async for message in read_topics(settings, ENRICHED.name):
        enriched.setdefault(origin(message), message.timestamp)
    from_raw, from_enriched = [], []
    async for message in read_topics(settings, ALERTS.name):
        name = origin(message)
        if name in raw and name in enriched:
            from_raw.append(message.timestamp - raw[name])
            from_enriched.append(message.timestamp - enriched[name])
    return from_raw, from_enriched


def origin(message: object) -> str:
    """Return the origin of a message."""
    headers: dict[str, bytes] = dict(message.headers)  # type: ignore[attr-defined]  # a record of aiokafka
    return headers[ORIGIN_HEADER].decode()


def quantiles_text(name: str, found: list[int]) -> str:
    """Return the quantiles as a line of text."""
    cuts = statistics.quantiles(found, n=100)
    return (
        f"{name:<20} p50 {cuts[49]:>6,.0f} ms   p99 {cuts[98]:>6,.0f} ms   most {max(found):>6,} ms"
    )


async def measure(rate: float) -> None:
    """Measure, and print the figures."""
    async with live_pipeline() as (settings, pipeline):
        await save_searches(settings, pipeline)
        articles = stream("1987-02-26")
        first = list(itertools.islice(articles, N_CALIBRATION))
        began = time.monotonic()
        await publish(settings, first)
        await settled(settings, pipeline, len(first))
        most = len(first) / (time.monotonic() - began)
        rate = rate or most / 2
        print(f"sustains about {most:.0f} articles/s; sends {rate:.0f}/s for {SECONDS} s")
        since = time.time_ns() // 1_000_000
        count = await send_evenly(settings, articles, rate)
        await settled(settings, pipeline, len(first) + count)
        from_raw, from_enriched = await latencies(settings, since)
    print(f"{count:,} articles, {len(from_raw):,} alerts of {N_SEARCHES:,} searches")
    print(quantiles_text("raw to alert", from_raw))
    print(quantiles_text("enriched to alert", from_enriched))


def main() -> None:
    """Measure at half of the sustained rate, or at the rate in the argument."""
    asyncio.run(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0))


if __name__ == "__main__":
    main()
