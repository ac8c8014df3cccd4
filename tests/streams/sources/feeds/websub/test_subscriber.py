"""The subscriber with a hub on loopback that verifies, distributes, denies and forges."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from streams.config.feeds import FeedEntry, TextFrom
from streams.fetch.fetcher import Limits, fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import Robots
from streams.records import FeedState, Push, PushPhase
from streams.runtime.clock import SystemClock
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.sources.feeds.polling.poller import Poller
from streams.sources.feeds.polling.scheduler import PollScheduler
from streams.sources.feeds.polling.stats import PollStats
from streams.sources.feeds.websub.callback import MAX_BYTES, serve_callbacks
from streams.sources.feeds.websub.subscriber import Subscriber
from tests.support.hub import Hub, hub
from tests.support.sink import FakeSink
from tests.support.waiting import eventually
from tests.support.web import Web, http, web

LOOPBACK = frozenset({"127.0.0.1"})
NAMES = frozenset({"news", "elsewhere"})


def rss(base: str, hub_url: str, *names: str) -> bytes:
    """Return a feed with an entry for each name, and a hub."""
    items = "".join(
        f"<item><title>{name}</title><link>{base}/{name}</link></item>" for name in names
    )
    links = f'<atom:link rel="hub" href="{hub_url}"/><atom:link rel="self" href="{base}/rss"/>'
    return (
        '<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>News</title>{links if hub_url else ''}{items}</channel></rss>"
    ).encode()


@dataclass
class WebSubScene:
    """A site with a feed, its hub, and the process that polls and subscribes."""

    site: Web
    hub: Hub
    sink: FakeSink
    stats: PollStats
    polling: PollScheduler

    @property
    def state(self) -> FeedState:
        """The state of the feed."""
        return self.stats.states["news"]

    @property
    def push(self) -> Push:
        """The subscription of the feed."""
        assert self.state.push is not None
        return self.state.push

    def publish(self, *names: str, hub_url: str | None = None) -> bytes:
        """Publish entries in the feed."""
        body = rss(self.site.base, self.hub.url if hub_url is None else hub_url, *names)
        self.site.replies["/rss"] = http(body)
        return body

    async def activate(self) -> None:
        """Wait for the request to the hub, and have the hub verify it."""
        await eventually(lambda: self.hub.requests)
        assert await self.hub.verify() == (200, "ch4llenge")


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[WebSubScene]:
    """A running scheduler and subscriber, with a due feed."""
    port = free_port()
    settings = Settings(
        data=tmp_path, websub_url=f"http://127.0.0.1:{port}/hooks/", websub_port=port
    )
    stop, clock, stats, sink = asyncio.Event(), SystemClock(), PollStats(), FakeSink()
    limits = Limits(total=timedelta(seconds=5), idle=timedelta(seconds=5))
    turns = HostLimiter(least_delay=timedelta(0))
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(web())
        publisher = await stack.enter_async_context(hub())
        fetch = await stack.enter_async_context(
            fetcher(allowed=LOOPBACK, limits=limits, hosts=turns)
        )
        subscriber = Subscriber(fetch, stats, settings=settings, names=NAMES, now=clock.now)
        poller = Poller(fetch, Robots(fetch, now=clock.now), now=clock.now)
        polling = PollScheduler(poller, sink, stats, clock=clock, push_hooks=subscriber)
        await stack.enter_async_context(serve_callbacks(subscriber, polling, settings))
        opened = WebSubScene(site, publisher, sink, stats, polling)
        opened.publish("a")
        feed = FeedEntry(url=site.base + "/rss", id="news", text=TextFrom.FEED)
        polling.add_feeds([(feed, FeedState(id="news", url=feed.url, given_url=feed.url))])
        tasks = [
            asyncio.create_task(polling.run(stop)),
            asyncio.create_task(subscriber.run()),
        ]
        yield opened
        stop.set()
        await tasks[0]
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_feed_with_hub_is_subscribed(scene: WebSubScene) -> None:
    await scene.activate()

    [form] = scene.hub.requests
    assert form["hub.topic"] == scene.site.base + "/rss"
    assert "/hooks/websub/news/" in form["hub.callback"]
    assert scene.push.phase is PushPhase.ACTIVE
    assert scene.sink.states[-1].push == scene.push
    secrets = (form["hub.secret"], form["hub.callback"].rpartition("/")[2])
    assert not any(secret in str(scene.sink.states) for secret in secrets)


async def test_push_delivers_entries_like_poll(scene: WebSubScene) -> None:
    await scene.activate()

    status = await scene.hub.push(rss(scene.site.base, "", "b"), method="sha1")

    await eventually(lambda: scene.push.trusted)
    assert (status, scene.sink.titles) == (202, ["a", "b"])
    assert (scene.push.n_pushes, scene.state.n_articles, scene.state.n_gaps) == (1, 2, 0)
    # A repeated push and a poll find nothing new.
    scene.publish("b", "a")
    await scene.hub.push(rss(scene.site.base, "", "b", "a"))
    await eventually(lambda: scene.push.n_pushes == 2)
    await scene.polling.change("news", due_now)
    await eventually(lambda: scene.stats.n_polls == 2)
    assert scene.sink.titles == ["a", "b"]


def due_now(state: FeedState) -> FeedState:
    """Return the state of a feed that is due."""
    fields = {name: getattr(state, name) for name in state.__struct_fields__}
    return FeedState(**fields | {"next_poll": SystemClock().now()})


async def test_active_subscription_delays_polls(
    scene: WebSubScene,
) -> None:
    await eventually(lambda: scene.state.next_poll)
    before = scene.state.next_poll
    await scene.activate()

    await scene.hub.push(rss(scene.site.base, "", "b"))
    await eventually(lambda: scene.push.trusted)
    stretched = scene.state.next_poll
    await scene.hub.verify(mode="denied", reason="moved")
    denied = scene.state.next_poll

    assert before is not None
    assert stretched is not None
    assert denied is not None
    assert stretched - before > timedelta(hours=3)
    assert denied < stretched - timedelta(hours=3)
    assert (scene.push.phase, scene.push.reason) == (PushPhase.DENIED, "moved")


async def test_hub_that_misses_entries_loses_trust(scene: WebSubScene) -> None:
    await scene.activate()
    await scene.hub.push(rss(scene.site.base, "", "b"))
    await eventually(lambda: scene.push.trusted)
    scene.publish("c", "b", "a")

    await scene.polling.change("news", due_now)

    await eventually(lambda: scene.sink.titles == ["a", "b", "c"])
    await eventually(lambda: not scene.push.trusted)
    assert scene.state.next_poll is not None
    assert scene.state.next_poll - SystemClock().now() < timedelta(hours=1)


FORGERIES = [
    {"secret": "another"},
    {"method": "md5"},
    {"X-Hub-Signature": ""},
    {"X-Hub-Signature": "sha256=00"},
]


@pytest.mark.parametrize("lie", FORGERIES, ids=[str(n) for n in range(len(FORGERIES))])
async def test_push_with_wrong_signature_is_ignored(
    scene: WebSubScene, lie: dict[str, str]
) -> None:
    await scene.activate()

    status = await scene.hub.push(rss(scene.site.base, "", "forged"), **lie)  # type: ignore[arg-type]

    await scene.hub.push(rss(scene.site.base, "", "b"))
    await eventually(lambda: "b" in scene.sink.titles)
    assert (status, scene.sink.titles, scene.push.n_pushes) == (202, ["a", "b"], 1)
    assert scene.stats.pushes == {"badly_signed": 1, "received": 1}


async def test_push_that_is_not_a_feed_is_ignored(scene: WebSubScene) -> None:
    await scene.activate()
    before = scene.push

    await scene.hub.push(b"<html>Sorry</html>")
    await scene.hub.push(b"")
    await scene.hub.push(rss(scene.site.base, "", "b"))

    await eventually(lambda: "b" in scene.sink.titles)
    assert scene.push.n_pushes == before.n_pushes + 1


async def test_verification_of_other_topic_is_refused(scene: WebSubScene) -> None:
    await eventually(lambda: scene.hub.requests)

    other = await scene.hub.verify(topic="https://other.test/rss")
    gone = await scene.hub.verify(mode="unsubscribe")

    assert (other, gone) == ((404, ""), (404, ""))
    assert scene.push.phase is PushPhase.ASKED


async def test_callback_with_wrong_token_is_refused(scene: WebSubScene) -> None:
    await scene.activate()
    own = scene.hub.callback
    statuses = {}
    for place in ("news/guess", "other/guess", "elsewhere/guess", f"other/{own[-43:]}"):
        scene.hub.requests[-1]["hub.callback"] = own.partition("news/")[0] + place
        push = await scene.hub.push(rss(scene.site.base, "", "x"))
        statuses[place.partition("/")[0]] = ((await scene.hub.verify())[0], push)

    # For a feed that another process polls, the hub must retry later.
    assert statuses == {"news": (404, 404), "other": (404, 404), "elsewhere": (503, 503)}
    assert scene.sink.titles == ["a"]


async def test_large_or_compressed_push_is_refused(scene: WebSubScene) -> None:
    await scene.activate()

    large = await scene.hub.push(bytes(MAX_BYTES + 1))
    packed = await scene.hub.push(b"\x1f\x8b", **{"Content-Encoding": "gzip"})

    assert (large, packed) == (413, 415)


async def test_refused_request_is_repeated_later(scene: WebSubScene) -> None:
    scene.hub.status = 422
    await eventually(lambda: scene.push.phase is PushPhase.FAILED and scene.push.reason)

    assert scene.push.reason.startswith("HTTP 422")
    assert scene.push.next_request is not None
    assert scene.push.next_request > SystemClock().now() + timedelta(minutes=9)


async def test_feed_without_hub_is_unsubscribed(
    scene: WebSubScene,
) -> None:
    await scene.activate()
    scene.publish("b", "a", hub_url="")

    await scene.polling.change("news", due_now)

    await eventually(lambda: scene.state.push is None)
    assert await scene.hub.push(rss(scene.site.base, "", "c")) == 410


async def test_challenge_is_not_served_as_html(scene: WebSubScene) -> None:
    await eventually(lambda: scene.hub.requests)
    query = {
        "hub.mode": "subscribe",
        "hub.topic": scene.hub.requests[0]["hub.topic"],
        "hub.challenge": "<b>",
    }

    async with scene.hub.session.get(scene.hub.callback, params=query) as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
