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
from streams.sources.feeds.polling.queue import OF_A_HOST
from streams.sources.feeds.polling.scheduler import AT_A_TIME, GRACE, PollScheduler
from streams.sources.feeds.polling.seen_entries import SIZE
from streams.sources.feeds.polling.stats import PollRecord, PollStats
from tests.support.sink import FakeSink
from tests.support.waiting import eventually
from tests.support.web import Request, Web, http, web

PAGE = http(b"<html><body><p>It rained.</p></body></html>", content_type="text/html")
ALLOWED = frozenset({"127.0.0.1", "127.0.0.2"})


def rss(site: Web, *names: str) -> bytes:
    """A feed that links to pages."""
    items = "".join(f"<item><title>{n}</title><link>{site.base}/{n}</link></item>" for n in names)
    return http(f"<rss><channel><title>News</title>{items}</channel></rss>".encode(), etag='"1"')


async def silence(_: Request, __: asyncio.StreamWriter) -> None:
    """Never answers."""
    await asyncio.Event().wait()


@asynccontextmanager
async def polling(
    sink: FakeSink, course: PollStats, polls: list[PollRecord]
) -> AsyncIterator[PollScheduler]:
    """A polling that may talk to loopback and waits for no host."""
    clock, hosts = SystemClock(), HostLimiter(least_delay=timedelta(0))
    async with fetcher(allowed=ALLOWED, hosts=hosts) as fetch:
        poller = Poller(fetch, Robots(fetch, now=clock.now), now=clock.now)
        yield PollScheduler(poller, sink, course, chance=lambda: 0.0, polled=polls.append)


def feed(site: Web, path: str = "/rss", **fields: datetime) -> tuple[FeedEntry, FeedState]:
    """A feed of a site, and its state."""
    url = site.base + path
    name = f"{site.base[7:]}{path}".replace(":", "-").replace("/", "-")
    state = FeedState(id=name, url=url, given_url=url, **fields)
    return FeedEntry(url=url, id=name), state


async def test_go_polls_what_is_due_and_leaves_the_rest() -> None:
    sink, course, polls = FakeSink(), PollStats(), list[PollRecord]()
    async with web() as site, polling(sink, course, polls) as it:
        site.replies |= {"/rss": rss(site, "a"), "/a": PAGE}
        later = datetime.now(UTC) + timedelta(hours=1)
        it.take([feed(site), feed(site, "/later", next_poll=later)])
        await it.go(asyncio.Event(), once=True)

    assert sink.titles == ["a"]
    assert (course.n_polls, course.n_sent, course.n_failed) == (1, 1, 0)
    assert [poll.after for poll in polls] == sink.states
    assert "/later" not in site.paths


async def test_one_hosts_many_feeds_keep_no_other_waiting() -> None:
    sink, course, polls = FakeSink(), PollStats(), list[PollRecord]()
    async with (
        web() as slow,
        web("127.0.0.2") as other,
        polling(sink, course, polls) as it,
    ):
        slow.replies |= {f"/{number}": silence for number in range(AT_A_TIME + 1)}
        other.replies |= {"/rss": rss(other, "a"), "/a": PAGE}
        it.take([*(feed(slow, f"/{number}") for number in range(AT_A_TIME + 1)), feed(other)])
        stop = asyncio.Event()
        going = asyncio.create_task(it.go(stop))
        await eventually(lambda: polls)
        stop.set()
        await going

    assert polls[0].after.url == other.base + "/rss"
    assert slow.most == OF_A_HOST


async def test_polls_that_are_to_end_do_so_soon_and_keep_what_they_have_delivered() -> None:
    sink, course, polls = FakeSink(), PollStats(), list[PollRecord]()
    async with web() as site, polling(sink, course, polls) as it:
        site.replies |= {"/rss": rss(site, "d", "c", "b", "a"), "/a": PAGE, "/b": PAGE}
        site.replies["/c"] = silence
        stop = asyncio.Event()
        it.take([feed(site)])
        going = asyncio.create_task(it.go(stop))
        await eventually(lambda: "/c" in site.paths)
        started = asyncio.get_running_loop().time()
        stop.set()
        await going
        seconds = asyncio.get_running_loop().time() - started

        [state] = sink.states
        site.replies |= {"/c": PAGE, "/d": PAGE}
        it.take([(feed(site)[0], state)])
        await it.go(asyncio.Event(), once=True)

    assert seconds < GRACE.total_seconds() + 2
    assert (len(state.known), state.etag, state.next_poll) == (2 * SIZE, "", None)
    assert sink.titles == ["a", "b", "c", "d"]
    assert [path for path in site.paths if path in {"/a", "/b"}] == ["/a", "/b"]


async def test_feeds_that_were_let_go_are_polled_no_more() -> None:
    sink, course, polls = FakeSink(), PollStats(), list[PollRecord]()
    async with web() as site, polling(sink, course, polls) as it:
        it.take([feed(site)])
        await it.release()
        await it.go(asyncio.Event(), once=True)

    assert (site.paths, course.states, course.ready) == ([], {}, False)


async def test_an_outlet_that_takes_nothing_ends_the_run() -> None:
    async with web() as site, polling(FakeSink(broken=True), PollStats(), []) as it:
        site.replies["/rss"] = rss(site)
        it.take([feed(site)])
        with pytest.raises(BrokerError, match="gone"):
            await it.go(asyncio.Event())
