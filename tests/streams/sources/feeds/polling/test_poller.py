import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import orjson
import pytest

from streams.config.feeds import FeedEntry, Login, PollBounds, TextFrom
from streams.driver import Driver
from streams.fetch.failure import Failure
from streams.fetch.fetcher import Fetched, Limits, fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import Robots
from streams.records import CleanArticle, FeedState, RawArticle
from streams.sources.feeds.login import read_credentials
from streams.sources.feeds.parsing.parse import parse_feed
from streams.sources.feeds.polling.poller import MAX_INLINE_BYTES, Poller
from streams.sources.feeds.polling.seen_entries import new_entries
from streams.sources.feeds.schedule import PollResult, after_poll
from tests.support.web import Request, Web, http, web

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PAGE = b"<html><body><article><p>It rained all day in Oslo.</p></article></body></html>"


def rss(base: str, *names: str, ttl: int = 0) -> bytes:
    """Return a feed with an entry for each name, an hour old."""
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
    """Do not wait; delays are tested with `HostLimiter`."""


@pytest.fixture
async def poller() -> AsyncIterator[Poller]:
    """A poller that allows loopback, at half past nine."""
    hosts = HostLimiter(least_delay=timedelta(0), sleep=no_wait)
    limits = Limits(total=timedelta(seconds=1), idle=timedelta(seconds=0.2))
    allowed = frozenset({"127.0.0.1", "127.0.0.2"})
    async with fetcher(allowed=allowed, hosts=hosts, limits=limits) as fetch:
        yield Poller(fetch, Robots(fetch, now=lambda: NOW), now=lambda: NOW)


def feed(site: Web, text: TextFrom = TextFrom.AUTO) -> FeedEntry:
    """Return the configuration of the site's feed."""
    return FeedEntry(url=site.base + "/rss", id="news", text=text)


def state(site: Web) -> FeedState:
    """Return the state before the first poll."""
    return FeedState(id="news", url=site.base + "/rss")


@dataclass
class PollOutcome:
    """The articles and the result of a poll."""

    articles: list[RawArticle]
    result: PollResult


async def poll_once(
    poller: Poller, entry: FeedEntry, before: FeedState, **more: Container[bytes]
) -> PollOutcome:
    """Poll a feed."""
    articles: list[RawArticle] = []

    async def deliver(article: RawArticle, _: bytes) -> None:
        articles.append(article)

    return PollOutcome(articles, await poller.poll(entry, before, deliver=deliver, **more))


async def poll_with_state(
    poller: Poller, entry: FeedEntry, before: FeedState
) -> tuple[PollOutcome, FeedState]:
    """Poll a feed and return the outcome and the new state."""
    outcome = await poll_once(poller, entry, before)
    return outcome, after_poll(before, outcome.result, now=NOW, bounds=PollBounds(), chance=0)


async def test_first_poll_delivers_pages_oldest_first(site: Web, poller: Poller) -> None:
    outcome, after = await poll_with_state(poller, feed(site), state(site))

    assert [(article.title, article.body) for article in outcome.articles] == [
        ("a", PAGE),
        ("b", PAGE),
    ]
    assert {article.feed_url for article in outcome.articles} == {site.base + "/rss"}
    assert (outcome.result.n_new, outcome.result.latencies) == (2, (3600.0, 3600.0))
    assert (after.title, after.etag, after.n_articles) == ("News", '"1"', 2)


async def test_second_poll_fetches_new_pages_only(site: Web, poller: Poller) -> None:
    _, after = await poll_with_state(poller, feed(site), state(site))
    site.requests.clear()
    site.replies["/rss"] = http(rss(site.base, "c", "b", "a"), etag='"2"')

    outcome, _ = await poll_with_state(poller, feed(site), after)

    assert [article.title for article in outcome.articles] == ["c"]
    assert site.paths == ["/rss", "/c"]
    assert site.requests[0].headers["if-none-match"] == '"1"'


@pytest.mark.parametrize("reply", ["304", "same body"])
async def test_poll_of_unchanged_feed_delivers_nothing(
    site: Web, poller: Poller, reply: str
) -> None:
    _, after = await poll_with_state(poller, feed(site), state(site))
    if_unchanged = {"304": http(status="304 Not Modified"), "same body": site.replies["/rss"]}
    site.replies["/rss"] = if_unchanged[reply]

    outcome, again = await poll_with_state(poller, feed(site), after)

    assert outcome.articles == []
    assert (again.known, again.body_hash, again.etag) == (after.known, after.body_hash, '"1"')


