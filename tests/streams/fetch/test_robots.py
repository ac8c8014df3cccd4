import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from streams.fetch.fetcher import fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import CACHE_TIME, Robots
from tests.support.web import Web, http, web

RULES = b"""User-agent: *
Disallow: /private/
Disallow: /*?print=

User-agent: news-streams
Disallow: /not-us
"""


class Clock:
    """A clock that tests set."""

    now = datetime(2026, 3, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of `robots`."""
    return Clock()


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    """A site."""
    async with web() as place:
        yield place


@pytest.fixture
async def robots(clock: Clock) -> AsyncIterator[Robots]:
    """A `Robots` that allows loopback."""
    hosts = HostLimiter(least_delay=timedelta(0))
    async with fetcher(allowed=frozenset({"127.0.0.1"}), hosts=hosts) as fetch:
        yield Robots(fetch, now=clock)


async def test_robots_uses_group_of_own_agent(site: Web, robots: Robots) -> None:
    site.replies["/robots.txt"] = http(RULES)

    allowed = [
        await robots.allows(site.base + path) for path in ("/not-us/a", "/private/a", "/a?print=1")
    ]

    assert allowed == [False, True, True]  # only the group for our own agent applies


async def test_robots_falls_back_to_group_of_all_agents(site: Web, robots: Robots) -> None:
    site.replies["/robots.txt"] = http(RULES.partition(b"User-agent: news")[0])

    allowed = [await robots.allows(site.base + path) for path in ("/private/a", "/a?print=1", "/a")]

    assert allowed == [False, False, True]


@pytest.mark.parametrize(
    ("status", "allowed"),
    [("404 Not Found", True), ("403 Forbidden", True), ("500 Oops", False), ("429 x", False)],
)
async def test_robots_without_file_allows_by_status(
    site: Web, robots: Robots, status: str, *, allowed: bool
) -> None:
    site.replies["/robots.txt"] = http(status=status)

    assert await robots.allows(site.base + "/a") is allowed


async def test_robots_fetches_file_once_a_day(site: Web, robots: Robots, clock: Clock) -> None:
    site.replies["/robots.txt"] = http(RULES)

    await asyncio.gather(*(robots.allows(f"{site.base}/{number}") for number in range(9)))
    assert site.paths == ["/robots.txt"]
    clock.now += CACHE_TIME
    await robots.allows(site.base + "/a")

    assert site.paths == ["/robots.txt"] * 2


@pytest.mark.parametrize("url", ["", "mailto:a@b.test", "http://["])
async def test_robots_refuses_invalid_url(robots: Robots, url: str) -> None:
    assert not await robots.allows(url)


CASES = "cases/sources/23-robots-txt"


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("bom-disallow", False),
        ("bom-own-group", False),
        ("cr-only", False),
        ("split-groups", True),
        ("unscoped-delay", True),
        ("blank-line-in-group", False),
        ("html-instead", True),
        ("star-first", False),
        ("allow-longer", True),
        ("agent-with-version", False),
    ],
)
async def test_robots_reads_files_of_others(
    shared: Path, site: Web, robots: Robots, name: str, *, allowed: bool
) -> None:
    site.replies["/robots.txt"] = http((shared / CASES / f"{name}.txt").read_bytes())

    assert await robots.allows(site.base + "/p/a") is allowed


DISALLOW = "\nDisallow: /\n"


@pytest.mark.parametrize(
    ("agent", "allowed"),
    [
        ("News-Streams/0.1", False),
        ("news-streams/2.0 (+https://desk.test/bot)", False),
        ("Mozilla/5.0 (compatible; news-streams/0.1)", False),
        ("news-streams*", False),
        ("news-streams # the crawler of the desk", False),
        ("* # all", False),
        ("news", True),
        ("news-streams-reader", True),
        ("my-news-streams", True),
        ("streams/1.0", True),
    ],
)
async def test_robots_compares_product_token(
    site: Web, robots: Robots, agent: str, *, allowed: bool
) -> None:
    site.replies["/robots.txt"] = http(f"User-agent: {agent}{DISALLOW}".encode())

    assert await robots.allows(site.base + "/a") is allowed


@pytest.mark.parametrize(
    "mark", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf", b"\xef\xbb\xbf \r\n"]
)
async def test_robots_ignores_byte_order_mark(site: Web, robots: Robots, mark: bytes) -> None:
    site.replies["/robots.txt"] = http(mark + b"User-Agent: news-streams/1\rDisallow: /private/")

    assert not await robots.allows(site.base + "/private/a")
