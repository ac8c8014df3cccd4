"""A pipeline on a separate Kafka, for measurements, and the Reuters stream to send into it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from streams.broker import BrokerOptions, start_broker
from streams.inspect.audit import Audit, audit
from streams.kafka.read import read_topics, record_in
from streams.records import Alert, RawArticle
from streams.records.topics import ALERTS
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.sources.files.files import read_articles
from streams.supervisor.pipeline import Pipeline

STREAM = Path(__file__).parents[2] / "shared/evals/replay/reuters-21578.jsonl.xz"


@asynccontextmanager
async def live_pipeline() -> AsyncIterator[tuple[Settings, Pipeline]]:
    """Run Kafka and a process for every stage while the body runs."""
    with tempfile.TemporaryDirectory() as folder:
        kafka = Path(folder) / "kafka"
        kafka.mkdir()
        broker = await start_broker(
            BrokerOptions(data=kafka, port=free_port(), die_with_parent=True)
        )
        try:
            settings = Settings(broker=broker.bootstrap, data=Path(folder))
            async with Pipeline(settings, {}, log_folder=Path(folder)) as pipeline:
                await pipeline.wait_ready()
                yield settings, pipeline
        finally:
            await broker.stop()


def stream(start: str = "", end: str = "9") -> Iterator[RawArticle]:
    """Yield the articles of the stream that were published in a period, in order."""
    for article in read_articles(STREAM, now=lambda: datetime.now(UTC)):
        if isinstance(article, RawArticle) and start <= article.published < end:
            yield article


async def settled(settings: Settings, pipeline: Pipeline, n_origins: int) -> Audit:
    """Wait until every article has ended and `route` has no backlog."""
    while True:
        found = await audit(settings)
        lags = [one.health.get("lag") for one in pipeline.children if one.name.startswith("route")]
        if found.origins >= n_origins and not found.missing and not any(lags):
            await asyncio.sleep(3)  # records in flight are sent within its linger
            return found
        await asyncio.sleep(1)


async def alerts_sent(settings: Settings, subscription_id: str) -> dict[str, Alert]:
    """Return the alerts that were sent for a search, by id."""
    found: dict[str, Alert] = {}
    async for message in read_topics(settings, ALERTS.name):
        record = record_in(message, settings)
        if isinstance(record, Alert) and record.subscription_id == subscription_id:
            found.setdefault(record.id, record)
    return found