async def test_poll_detects_wrong_validators(site: Web, poller: Poller) -> None:
    _, after = await poll_with_state(poller, feed(site), state(site))
    site.replies["/rss"] = http(rss(site.base, "c"), etag='"1"')

    outcome, again = await poll_with_state(poller, feed(site), after)

    assert [article.title for article in outcome.articles] == ["c"]
    assert again.validators_lie


async def test_poll_fetches_no_page_for_full_text(site: Web, poller: Poller) -> None:
    text = "It rained all day in Oslo. " * 100
    item = f"<item><title>a</title><link>{site.base}/a</link><description>{text}</description>"
    site.replies["/rss"] = http(f"<rss><channel>{item}</item></channel></rss>".encode())

    outcome, _ = await poll_with_state(poller, feed(site), state(site))

    assert outcome.articles[0].body.startswith(b"It rained")
    assert site.paths == ["/rss"]


async def test_poll_respects_robots(site: Web, poller: Poller) -> None:
    site.replies["/robots.txt"] = http(b"User-agent: *\nDisallow: /a")

    outcome, _ = await poll_with_state(poller, feed(site), state(site))

    assert [(article.title, article.body) for article in outcome.articles] == [
        ("a", b""),
        ("b", PAGE),
    ]
    assert "/a" not in site.paths


async def test_poll_delivers_feed_text_if_page_is_missing(site: Web, poller: Poller) -> None:
    del site.replies["/a"]

    outcome, _ = await poll_with_state(poller, feed(site), state(site))

    assert [(article.title, article.body) for article in outcome.articles] == [
        ("a", b""),
        ("b", PAGE),
    ]


async def test_poll_retries_page_after_temporary_failure(site: Web, poller: Poller) -> None:
    site.replies["/a"] = http(status="503 Busy")
    first, after = await poll_with_state(poller, feed(site), state(site))
    site.replies["/a"] = http(PAGE)

    second, _ = await poll_with_state(poller, feed(site), after)

    assert [article.title for article in first.articles] == ["b"]
    assert [article.title for article in second.articles] == ["a"]


async def test_poll_skips_entries_of_other_feeds(site: Web, poller: Poller) -> None:
    entries = parse_feed(rss(site.base, "a")).entries
    elsewhere = {new_entries(entries, b"").known[:8]}

    outcome = await poll_once(poller, feed(site), state(site), elsewhere=elsewhere)

    assert [article.title for article in outcome.articles] == ["b"]


async def test_poll_fetches_changed_entry_again(site: Web, poller: Poller) -> None:
    _, after = await poll_with_state(poller, feed(site), state(site))
    changed = rss(site.base, "b", "a").replace(b"<title>a<", b"<title>a, and more<")
    site.replies["/rss"] = http(changed)

    outcome, _ = await poll_with_state(poller, feed(site), after)

    assert [article.title for article in outcome.articles] == ["a, and more"]
    assert outcome.result.n_new == 0


FAILURES = [
    (http(b"<html>moved</html>"), Failure.HARD, "not a feed: a web page"),
    (http(status="410 Gone"), Failure.GONE, "HTTP 410 Gone"),
    (http(status="429 Wait", retry_after="600"), Failure.TEMPORARY, "HTTP 429 Wait"),
]


@pytest.mark.parametrize(("reply", "failure", "error"), FAILURES)
async def test_poll_failure_has_reason(
    site: Web, poller: Poller, reply: bytes, failure: Failure, error: str
) -> None:
    site.replies["/rss"] = reply

    outcome, after = await poll_with_state(poller, feed(site), state(site))

    assert (outcome.result.failure, outcome.result.error[: len(error)]) == (failure, error)
    assert after.failures == 1


async def test_poll_floor_is_longest_requested_wait(site: Web, poller: Poller) -> None:
    site.replies["/rss"] = http(rss(site.base, ttl=90), cache_control="max-age=600")

    outcome, _ = await poll_with_state(poller, feed(site), state(site))

    assert outcome.result.floor == timedelta(minutes=90)


async def test_poll_stores_permanent_redirect(site: Web, poller: Poller) -> None:
    site.replies["/new"] = site.replies["/rss"]
    site.replies["/rss"] = http(status="301 Moved", location="/new")

    _, after = await poll_with_state(poller, feed(site), state(site))

    assert (after.url, after.moved_to) == (site.base + "/rss", site.base + "/new")


