import asyncio
from collections.abc import AsyncIterator, Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import orjson
import pytest

from streams.config.feeds import FeedEntry, PollBounds, TextFrom
from streams.driver import Driver
from streams.fetch.failure import Failure
from streams.fetch.fetcher import Fetched, Limits, fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import Robots
from streams.records import FeedState, RawArticle
from streams.sources.feeds.parsing.parse import parse_feed
from streams.sources.feeds.polling.poller import PARSED_AT_ONCE, Poller
from streams.sources.feeds.polling.seen_entries import new_entries
from streams.sources.feeds.schedule import PollResult, after_poll
from tests.support.web import Request, Web, http, web

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PAGE = b"<html><body><article><p>It rained all day in Oslo.</p></article></body></html>"


def rss(base: str, *names: str, ttl: int = 0) -> bytes:
    """A feed with an entry for each name, an hour old."""
    items = "".join(
        f"<item><title>{name}</title><link>{base}/{name}</link>"
        f"<pubDate>Mon, 02 Mar 2026 08:30:00 GMT</pubDate></item>"
        for name in names
    )
    channel = f"<title>News</title><ttl>{ttl}</ttl>{items}"
    return f"<rss><channel>{channel}</channel></rss>".encode()


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    """A news site with a feed of two entries, and their pages."""
    async with web() as place:
        place.replies["/rss"] = http(rss(place.base, "b", "a"), etag='"1"')
        place.replies |= {f"/{name}": http(PAGE, content_type="text/html") for name in "abc"}
        yield place


async def no_wait(_: float) -> None:
    """Waits no time: turns are tested where they are made."""


@pytest.fixture
async def poller() -> AsyncIterator[Poller]:
    """A poller that may talk to loopback, at half past nine."""
    hosts = HostLimiter(least_delay=timedelta(0), sleep=no_wait)
    limits = Limits(total=timedelta(seconds=1), idle=timedelta(seconds=0.2))
    allowed = frozenset({"127.0.0.1", "127.0.0.2"})
    async with fetcher(allowed=allowed, hosts=hosts, limits=limits) as fetch:
        yield Poller(fetch, Robots(fetch, now=lambda: NOW), now=lambda: NOW)


def feed(site: Web, text: TextFrom = TextFrom.AUTO) -> FeedEntry:
    """The site's feed as its owner wants it."""
    return FeedEntry(url=site.base + "/rss", id="news", text=text)


def state(site: Web) -> FeedState:
    """What is known before the first poll."""
    return FeedState(id="news", url=site.base + "/rss")


@dataclass
class Found:
    """What a poll gave."""

    articles: list[RawArticle]
    answer: PollResult


async def found_by(
    poller: Poller, entry: FeedEntry, before: FeedState, **more: Container[bytes]
) -> Found:
    """A poll."""
    articles: list[RawArticle] = []

    async def deliver(article: RawArticle, _: bytes) -> None:
        articles.append(article)

    return Found(articles, await poller.poll(entry, before, deliver=deliver, **more))


async def polled(poller: Poller, entry: FeedEntry, before: FeedState) -> tuple[Found, FeedState]:
    """A poll, and the state after it."""
    found = await found_by(poller, entry, before)
    return found, after_poll(before, found.answer, now=NOW, bounds=PollBounds(), chance=0)


async def test_a_first_poll_brings_every_entry_with_its_page_oldest_first(
    site: Web, poller: Poller
) -> None:
    found, after = await polled(poller, feed(site), state(site))

    assert [(article.title, article.body) for article in found.articles] == [
        ("a", PAGE),
        ("b", PAGE),
    ]
    assert {article.feed_url for article in found.articles} == {site.base + "/rss"}
    assert (found.answer.n_new, found.answer.latencies) == (2, (3600.0, 3600.0))
    assert (after.title, after.etag, after.n_articles) == ("News", '"1"', 2)


async def test_a_second_poll_fetches_no_page_again(site: Web, poller: Poller) -> None:
    _, after = await polled(poller, feed(site), state(site))
    site.requests.clear()
    site.replies["/rss"] = http(rss(site.base, "c", "b", "a"), etag='"2"')

    found, _ = await polled(poller, feed(site), after)

    assert [article.title for article in found.articles] == ["c"]
    assert site.paths == ["/rss", "/c"]
    assert site.requests[0].headers["if-none-match"] == '"1"'


