"""A hub pushes articles into a live Kafka, and a restart keeps the subscription."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from streams.config.feeds import FeedEntry, FeedFile, TextFrom
from streams.records import PushPhase, RawArticle, decode
from streams.records.topics import DEAD_LETTER, FEEDS, RAW
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.sources.feeds.polling.stats import PollStats
from streams.sources.feeds.run import run_feeds
from streams.sources.feeds.state import read_states
from tests.support.hub import hub
from tests.support.live import messages_on
from tests.support.waiting import eventually
from tests.support.web import http, web

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, FEEDS, DEAD_LETTER)
WITHIN = timedelta(seconds=30)


def rss(*names: str) -> bytes:
    """A feed with an entry for each name."""
    items = "".join(
        f"<item><title>{name}</title><link>https://news.test/{name}</link>"
        f"<description>{name} fell all day in Oslo.</description></item>"
        for name in names
    )
    return f"<rss><channel><title>News</title>{items}</channel></rss>".encode()


@asynccontextmanager
async def running(settings: Settings, file: FeedFile) -> AsyncIterator[PollStats]:
    """Run the sources until exit."""
    stop, stats = asyncio.Event(), PollStats()
    task = asyncio.create_task(run_feeds(settings, file, stop=stop, stats=stats))
    try:
        yield stats
    finally:
        stop.set()
        await task


async def titles(live: Settings) -> list[str]:
    messages = await messages_on(live, RAW)
    return sorted(decode(message.value or b"", RawArticle).title for message in messages)


async def test_push_reaches_kafka_and_lease_survives_restart(
    live: Settings, tmp_path: Path
) -> None:
    port = free_port()
    settings = live.model_copy(
        update={
            "data": tmp_path,
            "websub_url": f"http://127.0.0.1:{port}",
            "websub_port": port,
            "session_seconds": 6.0,
        }
    )
    async with web() as site, hub() as publisher:
        link = f'<{publisher.url}>; rel="hub", <{site.base}/rss>; rel="self"'
        site.replies["/rss"] = http(rss("Rain"), link=link)
        feed = FeedEntry(url=site.base + "/rss", id="news", text=TextFrom.FEED)
        file = FeedFile(contact="x", allow_private_hosts=("127.0.0.1",), feed=(feed,))

        async with running(settings, file):
            await eventually(lambda: publisher.requests, within=WITHIN)
            assert await publisher.verify() == (200, "ch4llenge")
            await publisher.push(rss("Snow"))
            await eventually(lambda: has(live, "Snow"), within=WITHIN)
        async with running(settings, file) as stats:
            await eventually(lambda: stats.ready, within=WITHIN)
            await publisher.push(rss("Hail", "Snow"))
            await eventually(lambda: has(live, "Hail"), within=WITHIN)

    state = (await read_states(live))["news"]
    assert await titles(live) == ["Hail", "Rain", "Snow"]
    assert (len(publisher.requests), site.paths.count("/rss")) == (1, 1)
    assert state.push is not None
    assert (state.push.phase, state.push.n_pushes) == (PushPhase.ACTIVE, 2)


async def has(live: Settings, title: str) -> bool:
    return title in await titles(live)
