"""Private hosts: allowed per feed and port, not for what other feeds lead to."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from streams.config.feeds import FeedEntry, FeedFile
from streams.fetch.fetcher import Fetcher, fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import Robots
from streams.records import FeedState, RawArticle
from streams.sources.feeds.polling.poller import Poller
from tests.support.web import Web, http, web

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SECRET = http(b"<html><body><p>The password is hunter2.</p></body></html>")


@pytest.fixture
async def intranet() -> AsyncIterator[Web]:
    """A private server with an internal page."""
    async with web() as place:
        place.replies["/admin"] = SECRET
        yield place


@pytest.fixture
async def fetch() -> AsyncIterator[Fetcher]:
    """A fetcher that reaches public hosts only."""
    async with fetcher(hosts=HostLimiter(least_delay=timedelta(0))) as opened:
        yield opened


async def articles_of(fetch: Fetcher, site: Web, link: str, file: FeedFile) -> list[RawArticle]:
    """Poll a feed of a site with one entry."""
    item = f"<item><title>Rain</title><link>{link}</link></item>"
    site.replies["/rss"] = http(f"<rss><channel>{item}</channel></rss>".encode())
    articles: list[RawArticle] = []

    async def deliver(article: RawArticle, _: bytes) -> None:
        articles.append(article)

    poller = Poller(
        fetch,
        Robots(fetch, now=lambda: NOW),
        now=lambda: NOW,
        private_hosts=file.private_hosts_of,
    )
    state = FeedState(id=file.feed[0].name, url=f"{site.base}/rss")
    await poller.poll(file.feed[0], state, deliver=deliver)
    return articles


def file_of(site: Web, *own: str, top: tuple[str, ...] = ()) -> FeedFile:
    """Return a file with the feed of a site."""
    feed = FeedEntry(url=f"{site.base}/rss", id="news", allow_private_hosts=own)
    return FeedFile(allow_private_hosts=top, feed=(feed,))


async def test_feed_on_private_host_does_not_lead_to_other_ports(
    intranet: Web, fetch: Fetcher
) -> None:
    async with web() as site:
        file = file_of(site, top=("127.0.0.1",))
        [article] = await articles_of(fetch, site, f"{intranet.base}/admin", file)

    assert b"hunter2" not in article.body
    assert intranet.requests == []


async def test_redirect_does_not_lead_to_other_ports(intranet: Web, fetch: Fetcher) -> None:
    async with web() as site:
        site.replies["/a"] = http(status="302 Found", location=f"{intranet.base}/admin")
        file = file_of(site, top=("127.0.0.1",))
        [article] = await articles_of(fetch, site, f"{site.base}/a", file)

    assert b"hunter2" not in article.body
    assert intranet.requests == []


async def test_feed_reaches_port_that_it_names(intranet: Web, fetch: Fetcher) -> None:
    async with web() as site:
        file = file_of(site, intranet.base.removeprefix("http://"), top=("127.0.0.1",))
        [article] = await articles_of(fetch, site, f"{intranet.base}/admin", file)

    assert b"hunter2" in article.body


async def test_connection_of_one_feed_is_not_used_for_another(
    intranet: Web, fetch: Fetcher
) -> None:
    port = intranet.base.removeprefix("http://")
    async with web() as site, web("127.0.0.2") as other:
        allowed = file_of(site, port, top=("127.0.0.1",))
        refused = file_of(other, top=("127.0.0.2",))
        first = await articles_of(fetch, site, f"{intranet.base}/admin", allowed)
        second = await articles_of(fetch, other, f"{intranet.base}/admin", refused)
        third = await articles_of(fetch, site, f"{intranet.base}/admin", allowed)

    assert [b"hunter2" in each.body for each in (*first, *second, *third)] == [True, False, True]
