"""The subscriber against a real little hub: it verifies, distributes, denies and lies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from streams.config.feeds import FeedEntry, TextFrom
from streams.fetch.fetcher import Limits, fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import Robots
from streams.records import FeedState, Push, PushPhase, RawArticle
from streams.runtime.clock import SystemClock
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.sources.feeds.polling.poller import Poller
from streams.sources.feeds.polling.scheduler import PollScheduler
from streams.sources.feeds.polling.stats import PollStats
from streams.sources.feeds.websub.callback import MAX_BYTES, serve_callbacks
from streams.sources.feeds.websub.subscriber import Subscriber
from tests.support.hub import Hub, hub
from tests.support.waiting import eventually
from tests.support.web import Web, http, web

LOOPBACK = frozenset({"127.0.0.1"})
NAMES = frozenset({"news", "elsewhere"})


def rss(base: str, hub_url: str, *names: str) -> bytes:
    """A feed with an entry for each name, and a hub."""
    items = "".join(
        f"<item><title>{name}</title><link>{base}/{name}</link></item>" for name in names
    )
    links = f'<atom:link rel="hub" href="{hub_url}"/><atom:link rel="self" href="{base}/rss"/>'
    return (
        '<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>News</title>{links if hub_url else ''}{items}</channel></rss>"
    ).encode()


@dataclass
class Shelf:
    """Keeps what polls and pushes found."""

    articles: list[RawArticle] = field(default_factory=list)
    states: list[FeedState] = field(default_factory=list)

    async def keep(self, state: FeedState) -> None:
        """Keep a state."""
        self.states.append(state)

    async def send(self, article: RawArticle) -> bool:
        """Take an article."""
        self.articles.append(article)
        return True

    @property
    def titles(self) -> list[str]:
        """Of the articles, in their order."""
        return [article.title for article in self.articles]


@dataclass
class Desk:
    """A site with a feed, its hub, and we who poll and subscribe."""

    site: Web
    hub: Hub
    shelf: Shelf
    course: PollStats
    polling: PollScheduler

    @property
    def state(self) -> FeedState:
        """Of the feed."""
        return self.course.states["news"]

    @property
    def push(self) -> Push:
        """Its subscription."""
        assert self.state.push is not None
        return self.state.push

    def publish(self, *names: str, hub_url: str | None = None) -> bytes:
        """Put entries on the feed."""
        body = rss(self.site.base, self.hub.url if hub_url is None else hub_url, *names)
        self.site.replies["/rss"] = http(body)
        return body

    async def active(self) -> None:
        """Wait until the hub was asked, and let it verify."""
        await eventually(lambda: self.hub.asked)
        assert await self.hub.verify() == (200, "ch4llenge")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Everything running, the feed polled at once."""
    port = free_port()
    settings = Settings(
        data=tmp_path, websub_url=f"http://127.0.0.1:{port}/hooks/", websub_port=port
    )
    stop, clock, course, shelf = asyncio.Event(), SystemClock(), PollStats(), Shelf()
    limits = Limits(total=timedelta(seconds=5), idle=timedelta(seconds=5))
    turns = HostLimiter(least_delay=timedelta(0))
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(web())
        one = await stack.enter_async_context(hub())
        fetch = await stack.enter_async_context(
            fetcher(allowed=LOOPBACK, limits=limits, hosts=turns)
        )
        subscriber = Subscriber(fetch, course, settings=settings, names=NAMES, now=clock.now)
        poller = Poller(fetch, Robots(fetch, now=clock.now), now=clock.now)
        polling = PollScheduler(poller, shelf, course, clock=clock, beside=subscriber)
        await stack.enter_async_context(serve_callbacks(subscriber, polling, settings))
        here = Desk(site, one, shelf, course, polling)
        here.publish("a")
        feed = FeedEntry(url=site.base + "/rss", id="news", text=TextFrom.FEED)
        polling.take([(feed, FeedState(id="news", url=feed.url, given_url=feed.url))])
        tasks = [
            asyncio.create_task(polling.go(stop)),
            asyncio.create_task(subscriber.run()),
        ]
        yield here
        stop.set()
        await tasks[0]
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_feed_that_names_a_hub_is_subscribed_and_verified(desk: Desk) -> None:
    await desk.active()

    [form] = desk.hub.asked
    assert form["hub.topic"] == desk.site.base + "/rss"
    assert "/hooks/websub/news/" in form["hub.callback"]
    assert desk.push.phase is PushPhase.ACTIVE
    assert desk.shelf.states[-1].push == desk.push
    secrets = (form["hub.secret"], form["hub.callback"].rpartition("/")[2])
    assert not any(secret in str(desk.shelf.states) for secret in secrets)


async def test_a_push_is_sent_on_like_a_poll_and_known_to_the_next_one(desk: Desk) -> None:
    await desk.active()

    status = await desk.hub.push(rss(desk.site.base, "", "b"), method="sha1")

    await eventually(lambda: desk.push.trusted)
    assert (status, desk.shelf.titles) == (202, ["a", "b"])
    assert (desk.push.n_pushes, desk.state.n_articles, desk.state.n_gaps) == (1, 2, 0)
    # The same again, and all of the feed: nothing is new.
    desk.publish("b", "a")
    await desk.hub.push(rss(desk.site.base, "", "b", "a"))
    await eventually(lambda: desk.push.n_pushes == 2)
    await desk.polling.change("news", due_now)
    await eventually(lambda: desk.course.n_polls == 2)
    assert desk.shelf.titles == ["a", "b"]


