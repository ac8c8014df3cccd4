"""Pages that keep failing: own words are sent after some tries, the page when it comes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from streams.config.feeds import FeedEntry, PollBounds
from streams.fetch.fetcher import fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import Robots
from streams.records import FeedState, RawArticle, decode, encode
from streams.sources.feeds.polling.poller import Poller
from streams.sources.feeds.polling.waiting_pages import (
    MAX_TRIES,
    MAX_WAITING,
    TRY_FOR,
)
from streams.sources.feeds.schedule import after_poll
from tests.support.web import Web, http, web

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PAGE = http(b"<html><body><article><p>It rained all day.</p></article></body></html>")
HALF_HOUR = timedelta(minutes=30)


class Desk:
    """Polls one feed, at times that a test sets."""

    def __init__(self, site: Web) -> None:
        self.site, self.now = site, START
        self.state = FeedState(id="news", url=f"{site.base}/rss", given_url=f"{site.base}/rss")
        self.entry = FeedEntry(url=self.state.url, id="news")
        self.poller: Poller

    def show(self, *names: str, title: str = "Rain", etag: str = "") -> None:
        """Put entries into the feed."""
        items = "".join(
            f"<item><title>{title}</title><link>{self.site.base}/{name}</link>"
            f"<description>Rain in {name}.</description></item>"
            for name in names
        )
        headers = {"etag": etag} if etag else {}
        self.site.replies["/rss"] = http(
            f"<rss><channel>{items}</channel></rss>".encode(), **headers
        )

    async def poll(self, after: timedelta = HALF_HOUR) -> list[RawArticle]:
        """Poll the feed after some time; return the articles."""
        articles: list[RawArticle] = []

        async def deliver(article: RawArticle, _: bytes) -> None:
            articles.append(article)

        self.now += after
        result = await self.poller.poll(self.entry, self.state, deliver=deliver)
        state = after_poll(self.state, result, now=self.now, bounds=PollBounds(), chance=0)
        self.state = decode(encode(state), FeedState)
        return articles


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A feed with one entry, whose page is refused."""
    hosts = HostLimiter(least_delay=timedelta(0), sleep=_no_wait)
    async with (
        web() as site,
        fetcher(allowed=frozenset({"127.0.0.1"}), hosts=hosts) as fetch,
    ):
        desk = Desk(site)
        desk.poller = Poller(fetch, Robots(fetch, now=lambda: desk.now), now=lambda: desk.now)
        desk.show("oslo")
        site.replies["/oslo"] = http(status="503 Busy")
        yield desk


async def _no_wait(_: float) -> None:
    """Do not wait."""


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Busy", "500 Error", "502 Bad"])
async def test_own_words_are_sent_after_some_tries(desk: Desk, status: str) -> None:
    desk.site.replies["/oslo"] = http(status=status)

    sent = [await desk.poll(timedelta(minutes=5)) for _ in range(6)]

    assert [len(articles) for articles in sent] == [0, 0, 1, 0, 0, 0]
    [article] = sent[MAX_TRIES - 1]
    assert (article.title, article.body, article.http) == ("Rain", b"Rain in oslo.", None)
    assert article.page_problem == f"HTTP {status}, 3 tries"


async def test_own_words_are_sent_when_an_hour_has_passed(desk: Desk) -> None:
    await desk.poll()

    [article] = await desk.poll(timedelta(hours=4))

    assert article.page_problem.endswith("2 tries")


@pytest.mark.parametrize("left", ["left", "unchanged", "not-modified", "broken"])
async def test_entry_is_sent_although_feed_moves_on(desk: Desk, left: str) -> None:
    await desk.poll()
    match left:
        case "left":
            desk.show("bergen")
            desk.site.replies["/bergen"] = PAGE
        case "not-modified":
            desk.site.replies["/rss"] = http(status="304 Not Modified")
        case "broken":
            desk.site.replies["/rss"] = http(status="500 Error")

    sent = [article.body for _ in range(3) for article in await desk.poll()]

    assert b"Rain in oslo." in sent


async def test_page_that_comes_later_is_sent(desk: Desk) -> None:
    sent = [article for _ in range(4) for article in await desk.poll()]
    desk.site.replies["/oslo"] = PAGE
    later = [article for _ in range(3) for article in await desk.poll()]

    assert [article.id for article in sent] == [article.id for article in later]
    assert (len(later), later[0].http is not None, later[0].page_problem) == (1, True, "")
    assert later[0].summary == "Rain in oslo."
    assert desk.state.waiting == ()


async def test_tries_grow_rare_and_end(desk: Desk) -> None:
    for _ in range(4 * 24 * 2):
        await desk.poll()

    assert desk.site.paths.count("/oslo") < 15
    assert (desk.state.waiting, desk.now - START > TRY_FOR) == ((), True)


async def test_changed_entry_keeps_its_page_until_the_new_one_comes(desk: Desk) -> None:
    desk.site.replies["/oslo"] = PAGE
    await desk.poll()
    desk.show("oslo", title="Rain ends")
    desk.site.replies["/oslo"] = http(status="503 Busy")

    sent = [article for _ in range(5) for article in await desk.poll()]
    desk.site.replies["/oslo"] = PAGE
    later = [article.title for _ in range(3) for article in await desk.poll()]

    assert (sent, later) == ([], ["Rain ends"])


async def test_title_that_changes_while_page_waits_is_sent(desk: Desk) -> None:
    await desk.poll(timedelta(0))
    desk.show("oslo", title="Rain ends")

    sent = [article.title for _ in range(5) for article in await desk.poll(timedelta(0))]

    assert sent == ["Rain ends"]


async def test_permanent_failure_sends_own_words_at_once(desk: Desk) -> None:
    await desk.poll()
    desk.site.replies["/oslo"] = http(status="404 Not Found")

    [article] = await desk.poll()

    assert (article.page_problem, desk.state.waiting) == ("HTTP 404 Not Found, 2 tries", ())


async def test_more_entries_than_can_wait_are_sent_at_once(desk: Desk) -> None:
    names = [f"p{n}" for n in range(MAX_WAITING + 20)]
    desk.show(*names)
    desk.site.replies |= {f"/{name}": http(status="503 Busy") for name in names}

    sent = await desk.poll()

    assert (len(sent), len(desk.state.waiting)) == (20, MAX_WAITING)
    assert {article.page_problem for article in sent} == {"HTTP 503 Busy"}
