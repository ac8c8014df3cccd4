"""Feeds that speak for other sites: their words are claims, and never keep the publisher's out."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from streams.config.feeds import FeedEntry, TextFrom
from streams.fetch.fetcher import fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import Robots
from streams.records import FeedState, RawArticle, article_id
from streams.runtime.clock import SystemClock
from streams.sources.feeds.polling.poller import Poller
from streams.sources.feeds.polling.scheduler import PollScheduler
from streams.sources.feeds.polling.stats import PollStats
from tests.support.sink import FakeSink
from tests.support.web import Web, http, web

FULL = " ".join(f"The bank closes branch {n} this week." for n in range(80))
PAGE = http(f"<html><body><article><p>{FULL}</p></article></body></html>".encode())
NAMES = frozenset({"evil.test", "paper.test", "rss.paper.test", "other.test", "short.test"})


class Loopback(AbstractResolver):
    """Resolves every name to loopback."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Nothing to close."""


class Scene:
    """A server with all sites, and their feeds, each polled by a process of its own."""

    def __init__(self, site: Web, poller: Poller) -> None:
        self.site, self.poller = site, poller
        self.port = site.base.rpartition(":")[2]
        self.states: dict[str, FeedState] = {}

    def url(self, host: str, path: str) -> str:
        """Return a URL of a site."""
        return f"http://{host}:{self.port}/{path}"

    def feed(self, path: str, *links: str, text: str) -> None:
        """Put a feed on the server."""
        items = "".join(
            f"<item><title>{path}</title><link>{link}</link><guid>{link}</guid>"
            f"<description>{text}</description></item>"
            for link in links
        )
        self.site.replies[f"/{path}"] = http(f"<rss><channel>{items}</channel></rss>".encode())

    async def poll(self, host: str, path: str, **fields: Any) -> list[RawArticle]:
        """Poll a feed; return the articles."""
        entry = FeedEntry(url=self.url(host, path), id=f"{host}-{path}", **fields)
        fresh = FeedState(id=entry.name, url=entry.url, given_url=entry.url)
        state = msgspec.structs.replace(self.states.get(entry.name, fresh), next_poll=None)
        sink = FakeSink()
        scheduler = PollScheduler(self.poller, sink, PollStats(), chance=lambda: 0.0)
        scheduler.add_feeds([(entry, state)], others=self.states.values())
        await scheduler.run(asyncio.Event(), once=True)
        self.states[entry.name] = sink.states[-1]
        return sink.articles


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A server, and no feed."""
    hosts, clock = HostLimiter(least_delay=timedelta(0)), SystemClock()
    async with (
        web() as site,
        fetcher(allowed=NAMES, hosts=hosts, resolver=Loopback()) as fetch,
    ):
        yield Scene(site, Poller(fetch, Robots(fetch, now=clock.now), now=clock.now))


@pytest.mark.parametrize("text", [FULL, "The bank closes.", ""])
@pytest.mark.parametrize("first", ["evil", "paper"])
async def test_publisher_is_delivered_whoever_was_polled_first(
    scene: Scene, first: str, text: str
) -> None:
    link = scene.url("paper.test", "2026/bank")
    scene.feed("evil", link, text=text)
    scene.feed("paper", link, text="It opens.")
    order = [("evil.test", "evil"), ("rss.paper.test", "paper")]

    sent = [
        await scene.poll(host, path) for host, path in (order if first == "evil" else order[::-1])
    ]

    claims = [(article.source, article.claimed_by) for articles in sent for article in articles]
    assert ("rss.paper.test-paper", "") in claims
    assert set(claims) <= {("rss.paper.test-paper", ""), ("evil.test-evil", "evil.test-evil")}


async def test_full_text_of_another_site_is_replaced_by_its_page(scene: Scene) -> None:
    scene.feed("evil", scene.url("paper.test", "bank"), text=FULL)
    scene.site.replies["/bank"] = PAGE

    [article] = await scene.poll("evil.test", "evil")

    assert (article.claimed_by, article.announced_by) == ("", "evil.test-evil")
    assert article.http is not None


async def test_words_remain_a_claim_where_pages_are_not_fetched(scene: Scene) -> None:
    scene.feed("evil", scene.url("paper.test", "bank"), text=FULL)
    scene.site.replies["/bank"] = PAGE

    [article] = await scene.poll("evil.test", "evil", text=TextFrom.FEED)

    assert (article.claimed_by, article.http) == ("evil.test-evil", None)


async def test_operator_may_trust_a_feed(scene: Scene) -> None:
    scene.feed("evil", scene.url("paper.test", "bank"), text=FULL)

    [article] = await scene.poll("evil.test", "evil", speaks_for=("paper.test",))

    assert (article.claimed_by, article.announced_by) == ("", "")


async def test_redirector_of_the_publisher_lets_its_feed_speak(scene: Scene) -> None:
    target = scene.url("paper.test", "2026/bank-closes-branches")
    scene.feed("paper", scene.url("short.test", "x1"), text="The bank closes.")
    scene.site.replies |= {
        "/x1": http(status="302 Found", location=target),
        "/2026/bank-closes-branches": PAGE,
    }

    [article] = await scene.poll("paper.test", "paper")

    assert (article.claimed_by, article.announced_by) == ("", "")


async def test_page_that_another_feed_led_to_is_not_sent_for_a_third(scene: Scene) -> None:
    link = scene.url("paper.test", "bank")
    scene.site.replies["/bank"] = PAGE
    for name in ("evil", "other", "paper"):
        scene.feed(name, link, text="The bank closes.")

    counts = [len(await scene.poll(f"{name}.test", name)) for name in ("evil", "other", "paper")]

    assert counts == [1, 0, 1]


async def test_claim_is_not_forgotten_when_many_entries_follow(scene: Scene) -> None:
    link = scene.url("paper.test", "bank")
    scene.feed("evil", link, text=FULL)
    await scene.poll("evil.test", "evil", text=TextFrom.FEED)
    scene.feed("evil", *(scene.url("evil.test", f"a{n}") for n in range(300)), text=FULL)
    await scene.poll("evil.test", "evil", text=TextFrom.FEED)
    scene.feed("paper", link, text="It opens.")

    [article] = await scene.poll("paper.test", "paper")

    assert article.claimed_by == ""


async def test_entry_of_a_feed_cannot_give_its_id_to_a_page_of_another_site(scene: Scene) -> None:
    scene.site.replies |= {"/own": PAGE, "/first": PAGE, "/bank": PAGE}
    item = "<item><title>{}</title><guid>guid-{}</guid><link>{}</link></item>"
    stable = item.format("Rain", "rain", scene.url("evil.test", "own"))
    sent = []
    for link in (scene.url("evil.test", "first"), scene.url("paper.test", "bank")):
        items = stable + item.format(link, "bank", link)
        scene.site.replies["/evil"] = http(f"<rss><channel>{items}</channel></rss>".encode())
        sent += await scene.poll("evil.test", "evil")

    ids = {article.url.rpartition("/")[2]: article.id for article in sent}
    assert ids["bank"] == article_id(url=scene.url("paper.test", "bank"))