async def test_mistaken_permanent_redirect_loses_nothing(site: Web, poller: Poller) -> None:
    site.replies["/other"] = http(rss(site.base, "c"))
    feed_of_site, site.replies["/rss"] = (
        site.replies["/rss"],
        http(status="301 Moved", location="/other"),
    )
    _, after = await poll_with_state(poller, feed(site), state(site))
    site.replies["/rss"] = feed_of_site

    outcome, after = await poll_with_state(poller, feed(site), after)

    assert [article.title for article in outcome.articles] == ["a", "b"]
    assert (after.url, after.moved_to) == (site.base + "/rss", "")


def moved_state(site: Web, failures: int = 0) -> FeedState:
    """Return the state of a feed whose address was replaced by a redirect."""
    return FeedState(
        id="news", url=site.base + "/other", given_url=site.base + "/rss", failures=failures
    )


@pytest.mark.parametrize(
    ("reply", "url", "titles"),
    [
        ("feed", "/rss", ["a", "b"]),
        ("redirect", "/other", ["c"]),
        ("page", "/other", ["c"]),
        ("gone", "/other", ["c"]),
        ("empty", "/other", ["c"]),
    ],
)
async def test_poll_looks_back_at_address_in_file(
    site: Web, poller: Poller, reply: str, url: str, titles: list[str]
) -> None:
    site.replies["/other"] = http(rss(site.base, "c"))
    site.replies["/rss"] = {
        "feed": site.replies["/rss"],
        "redirect": http(status="301 Moved", location="/other"),
        "page": http(PAGE),
        "gone": http(status="410 Gone"),
        "empty": http(rss(site.base)),
    }[reply]

    outcome, after = await poll_with_state(poller, feed(site), moved_state(site))

    assert [article.title for article in outcome.articles] == titles
    assert (after.url, after.retired) == (site.base + url, False)


@pytest.mark.parametrize(("failures", "url"), [(0, "/other"), (3, "/rss")])
async def test_feed_left_behind_is_taken_only_if_the_other_fails(
    site: Web, poller: Poller, failures: int, url: str
) -> None:
    site.replies["/other"] = http(rss(site.base, "c", "b"))
    known = new_entries(parse_feed(rss(site.base, "b", "a")).entries, b"")
    before = msgspec.structs.replace(
        moved_state(site, failures), known=known.known, identities=known.identities
    )

    _, after = await poll_with_state(poller, feed(site), before)

    assert after.url == site.base + url