@pytest.mark.parametrize("reply", ["304", "same body"])
async def test_an_unchanged_feed_brings_nothing(site: Web, poller: Poller, reply: str) -> None:
    _, after = await polled(poller, feed(site), state(site))
    if_unchanged = {"304": http(status="304 Not Modified"), "same body": site.replies["/rss"]}
    site.replies["/rss"] = if_unchanged[reply]

    found, again = await polled(poller, feed(site), after)

    assert found.articles == []
    assert (again.known, again.body_hash, again.etag) == (after.known, after.body_hash, '"1"')


async def test_a_server_whose_validators_lie_is_found_out(site: Web, poller: Poller) -> None:
    _, after = await polled(poller, feed(site), state(site))
    site.replies["/rss"] = http(rss(site.base, "c"), etag='"1"')

    found, again = await polled(poller, feed(site), after)

    assert [article.title for article in found.articles] == ["c"]
    assert again.validators_lie


async def test_full_text_in_the_feed_needs_no_page(site: Web, poller: Poller) -> None:
    text = "It rained all day in Oslo. " * 100
    item = f"<item><title>a</title><link>{site.base}/a</link><description>{text}</description>"
    site.replies["/rss"] = http(f"<rss><channel>{item}</item></channel></rss>".encode())

    found, _ = await polled(poller, feed(site), state(site))

    assert found.articles[0].body.startswith(b"It rained")
    assert site.paths == ["/rss"]


async def test_pages_that_robots_may_not_fetch_are_left_alone(site: Web, poller: Poller) -> None:
    site.replies["/robots.txt"] = http(b"User-agent: *\nDisallow: /a")

    found, _ = await polled(poller, feed(site), state(site))

    assert [(article.title, article.body) for article in found.articles] == [
        ("a", b""),
        ("b", PAGE),
    ]
    assert "/a" not in site.paths


async def test_a_page_that_never_comes_is_replaced_by_the_feeds_own_words(
    site: Web, poller: Poller
) -> None:
    del site.replies["/a"]

    found, _ = await polled(poller, feed(site), state(site))

    assert [(article.title, article.body) for article in found.articles] == [
        ("a", b""),
        ("b", PAGE),
    ]


async def test_a_page_that_fails_for_now_is_asked_for_again(site: Web, poller: Poller) -> None:
    site.replies["/a"] = http(status="503 Busy")
    first, after = await polled(poller, feed(site), state(site))
    site.replies["/a"] = http(PAGE)

    second, _ = await polled(poller, feed(site), after)

    assert [article.title for article in first.articles] == ["b"]
    assert [article.title for article in second.articles] == ["a"]


async def test_what_another_feed_has_brought_is_not_brought_again(
    site: Web, poller: Poller
) -> None:
    entries = parse_feed(rss(site.base, "a")).entries
    elsewhere = {new_entries(entries, b"").known[:8]}

    found = await found_by(poller, feed(site), state(site), elsewhere=elsewhere)

    assert [article.title for article in found.articles] == ["b"]


async def test_a_changed_entry_is_fetched_again_as_a_revision(site: Web, poller: Poller) -> None:
    _, after = await polled(poller, feed(site), state(site))
    changed = rss(site.base, "b", "a").replace(b"<title>a<", b"<title>a, and more<")
    site.replies["/rss"] = http(changed)

    found, _ = await polled(poller, feed(site), after)

    assert [article.title for article in found.articles] == ["a, and more"]
    assert found.answer.n_new == 0


FAILURES = [
    (http(b"<html>moved</html>"), Failure.HARD, "no feed: a web page"),
    (http(status="410 Gone"), Failure.GONE, "HTTP 410 Gone"),
    (http(status="429 Wait", retry_after="600"), Failure.TEMPORARY, "HTTP 429 Wait"),
]


@pytest.mark.parametrize(("reply", "failure", "error"), FAILURES)
async def test_a_feed_that_gives_none_fails_with_a_reason(
    site: Web, poller: Poller, reply: bytes, failure: Failure, error: str
) -> None:
    site.replies["/rss"] = reply

    found, after = await polled(poller, feed(site), state(site))

    assert (found.answer.failure, found.answer.error[: len(error)]) == (failure, error)
    assert after.failures == 1


