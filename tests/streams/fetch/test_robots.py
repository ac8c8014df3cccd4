import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from streams.fetch.fetcher import fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import KEPT, Robots
from tests.support.web import Web, http, web

RULES = b"""User-agent: *
Disallow: /private/
Disallow: /*?print=

User-agent: news-streams
Disallow: /not-us
"""


class Clock:
    """A clock by hand."""

    now = datetime(2026, 3, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of the robots."""
    return Clock()


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    """A site."""
    async with web() as place:
        yield place


@pytest.fixture
async def robots(clock: Clock) -> AsyncIterator[Robots]:
    """Robots that may ask loopback."""
    hosts = HostLimiter(least_delay=timedelta(0))
    async with fetcher(allowed=frozenset({"127.0.0.1"}), hosts=hosts) as fetch:
        yield Robots(fetch, now=clock)


async def test_pages_are_fetched_as_the_site_allows_us(site: Web, robots: Robots) -> None:
    site.replies["/robots.txt"] = http(RULES)

    allowed = [
        await robots.allows(site.base + path) for path in ("/not-us/a", "/private/a", "/a?print=1")
    ]

    assert allowed == [False, True, True]  # a group of our own counts, and it alone


async def test_rules_for_all_are_ours_where_we_have_none(site: Web, robots: Robots) -> None:
    site.replies["/robots.txt"] = http(RULES.partition(b"User-agent: news")[0])

    allowed = [await robots.allows(site.base + path) for path in ("/private/a", "/a?print=1", "/a")]

    assert allowed == [False, False, True]


@pytest.mark.parametrize(
    ("status", "allowed"),
    [("404 Not Found", True), ("403 Forbidden", True), ("500 Oops", False), ("429 x", False)],
)
async def test_a_site_without_the_file_allows_all_and_one_that_fails_nothing(
    site: Web, robots: Robots, status: str, *, allowed: bool
) -> None:
    site.replies["/robots.txt"] = http(status=status)

    assert await robots.allows(site.base + "/a") is allowed


async def test_a_site_is_asked_once_a_day(site: Web, robots: Robots, clock: Clock) -> None:
    site.replies["/robots.txt"] = http(RULES)

    await asyncio.gather(*(robots.allows(f"{site.base}/{number}") for number in range(9)))
    assert site.paths == ["/robots.txt"]
    clock.now += KEPT
    await robots.allows(site.base + "/a")

    assert site.paths == ["/robots.txt"] * 2


@pytest.mark.parametrize("url", ["", "mailto:a@b.test", "http://["])
async def test_what_is_no_page_is_not_allowed(robots: Robots, url: str) -> None:
    assert not await robots.allows(url)
