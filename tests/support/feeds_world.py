"""Serve a world of feeds over HTTP, at a simulated time that another process advances.

A process started by `tests/support/feeds_week.py`. The time is in a file of eight bytes; the
server publishes the articles up to that time, and counts the requests for each kind of page and
the time between them.
"""

import asyncio
import json
import math
import mmap
import struct
import sys
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random
from typing import Any, Final

EPOCH: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""The world begins on a Monday at midnight."""

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
BEFORE: Final = 3 * DAY
"""Time of publication before the epoch, so that the first response of a feed is full."""

WINDOW: Final = 25
"""Number of entries in a feed."""

FEEDS_PER_HOST: Final = 3
SLOW_SECONDS: Final = 5.0
"""Response time of a slow host."""

CRAWL_DELAY: Final = 4
"""Crawl delay in seconds in the robots.txt of some hosts."""

WORDS: Final = ("rain", "harbor", "council", "bridge", "train", "market", "storm", "vote", "ferry")


class SharedTime:
    """Seconds since `EPOCH`, in a file that several processes map; a new file contains 0."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(struct.pack("d", 0.0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    @property
    def seconds(self) -> float:
        """The time."""
        seconds: float = struct.unpack("d", self._map[:])[0]
        return seconds

    @seconds.setter
    def seconds(self, value: float) -> None:
        self._map[:] = struct.pack("d", value)


