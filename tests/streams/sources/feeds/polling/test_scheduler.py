import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from streams.config.feeds import FeedEntry
from streams.errors import BrokerError
from streams.fetch.fetcher import fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import Robots
from streams.records import FeedState
from streams.runtime.clock import SystemClock
from streams.sources.feeds.polling.poller import Poller
from streams.sources.feeds.polling.queue import MAX_PER_HOST
from streams.sources.feeds.polling.scheduler import GRACE, MAX_POLLS, PollScheduler
from streams.sources.feeds.polling.seen_entries import SIZE
from streams.sources.feeds.polling.stats import PollRecord, PollStats
from tests.support.sink import FakeSink
from tests.support.waiting import eventually
from tests.support.web import Request, Web, http, web

PAGE = http(b"<html><body><p>It rained.</p></body></html>", content_type="text/html")
ALLOWED = frozenset({"127.0.0.1", "127.0.0.2"})


def rss(site: Web, *names: str) -> bytes:
    """Return a response with a feed that links to pages."""
    items = "".join(f"<item><title>{n}</title><link>{site.base}/{n}</link></item>" for n in names)
    return http(f"<rss><channel><title>News</title>{items}</channel></rss>".encode(), etag='"1"')


async def silence(_: Request, __: asyncio.StreamWriter) -> None:
    """Never respond."""
    await asyncio.Event().wait()


@asynccontextmanager
async def scheduler(
    sink: FakeSink, stats: PollStats, polls: list[PollRecord]
) -> AsyncIterator[PollScheduler]:
    """Open a scheduler that allows loopback, without delays."""
    clock, hosts = SystemClock(), HostLimiter(least_delay=timedelta(0))
    async with fetcher(allowed=ALLOWED, hosts=hosts) as fetch:
        poller = Poller(fetch, Robots(fetch, now=clock.now), now=clock.now)
        yield PollScheduler(poller, sink, stats, chance=lambda: 0.0, polled=polls.append)


def feed(site: Web, path: str = "/rss", **fields: datetime) -> tuple[FeedEntry, FeedState]:
    """Return a feed of a site and its state."""
    url = site.base + path
    name = f"{site.base[7:]}{path}".replace(":", "-").replace("/", "-")
    state = FeedState(id=name, url=url, given_url=url, **fields)
    return FeedEntry(url=url, id=name), state


async def test_run_once_polls_due_feeds_only() -> None:
    sink, stats, polls = FakeSink(), PollStats(), list[PollRecord]()
    async with web() as site, scheduler(sink, stats, polls) as polling:
        site.replies |= {"/rss": rss(site, "a"), "/a": PAGE}
        later = datetime.now(UTC) + timedelta(hours=1)
        polling.add_feeds([feed(site), feed(site, "/later", next_poll=later)])
        await polling.run(asyncio.Event(), once=True)

    assert sink.titles == ["a"]
    assert (stats.n_polls, stats.n_sent, stats.n_failed) == (1, 1, 0)
    assert [poll.after for poll in polls] == sink.states
    assert "/later" not in site.paths


async def test_slow_host_does_not_block_other_hosts() -> None:
    sink, stats, polls = FakeSink(), PollStats(), list[PollRecord]()
    async with (
        web() as slow,
        web("127.0.0.2") as other,
        scheduler(sink, stats, polls) as polling,
    ):
        slow.replies |= {f"/{number}": silence for number in range(MAX_POLLS + 1)}
        other.replies |= {"/rss": rss(other, "a"), "/a": PAGE}
        polling.add_feeds(
            [*(feed(slow, f"/{number}") for number in range(MAX_POLLS + 1)), feed(other)]
        )
        stop = asyncio.Event()
        task = asyncio.create_task(polling.run(stop))
        await eventually(lambda: polls)
        stop.set()
        await task

    assert polls[0].after.url == other.base + "/rss"
    assert slow.most == MAX_PER_HOST


async def test_stopped_poll_saves_delivered_entries() -> None:
    sink, stats, polls = FakeSink(), PollStats(), list[PollRecord]()
    async with web() as site, scheduler(sink, stats, polls) as polling:
        site.replies |= {"/rss": rss(site, "d", "c", "b", "a"), "/a": PAGE, "/b": PAGE}
        site.replies["/c"] = silence
        stop = asyncio.Event()
        polling.add_feeds([feed(site)])
        task = asyncio.create_task(polling.run(stop))
        await eventually(lambda: "/c" in site.paths)
        started = asyncio.get_running_loop().time()
        stop.set()
        await task
        seconds = asyncio.get_running_loop().time() - started

        [state] = sink.states
        site.replies |= {"/c": PAGE, "/d": PAGE}
        polling.add_feeds([(feed(site)[0], state)])
        await polling.run(asyncio.Event(), once=True)

    assert seconds < GRACE.total_seconds() + 2
    assert (len(state.known), state.etag, state.next_poll) == (2 * SIZE, "", None)
    assert sink.titles == ["a", "b", "c", "d"]
    assert [path for path in site.paths if path in {"/a", "/b"}] == ["/a", "/b"]


async def test_released_feeds_are_not_polled() -> None:
    sink, stats, polls = FakeSink(), PollStats(), list[PollRecord]()
    async with web() as site, scheduler(sink, stats, polls) as polling:
        polling.add_feeds([feed(site)])
        await polling.release()
        await polling.run(asyncio.Event(), once=True)

    assert (site.paths, stats.states, stats.ready) == ([], {}, False)


async def test_run_ends_if_sink_fails() -> None:
    async with web() as site, scheduler(FakeSink(broken=True), PollStats(), []) as polling:
        site.replies["/rss"] = rss(site)
        polling.add_feeds([feed(site)])
        with pytest.raises(BrokerError, match="gone"):
            await polling.run(asyncio.Event())