def due_now(state: FeedState) -> FeedState:
    """The feed's time has come."""
    fields = {name: getattr(state, name) for name in state.__struct_fields__}
    return FeedState(**fields | {"next_poll": SystemClock().now()})


async def test_while_a_hub_pushes_its_feed_is_polled_rarely_and_often_again_after(
    desk: Desk,
) -> None:
    await eventually(lambda: desk.state.next_poll)
    before = desk.state.next_poll
    await desk.active()

    await desk.hub.push(rss(desk.site.base, "", "b"))
    await eventually(lambda: desk.push.trusted)
    stretched = desk.state.next_poll
    await desk.hub.verify(mode="denied", reason="moved")
    denied = desk.state.next_poll

    assert before is not None
    assert stretched is not None
    assert denied is not None
    assert stretched - before > timedelta(hours=3)
    assert denied < stretched - timedelta(hours=3)
    assert (desk.push.phase, desk.push.reason) == (PushPhase.DENIED, "moved")


async def test_a_hub_that_kept_news_to_itself_is_trusted_no_more(desk: Desk) -> None:
    await desk.active()
    await desk.hub.push(rss(desk.site.base, "", "b"))
    await eventually(lambda: desk.push.trusted)
    desk.publish("c", "b", "a")

    await desk.polling.change("news", due_now)

    await eventually(lambda: desk.shelf.titles == ["a", "b", "c"])
    await eventually(lambda: not desk.push.trusted)
    assert desk.state.next_poll is not None
    assert desk.state.next_poll - SystemClock().now() < timedelta(hours=1)


LIES = [
    {"secret": "another"},
    {"method": "md5"},
    {"X-Hub-Signature": ""},
    {"X-Hub-Signature": "sha256=00"},
]


@pytest.mark.parametrize("lie", LIES, ids=[str(n) for n in range(len(LIES))])
async def test_what_is_not_signed_is_acknowledged_and_ignored(
    desk: Desk, lie: dict[str, str]
) -> None:
    await desk.active()

    status = await desk.hub.push(rss(desk.site.base, "", "forged"), **lie)  # type: ignore[arg-type]

    await desk.hub.push(rss(desk.site.base, "", "b"))
    await eventually(lambda: "b" in desk.shelf.titles)
    assert (status, desk.shelf.titles, desk.push.n_pushes) == (202, ["a", "b"], 1)
    assert desk.course.pushes == {"badly_signed": 1, "received": 1}


async def test_what_is_signed_and_no_feed_is_ignored(desk: Desk) -> None:
    await desk.active()
    before = desk.push

    await desk.hub.push(b"<html>Sorry</html>")
    await desk.hub.push(b"")
    await desk.hub.push(rss(desk.site.base, "", "b"))

    await eventually(lambda: "b" in desk.shelf.titles)
    assert desk.push.n_pushes == before.n_pushes + 1


async def test_a_hub_cannot_subscribe_us_to_something_else(desk: Desk) -> None:
    await eventually(lambda: desk.hub.asked)

    other = await desk.hub.verify(topic="https://other.test/rss")
    gone = await desk.hub.verify(mode="unsubscribe")

    assert (other, gone) == ((404, ""), (404, ""))
    assert desk.push.phase is PushPhase.ASKED


async def test_a_callback_is_known_only_to_its_hub(desk: Desk) -> None:
    await desk.active()
    own = desk.hub.callback
    answers = {}
    for place in ("news/guess", "other/guess", "elsewhere/guess", f"other/{own[-43:]}"):
        desk.hub.asked[-1]["hub.callback"] = own.partition("news/")[0] + place
        push = await desk.hub.push(rss(desk.site.base, "", "x"))
        answers[place.partition("/")[0]] = ((await desk.hub.verify())[0], push)

    # What another process polls, or this one soon, is not gone: the hub comes again.
    assert answers == {"news": (404, 404), "other": (404, 404), "elsewhere": (503, 503)}
    assert desk.shelf.titles == ["a"]


async def test_a_push_that_is_too_large_or_packed_is_refused(desk: Desk) -> None:
    await desk.active()

    large = await desk.hub.push(bytes(MAX_BYTES + 1))
    packed = await desk.hub.push(b"\x1f\x8b", **{"Content-Encoding": "gzip"})

    assert (large, packed) == (413, 415)


async def test_a_hub_that_refuses_is_asked_again_later(desk: Desk) -> None:
    desk.hub.status = 422
    await eventually(lambda: desk.push.phase is PushPhase.FAILED and desk.push.reason)

    assert desk.push.reason.startswith("HTTP 422")
    assert desk.push.next_request is not None
    assert desk.push.next_request > SystemClock().now() + timedelta(minutes=9)


async def test_a_feed_that_names_no_hub_any_more_is_not_subscribed_any_more(desk: Desk) -> None:
    await desk.active()
    desk.publish("b", "a", hub_url="")

    await desk.polling.change("news", due_now)

    await eventually(lambda: desk.state.push is None)
    assert await desk.hub.push(rss(desk.site.base, "", "c")) == 410


async def test_the_challenge_is_served_as_no_page(desk: Desk) -> None:
    await eventually(lambda: desk.hub.asked)
    query = {
        "hub.mode": "subscribe",
        "hub.topic": desk.hub.asked[0]["hub.topic"],
        "hub.challenge": "<b>",
    }

    async with desk.hub.session.get(desk.hub.callback, params=query) as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
