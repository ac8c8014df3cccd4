"""Processes that share feeds on a live Kafka: each feed has one, and a killed one is replaced."""

import asyncio
import signal
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from streams.records.topics import DEAD_LETTER, FEEDS, RAW
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.sources.feeds.state import read_states
from tests.kafka.test_sources import feed_file, make_due, start_run
from tests.support.waiting import eventually
from tests.support.web import Web, http, web

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, FEEDS, DEAD_LETTER)

N_FEEDS = 12

RSS = b"<rss><channel><title>Courier</title><item><title>Rain</title></item></channel></rss>"


class Member:
    """A process that polls its shards."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self._port = port

    async def n_feeds(self) -> int:
        """Return the number of its feeds; 0 before the first assignment."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self._port}/health") as response,
            ):
                health = await response.json()
        except aiohttp.ClientError:
            return 0
        return int(health["feeds"]) if health["ready"] else 0


async def start_member(live: Settings, path: Path, stack: AsyncExitStack) -> Member:
    """Start another process."""
    port = free_port()
    process = await start_run(live, path, "--http-port", str(port))

    async def end() -> None:
        if process.returncode is None:
            process.kill()
        await process.communicate()

    stack.push_async_callback(end)
    return Member(process, port)


async def test_processes_share_feeds_and_take_over_from_killed(
    live: Settings, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        # Each address is a site, because the feeds of a site stay together.
        sites: list[Web] = [
            await stack.enter_async_context(web(f"127.0.0.{number}"))
            for number in range(1, N_FEEDS + 1)
        ]
        for site in sites:
            site.replies["/rss"] = http(RSS)
        hosts = [f"127.0.0.{number}" for number in range(1, N_FEEDS + 1)]
        path = feed_file(tmp_path, *(site.base + "/rss" for site in sites), hosts=hosts)

        def polls() -> Counter[int]:
            return Counter(site.paths.count("/rss") for site in sites)

        async def all_written() -> bool:
            states = await read_states(live)
            return len(states) == N_FEEDS and all(state.next_poll for state in states.values())

        one = await start_member(live, path, stack)
        await eventually(lambda: polls() == {1: N_FEEDS}, within=timedelta(seconds=60))
        await eventually(all_written, within=timedelta(seconds=20))
        await make_due(live)
        other = await start_member(live, path, stack)
        await eventually(lambda: polls() == {2: N_FEEDS}, within=timedelta(seconds=60))
        counts = await one.n_feeds(), await other.n_feeds()
        await eventually(all_written, within=timedelta(seconds=20))
        await make_due(live)
        one.process.send_signal(signal.SIGKILL)
        await eventually(lambda: polls() == {3: N_FEEDS}, within=timedelta(seconds=60))

        assert sum(counts) == N_FEEDS
        assert min(counts) > 0
        assert await other.n_feeds() == N_FEEDS