async def test_poll_of_slow_feed_fails_temporarily(site: Web, poller: Poller) -> None:
    async def silence(_: Request, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    site.replies["/rss"] = silence
    before = msgspec.structs.replace(state(site), etag='"1"')

    outcome, after = await poll_with_state(poller, feed(site), before)

    assert outcome.result.failure is Failure.TEMPORARY
    assert after.etag == '"1"'


@pytest.mark.slow
async def test_pages_of_real_sites_are_enriched_and_fetched_once(
    shared: Path, driver: Driver, site: Web, poller: Poller
) -> None:
    folder = shared / "evals" / "extraction" / "fundus-dev"
    rows = [orjson.loads(line) for line in (folder / "gold.jsonl").read_bytes().splitlines()][:24:2]
    for number, row in enumerate(rows):
        page = (folder / "html" / row["html"]).read_bytes()
        site.replies[f"/{number}"] = http(page, content_encoding="gzip", content_type="text/html")
    site.replies["/rss"] = http(rss(site.base, *map(str, range(len(rows)))))

    first, after = await poll_with_state(poller, feed(site), state(site))
    for article in first.articles:
        driver.put(article)
    site.requests.clear()
    site.replies["/rss"] = http(rss(site.base, *map(str, range(len(rows)))) + b" ")
    second, _ = await poll_with_state(poller, feed(site), after)

    enriched = driver.records("articles.enriched.v1")
    refused = [letter.reason for letter in driver.records("articles.dead-letter.v1")]
    assert len(first.articles) == len(rows)
    assert len(enriched) == len(rows)
    assert refused == []
    assert (second.articles, site.paths) == ([], ["/rss"])


async def test_poll_checks_robots_of_redirect_target(site: Web, poller: Poller) -> None:
    async with web("127.0.0.2") as other:
        site.replies["/a"] = http(status="302 PollOutcome", location=other.base + "/private/a")
        site.replies["/b"] = http(status="302 PollOutcome", location=other.base + "/b")
        other.replies |= {
            "/robots.txt": http(b"User-agent: *\nDisallow: /private/"),
            "/private/a": http(PAGE, content_type="text/html"),
            "/b": http(PAGE, content_type="text/html"),
        }
        outcome = await poll_once(poller, feed(site), state(site))

    assert [(article.title, article.body == PAGE) for article in outcome.articles] == [
        ("a", False),
        ("b", True),
    ]
    assert "/private/a" not in other.paths


async def test_poll_finds_hub_in_headers(site: Web, poller: Poller) -> None:
    link = '<https://hub.test/>; rel="hub", <https://news.test/rss>; rel="self"'
    site.replies["/rss"] = http(rss(site.base, "a"), link=link)

    result = (await poll_once(poller, feed(site), state(site))).result

    assert (result.hub, result.topic) == ("https://hub.test/", "https://news.test/rss")


async def test_large_feed_does_not_block_event_loop(poller: Poller, site: Web) -> None:
    body = b"<rss><channel>" + b"<item><guid>a</guid></item>" * 50_000 + b"</channel></rss>"
    response = Fetched(url=site.base + "/rss", status=200, body=body)
    n_turns = 0

    async def deliver(_article: RawArticle, _mark: bytes) -> None:
        pass

    reading = asyncio.ensure_future(
        poller.process_response(feed(site, TextFrom.FEED), state(site), response, deliver=deliver)
    )
    while not reading.done():
        await asyncio.sleep(0)
        n_turns += 1

    assert (await reading).failure is None
    assert n_turns > MAX_INLINE_BYTES / 1024


def page(title: str, *, canonical: str = "") -> bytes:
    """Return the response of an article's page."""
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    text = f"<p>{title}: it rained all day in Oslo, and the trams ran late until evening.</p>" * 3
    body = f"<html><head>{link}</head><body><article><h1>{title}</h1>{text}</article></body></html>"
    return http(body.encode(), content_type="text/html")


def listing(*items: str) -> bytes:
    """Return the response of a feed with items."""
    return http(f"<rss><channel><title>News</title>{''.join(items)}</channel></rss>".encode())


def item(title: str, link: str, *, guid: str, more: str = "") -> str:
    """Return an item of a feed, an hour old."""
    date = "<pubDate>Mon, 02 Mar 2026 08:30:00 GMT</pubDate>"
    guid_ = f'<guid isPermaLink="false">{guid}</guid>'
    return f"<item><title>{title}</title><link>{link}</link>{guid_}{date}{more}</item>"


async def clean_articles(poller: Poller, site: Web, driver: Driver) -> list[CleanArticle]:
    """Poll a feed and return its articles after cleaning."""
    outcome = await poll_once(poller, feed(site), state(site))
    for article in outcome.articles:
        driver.put(article)
    return list(driver.records("articles.clean.v1"))


@pytest.fixture
def small_driver() -> Driver:
    """A driver without what other tests put into it."""
    return Driver()


async def test_entries_of_one_page_are_articles_with_their_own_words(
    site: Web, poller: Poller, small_driver: Driver
) -> None:
    link = site.base + "/live"
    site.replies["/live"] = page("Storm Ada")
    site.replies["/rss"] = listing(
        *(
            item(f"Ticker {n}", link, guid=str(n), more=f"<description>Road {n}</description>")
            for n in (1, 2, 3)
        )
    )

    articles = await clean_articles(poller, site, small_driver)

    assert sorted((each.title, each.text) for each in articles) == [
        (f"Ticker {n}", f"Road {n}") for n in (1, 2, 3)
    ]
    assert len({each.id for each in articles}) == 3
    assert {each.url for each in articles} == {link}
    assert "/live" not in site.paths


async def test_changed_slug_keeps_id_of_article(
    site: Web, poller: Poller, small_driver: Driver
) -> None:
    other = item("Fair", site.base + "/fair-a4712", guid="a4712")
    site.replies |= {"/fair-a4712": page("Fair"), "/ports-a4711": page("Ports")}
    site.replies["/rss"] = listing(item("Ports", site.base + "/ports-a4711", guid="a4711"), other)
    first, after = await poll_with_state(poller, feed(site), state(site))
    new = site.base + "/solberg-defies-towns-a4711"
    site.replies["/solberg-defies-towns-a4711"] = page("Solberg defies towns", canonical=new)
    site.replies["/rss"] = listing(item("Solberg defies towns", new, guid="a4711"), other)

    second, _ = await poll_with_state(poller, feed(site), after)
    for article in (*first.articles, *second.articles):
        small_driver.put(article)

    ids = {each.title: each.id for each in small_driver.records("articles.clean.v1")}
    assert (second.result.n_new, len(second.articles)) == (0, 1)
    assert ids["Solberg defies towns"] == ids["Ports"] != ids["Fair"]


async def test_link_that_redirects_to_another_host_is_not_the_articles_url(
    site: Web, poller: Poller, small_driver: Driver
) -> None:
    async with web("127.0.0.2") as publisher:
        for number, canonical in enumerate(("", "/2026/11/rain-2", "/")):
            target = f"/2026/11/rain-{number}?utm_source=x"
            publisher.replies[target] = page(f"Rain {number}", canonical=canonical)
            site.replies[f"/~r/{number}"] = http(status="302 x", location=publisher.base + target)
        publisher.replies["/2026/11/rain-2"] = page("Rain 2")
        links = [f"{site.base}/~r/{number}" for number in range(3)]
        site.replies["/rss"] = listing(*(item(f"R {x[-1]}", x, guid=x[-1]) for x in links))

        articles = await clean_articles(poller, site, small_driver)

    # The title is the page's: the feed is on another site than the publisher.
    found = {each.title: (each.url, each.site.domain) for each in articles}
    assert found == {
        "Rain 0": (publisher.base + "/2026/11/rain-0", "127.0.0.2"),
        "Rain 1": (publisher.base + "/2026/11/rain-2", "127.0.0.2"),
        "Rain 2": (publisher.base + "/2026/11/rain-2", "127.0.0.2"),
    }


async def test_redirect_to_wall_or_root_keeps_link(
    site: Web, poller: Poller, small_driver: Driver
) -> None:
    async with web("127.0.0.2") as wall:
        targets = (f"/consent-gate-1?to={site.base}/b", "/", "/login", "/politics/")
        for number, target in enumerate(targets):
            wall.replies[target] = page(f"Rain {number}")
            site.replies[f"/a{number}"] = http(status="302 x", location=wall.base + target)
        links = [f"{site.base}/a{number}" for number in range(len(targets))]
        site.replies["/rss"] = listing(*(item(f"R {x[-1]}", x, guid=x[-1]) for x in links))

        articles = await clean_articles(poller, site, small_driver)

    assert {each.url for each in articles} == set(links)


async def test_original_link_replaces_counter_of_clicks(
    site: Web, poller: Poller, small_driver: Driver
) -> None:
    original = f"{site.base}/2026/11/ferry?utm_source=feedburner"
    space = 'xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"'
    more = f"<f:origLink {space}>{original}</f:origLink>"
    site.replies["/2026/11/ferry?utm_source=feedburner"] = page("Ferry")
    site.replies["/rss"] = listing(item("Ferry", "https://clicks.test/1", guid="1", more=more))

    articles = await clean_articles(poller, site, small_driver)

    assert [each.url for each in articles] == [f"{site.base}/2026/11/ferry"]


async def test_moving_dates_fetch_no_page_again(site: Web, poller: Poller) -> None:
    _, after = await poll_with_state(poller, feed(site), state(site))
    site.requests.clear()
    site.replies["/rss"] = http(rss(site.base, "b", "a").replace(b"08:30:00", b"08:45:00"))

    outcome, _ = await poll_with_state(poller, feed(site), after)

    assert (outcome.articles, site.paths) == ([], ["/rss"])


async def test_changed_entry_with_failing_page_comes_again(site: Web, poller: Poller) -> None:
    _, after = await poll_with_state(poller, feed(site), state(site))
    changed = http(rss(site.base, "b", "a").replace(b"<title>a<", b"<title>a, and more<"))
    site.replies |= {"/rss": changed, "/a": http(status="503 Busy")}
    second, after = await poll_with_state(poller, feed(site), after)
    site.replies["/a"] = http(PAGE)

    third, _ = await poll_with_state(poller, feed(site), after)

    assert (second.articles, [each.title for each in third.articles]) == ([], ["a, and more"])
    assert third.result.n_new == 0


def cut_by_close(body: bytes) -> bytes:
    return http(body).replace(f"content-length: {len(body)}\r\n".encode(), b"")


def cut_within_gzip(body: bytes) -> bytes:
    # Not compressed, so that the readable part ends where the bytes do.
    return http(gzip.compress(body, compresslevel=0)[:-8], content_encoding="gzip", etag='"1"')


@pytest.mark.parametrize(
    "send",
    [cut_by_close, partial(http, etag='"1"'), cut_within_gzip],
    ids=["close", "whole-length", "gzip"],
)
async def test_poll_leaves_entry_that_is_cut_for_next_poll(
    site: Web, poller: Poller, send: Callable[[bytes], bytes]
) -> None:
    text = "<description>It rained {}.</description></item>"
    items = "".join(f"<item><title>{n}</title><guid>{n}</guid>{text.format(n)}" for n in "cba")
    whole = f"<rss><channel><title>News</title>{items}</channel></rss>".encode()
    site.replies["/rss"] = send(whole[: whole.index(b"rained b") + 5])

    first, after_cut = await poll_with_state(poller, feed(site), state(site))
    site.replies["/rss"] = http(whole, etag='"1"')
    second, after_whole = await poll_with_state(poller, feed(site), after_cut)

    assert [article.title for article in first.articles] == ["c"]
    assert (after_cut.etag, after_cut.body_hash) == ("", "")
    assert [(article.title, article.body) for article in second.articles] == [
        ("a", b"It rained a."),
        ("b", b"It rained b."),
    ]
    assert after_whole.etag == '"1"'


async def test_poll_reads_newest_entries_of_huge_feed(site: Web, poller: Poller) -> None:
    item = (
        "<item><title>{}</title><guid>{}</guid><description>" + "x" * 3000 + "</description></item>"
    )
    items = "".join(item.format(number, number) for number in range(3200))
    body = f"<rss><channel><title>News</title>{items}</channel></rss>".encode()
    site.replies["/rss"] = http(body, etag='"1"')

    outcome, after = await poll_with_state(poller, feed(site, TextFrom.FEED), state(site))

    assert len(body) > Limits().max_bytes
    assert outcome.result.n_new == 2000
    assert after.etag == '"1"'


async def test_poll_of_cut_feed_keeps_what_is_known(site: Web, poller: Poller) -> None:
    whole = rss(site.base, "b", "a")
    _, after = await poll_with_state(poller, feed(site), state(site))
    site.replies["/rss"] = http(whole[: whole.index(b"/a</link>")])

    cut, after_cut = await poll_with_state(poller, feed(site), after)
    site.replies["/rss"] = http(whole + b"\n")
    again, _ = await poll_with_state(poller, feed(site), after_cut)

    assert (cut.articles, again.articles) == ([], [])


def login(site: Web, name: str = "secret") -> FeedEntry:
    """Return the configuration of a feed with a login."""
    return FeedEntry(
        url=site.base + "/rss",
        id="news",
        login=Login.HEADER,
        login_header="X-Key",
        secret=f"env:{name}",
    )


@pytest.fixture
async def login_poller() -> AsyncIterator[Poller]:
    """A poller with an environment that has a secret."""
    hosts = HostLimiter(least_delay=timedelta(0), sleep=no_wait)
    async with fetcher(allowed=frozenset({"127.0.0.1"}), hosts=hosts) as fetch:
        yield Poller(
            fetch,
            Robots(fetch, now=lambda: NOW),
            now=lambda: NOW,
            read_credentials=partial(read_credentials, environment={"secret": "t0p"}),
        )


async def test_poll_sends_login_to_feed_and_its_pages(site: Web, login_poller: Poller) -> None:
    async with web() as other:
        other.replies["/c"] = http(PAGE, content_type="text/html")
        site.replies["/rss"] = http(rss(site.base, "a") + rss(other.base, "c"))

        await poll_once(login_poller, login(site), state(site))

    sent = {request.path: request.headers.get("x-key") for request in site.requests}
    assert sent == {"/rss": "t0p", "/robots.txt": None, "/a": "t0p"}
    assert all("x-key" not in request.headers for request in other.requests)


async def test_poll_does_not_send_login_to_new_address(site: Web, login_poller: Poller) -> None:
    async with web() as other:
        other.replies["/rss"] = http(status="401 Unauthorized")
        before = FeedState(id="news", url=other.base + "/rss", looked_back=NOW)

        outcome = await poll_once(login_poller, login(site), before)

    assert "x-key" not in other.requests[0].headers
    assert outcome.result.error == (
        f"HTTP 401 Unauthorized; the login is sent to {site.base} only: change the feed's url"
    )


async def test_poll_without_secret_fails_with_reason(site: Web, login_poller: Poller) -> None:
    outcome = await poll_once(login_poller, login(site, "missing"), state(site))

    assert outcome.result.error == "login: no secret in environment variable missing"
    assert site.requests == []