@dataclass(frozen=True)
class World:
    """The feeds of a world, and the times at which they publish.

    Attributes:
        n_feeds: Number of feeds.
        days: Number of days on which they publish; then nothing new appears.
        seed: Seed of random numbers.
    """

    n_feeds: int
    days: float
    seed: int = 7
    _times: dict[int, list[float]] = field(default_factory=dict)

    @property
    def n_hosts(self) -> int:
        """Number of hosts of the feeds."""
        return -(-self.n_feeds // FEEDS_PER_HOST)

    def host_of(self, feed: int) -> str:
        """Return the host of a feed."""
        return f"h{feed % self.n_hosts}.test"

    def path_of(self, feed: int) -> str:
        """Return the path of a feed."""
        return f"/f/{feed}.xml"

    def has_full_text(self, feed: int) -> bool:
        """Return whether a feed contains the texts of its articles; every tenth does not."""
        return feed % 10 != 0

    def times(self, feed: int) -> list[float]:
        """Return the times at which a feed publishes, three times as often by day as by night."""
        if feed not in self._times:
            random = Random(self.seed * 1_000_003 + feed)  # noqa: S311  # no secret
            # Eight articles a day is the median; one feed in forty has over a hundred.
            per_day = min(200.0, max(0.2, random.lognormvariate(math.log(8), 1.3)))
            now, times = -BEFORE, []
            while True:
                share = 1 + 0.5 * math.cos((now / HOUR % 24 - 14) / 24 * 2 * math.pi)
                now += random.expovariate(per_day * share) * DAY
                if now >= self.days * DAY:
                    break
                times.append(now)
            self._times[feed] = times
        return self._times[feed]

    def published(self, feed: int, now: float) -> int:
        """Return the number of articles that a feed has published up to a time."""
        times = self.times(feed)
        low, high = 0, len(times)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if times[middle] <= now else (low, middle)
        return low

    def is_slow(self, host: str) -> bool:
        """Return whether a host responds slowly; every twentieth does."""
        return int(host[1:].partition(".")[0]) % 20 == 0

    def has_crawl_delay(self, host: str) -> bool:
        """Return whether a host's robots.txt has a crawl delay; every seventh does."""
        return int(host[1:].partition(".")[0]) % 7 == 0

    def is_unavailable(self, host: str, now: float) -> bool:
        """Return whether a host is unavailable; every fifth is, for twenty minutes."""
        number = int(host[1:].partition(".")[0])
        if number % 5:
            return False
        start = (number * 7919 % 1000) / 1000 * (self.days * DAY)
        return start <= now < start + HOUR / 3


@dataclass
class Counts:
    """Counts of the requests that the server received.

    Attributes:
        kinds: Requests by kind and status.
        pages: Requests for each page.
        hours: Requests for feeds in each hour.
        closest: Shortest time in seconds between two requests to one host; separately for pages
            of hosts with a crawl delay.
        most_at_a_time: Largest number of requests to one host at a time.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)
    closest: dict[str, float] = field(default_factory=dict)
    most_at_a_time: int = 0
    _last: dict[str, float] = field(default_factory=dict)
    _open: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def count_request(self, world: World, host: str, path: str, now: float) -> None:
        """Count a request."""
        # Only pages require that robots.txt was read before.
        page = path.startswith("/p/")
        asks = "crawl-delay" if page and world.has_crawl_delay(host) else "usual"
        if host in self._last:
            gap = now - self._last[host]
            self.closest[asks] = min(self.closest.get(asks, math.inf), gap)
        self._last[host] = now
        # Earlier requests to a slow host are running until its response time has passed.
        running = self._open[host]
        takes = SLOW_SECONDS if world.is_slow(host) else 0.0
        while running and running[0] + takes <= now:
            running.popleft()
        running.append(now)
        self.most_at_a_time = max(self.most_at_a_time, len(running))
        if page:
            self.pages[path] += 1
        elif path.startswith("/f/"):
            self.hours[int(now // HOUR)] += 1

    def report(self) -> dict[str, Any]:
        """Return the counts as a JSON object."""
        return {
            "kinds": dict(self.kinds),
            "pages": len(self.pages),
            "pages_again": sum(self.pages.values()) - len(self.pages),
            "hours": dict(self.hours),
            "closest": {asks: round(gap, 6) for asks, gap in self.closest.items()},
            "most_at_a_time": self.most_at_a_time,
        }


class Site(asyncio.Protocol):
    """One connection to the server."""

    def __init__(
        self, world: World, time: SharedTime, counts: Counts, cache: dict[str, str]
    ) -> None:
        self._world, self._time, self._counts, self._cache = world, time, counts, cache
        self._rest = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the transport for responses."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Respond to every complete request."""
        *heads, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for head in heads:
            lines = head.decode("latin-1").split("\r\n")
            path = lines[0].split(" ")[1]
            headers = {
                name.lower(): value for name, _, value in (li.partition(": ") for li in lines[1:])
            }
            self._transport.write(self._answer(path, headers))

    def _answer(self, path: str, headers: dict[str, str]) -> bytes:
        if path == "/_report":
            return _http("200 OK", json.dumps(self._counts.report()).encode())
        world, now = self._world, self._time.seconds
        host = headers["host"].partition(":")[0]
        self._counts.count_request(world, host, path, now)
        kind = {"/r": "robots", "/p": "page", "/f": "feed"}[path[:2]]
        status, body, more = self._content(kind, host, path, headers, now)
        self._counts.kinds[f"{kind} {status[:3]}"] += 1
        return _http(status, body, more)

    def _content(
        self, kind: str, host: str, path: str, headers: dict[str, str], now: float
    ) -> tuple[str, bytes, str]:
        if self._world.is_unavailable(host, now):
            return "503 Service Unavailable", b"", ""
        if kind == "robots":
            ask = f"Crawl-delay: {CRAWL_DELAY}\n" if self._world.has_crawl_delay(host) else ""
            return "200 OK", f"User-agent: *\n{ask}Disallow: /private\n".encode(), ""
        if kind == "page":
            text = f"<html><body><article><h1>{path}</h1><p>It rained.</p></article></body></html>"
            return "200 OK", text.encode(), "content-type: text/html\r\n"
        feed = int(path[3:-4])
        n_out = self._world.published(feed, now)
        # Seven feeds in ten have validators, one in ten has a max-age.
        tag = f'"{n_out}"' if feed % 10 < 7 else ""
        more = (f"etag: {tag}\r\n" if tag else "") + (
            "cache-control: max-age=900\r\n" if feed % 10 == 9 else ""
        )
        if tag and headers.get("if-none-match") == tag:
            return "304 Not Modified", b"", more
        return "200 OK", self._feed(feed, n_out, headers["host"]), more

    def _feed(self, feed: int, n_out: int, host: str) -> bytes:
        entries = "".join(
            self._entry(feed, number, host)
            for number in range(n_out - 1, max(0, n_out - WINDOW) - 1, -1)
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
            f"<title>Feed {feed}</title>{entries}</channel></rss>"
        ).encode()

    def _entry(self, feed: int, number: int, host: str) -> str:
        name = f"{feed}-{number}"
        if name not in self._cache:
            if len(self._cache) > 100_000:  # about 50 MB
                self._cache.clear()
            random = Random(name)  # noqa: S311  # no secret
            when = EPOCH + timedelta(seconds=self._world.times(feed)[number])
            text = " ".join(random.choices(WORDS, k=40))
            self._cache[name] = (
                f"<item><title>{' '.join(random.choices(WORDS, k=6))} {name}</title>"
                f"<link>http://{host}/p/{feed}/{number}.html</link><guid>{name}</guid>"
                f"<pubDate>{format_datetime(when)}</pubDate>"
                f"<description>{text}</description></item>"
            )
        return self._cache[name]


def _http(status: str, body: bytes, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{more}\r\n"
    return head.encode("latin-1") + body


async def serve(world: World, time: SharedTime) -> None:
    """Serve a world on loopback until stdin ends; the port is printed first."""
    loop = asyncio.get_running_loop()
    counts, cache = Counts(), dict[str, str]()
    server = await loop.create_server(
        lambda: Site(world, time, counts, cache), "127.0.0.1", 0, backlog=1024
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(World(int(sys.argv[1]), float(sys.argv[2])), SharedTime(Path(sys.argv[3]))))