async def test_what_feed_and_server_ask_for_is_kept(site: Web, poller: Poller) -> None:
    site.replies["/rss"] = http(rss(site.base, ttl=90), cache_control="max-age=600")

    found, _ = await polled(poller, feed(site), state(site))

    assert found.answer.floor == timedelta(minutes=90)


async def test_a_permanent_redirect_of_a_feed_is_remembered(site: Web, poller: Poller) -> None:
    site.replies["/new"] = site.replies["/rss"]
    site.replies["/rss"] = http(status="301 Moved", location="/new")

    _, after = await polled(poller, feed(site), state(site))

    assert after.url == site.base + "/new"


async def test_a_slow_feed_fails_and_is_no_reason_to_wait(site: Web, poller: Poller) -> None:
    async def silence(_: Request, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    site.replies["/rss"] = silence
    before = msgspec.structs.replace(state(site), etag='"1"')

    found, after = await polled(poller, feed(site), before)

    assert found.answer.failure is Failure.TEMPORARY
    assert after.etag == '"1"'


@pytest.mark.slow
async def test_the_pages_of_a_real_site_become_enriched_records_and_are_fetched_once(
    shared: Path, driver: Driver, site: Web, poller: Poller
) -> None:
    folder = shared / "evals" / "extraction" / "fundus-dev"
    rows = [orjson.loads(line) for line in (folder / "gold.jsonl").read_bytes().splitlines()][:24:2]
    for number, row in enumerate(rows):
        page = (folder / "html" / row["html"]).read_bytes()
        site.replies[f"/{number}"] = http(page, content_encoding="gzip", content_type="text/html")
    site.replies["/rss"] = http(rss(site.base, *map(str, range(len(rows)))))

    first, after = await polled(poller, feed(site), state(site))
    for article in first.articles:
        driver.put(article)
    site.requests.clear()
    site.replies["/rss"] = http(rss(site.base, *map(str, range(len(rows)))) + b" ")
    second, _ = await polled(poller, feed(site), after)

    enriched = driver.records("articles.enriched.v1")
    refused = [letter.reason for letter in driver.records("articles.dead-letter.v1")]
    assert len(first.articles) == len(rows)
    assert len(enriched) + len(refused) == len(rows)
    assert set(refused) <= {"too_large"}  # a few of these pages have more than 2 MiB
    assert (second.articles, site.paths) == ([], ["/rss"])


async def test_a_page_behind_a_redirect_needs_the_permission_of_where_it_leads(
    site: Web, poller: Poller
) -> None:
    async with web("127.0.0.2") as other:
        site.replies["/a"] = http(status="302 Found", location=other.base + "/private/a")
        site.replies["/b"] = http(status="302 Found", location=other.base + "/b")
        other.replies |= {
            "/robots.txt": http(b"User-agent: *\nDisallow: /private/"),
            "/private/a": http(PAGE, content_type="text/html"),
            "/b": http(PAGE, content_type="text/html"),
        }
        found = await found_by(poller, feed(site), state(site))

    assert [(article.title, article.body == PAGE) for article in found.articles] == [
        ("a", False),
        ("b", True),
    ]
    assert "/private/a" not in other.paths


async def test_the_hub_of_a_feed_is_found_beside_it(site: Web, poller: Poller) -> None:
    link = '<https://hub.test/>; rel="hub", <https://news.test/rss>; rel="self"'
    site.replies["/rss"] = http(rss(site.base, "a"), link=link)

    answer = (await found_by(poller, feed(site), state(site))).answer

    assert (answer.hub, answer.topic) == ("https://hub.test/", "https://news.test/rss")


async def test_a_large_feed_is_parsed_while_others_are_served(poller: Poller, site: Web) -> None:
    body = b"<rss><channel>" + b"<item><guid>a</guid></item>" * 50_000 + b"</channel></rss>"
    answer = Fetched(url=site.base + "/rss", status=200, body=body)
    n_turns = 0

    async def deliver(_article: RawArticle, _mark: bytes) -> None:
        pass

    reading = asyncio.ensure_future(
        poller.read(feed(site, TextFrom.FEED), state(site), answer, deliver=deliver)
    )
    while not reading.done():
        await asyncio.sleep(0)
        n_turns += 1

    assert (await reading).failure is None
    assert n_turns > PARSED_AT_ONCE / 1024
