"""A pipeline of real processes on the live Kafka, for tests that kill them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from streams.inspect.audit import Audit, audit
from streams.kafka.connection import physical_name, producer
from streams.records import RawArticle, encode
from streams.records.topics import RAW
from streams.settings import Settings
from streams.supervisor.pipeline import Pipeline
from streams.supervisor.supervisor import Child
from tests.support.waiting import eventually


@asynccontextmanager
async def running(
    settings: Settings, logs: Path, scale: Mapping[str, int] | None = None
) -> AsyncIterator[Pipeline]:
    """Run every stage in its own process while the body runs, which starts when all are ready."""
    async with Pipeline(settings, scale or {}, log_folder=logs) as pipeline:
        await pipeline.wait_ready()
        yield pipeline


async def publish(settings: Settings, articles: list[RawArticle]) -> None:
    """Send articles to the raw topic, and wait for all acknowledgments."""
    async with producer(settings) as client:
        topic = physical_name(settings, RAW.name)
        sends = [
            await client.send(topic, encode(article), key=article.id.encode())
            for article in articles
        ]
        await asyncio.gather(*sends)


async def all_ended(settings: Settings, n_origins: int, *, within: timedelta) -> Audit:
    """Wait until every origin has ended, and return the audit."""

    async def ended() -> bool:
        found = await audit(settings)
        return found.origins == n_origins and not found.missing

    await eventually(ended, within=within)
    return await audit(settings)


def kill(child: Child, signum: int = signal.SIGKILL) -> int:
    """Send a signal to a child's process; return its process id."""
    assert child.process is not None
    os.kill(child.process.pid, signum)
    return child.process.pid


def child_named(pipeline: Pipeline, name: str) -> Child:
    """Return a process of the pipeline, such as ``clean-1``."""
    return next(child for child in pipeline.children if child.name == name)
