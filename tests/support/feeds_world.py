"""A world of feeds on a real HTTP server, at a simulated time that another process moves on.

A process of its own, started by `tests/support/feeds_week.py`. The time lies in a file of eight
bytes; the server publishes what is published by then and counts the requests for each kind of
page and the time between them.
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
"""Feeds are older than the world: their first answer is full."""

WINDOW: Final = 25
"""Entries that a feed shows."""

FEEDS_OF_A_HOST: Final = 3
SLOW_SECONDS: Final = 5.0
"""What a slow host takes to answer."""

CRAWL_DELAY: Final = 4
"""Seconds that some hosts ask for in their robots.txt."""

WORDS: Final = ("rain", "harbor", "council", "bridge", "train", "market", "storm", "vote", "ferry")


class SharedTime:
    """Seconds since `EPOCH`, in a file that several processes map."""

    def __init__(self, path: Path) -> None:
        """Open the file; a new one says 0."""
        if not path.exists():
            path.write_bytes(struct.pack("d", 0.0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    @property
    def seconds(self) -> float:
        """Give the time."""
        found: float = struct.unpack("d", self._map[:])[0]
        return found

    @seconds.setter
    def seconds(self, value: float) -> None:
        self._map[:] = struct.pack("d", value)


@dataclass(frozen=True)
class World:
    """Who publishes when.

    Attributes:
        n_feeds: How many feeds.
        days: How long they publish; then the world is silent, and can be read to its end.
        seed: Of chance.
    """

    n_feeds: int
    days: float
    seed: int = 7
    _times: dict[int, list[float]] = field(default_factory=dict)

    @property
    def n_hosts(self) -> int:
        """How many hosts have these feeds."""
        return -(-self.n_feeds // FEEDS_OF_A_HOST)

    def host_of(self, feed: int) -> str:
        """Name the host of a feed."""
        return f"h{feed % self.n_hosts}.test"

    def path_of(self, feed: int) -> str:
        """Give the path of a feed."""
        return f"/f/{feed}.xml"

    def has_full_text(self, feed: int) -> bool:
        """Tell whether a feed has its articles' texts; every tenth needs the pages."""
        return feed % 10 != 0

    def times(self, feed: int) -> list[float]:
        """Give the times at which a feed publishes, thrice as often by day as by night."""
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
        """Count what a feed has published by a time."""
        times = self.times(feed)
        low, high = 0, len(times)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if times[middle] <= now else (low, middle)
        return low

    def is_slow(self, host: str) -> bool:
        """Tell whether a host takes long to answer: every twentieth."""
        return int(host[1:].partition(".")[0]) % 20 == 0

    def asks_for_delay(self, host: str) -> bool:
        """Tell whether a host's robots.txt asks for a delay: every seventh."""
        return int(host[1:].partition(".")[0]) % 7 == 0

    def is_out(self, host: str, now: float) -> bool:
        """Tell whether a host is out of order: every fifth for twenty minutes of a day."""
        number = int(host[1:].partition(".")[0])
        if number % 5:
            return False
        start = (number * 7919 % 1000) / 1000 * (self.days * DAY)
        return start <= now < start + HOUR / 3


@dataclass
class Counts:
    """What the server has seen.

    Attributes:
        kinds: Requests by kind and status.
        pages: How often each page was asked for.
        hours: Requests for feeds in each hour.
        closest: Least seconds between two requests to one host; before a page of a host that
            asks for a delay, by itself.
        most_at_a_time: Most requests that one host had at a time.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)
    closest: dict[str, float] = field(default_factory=dict)
    most_at_a_time: int = 0
    _last: dict[str, float] = field(default_factory=dict)
    _open: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def arrived(self, world: World, host: str, path: str, now: float) -> None:
        """Count a request as it comes."""
        # Who fetches a page has read the robots.txt; who only fetches feeds need not.
        page = path.startswith("/p/")
        asks = "crawl-delay" if page and world.asks_for_delay(host) else "usual"
        if host in self._last:
            gap = now - self._last[host]
            self.closest[asks] = min(self.closest.get(asks, math.inf), gap)
        self._last[host] = now
        # A slow host is still at work on what came within its time to answer.
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
        """Give the counts as JSON has them."""
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
        """Answer from a world."""
        self._world, self._time, self._counts, self._cache = world, time, counts, cache
        self._rest = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
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
        self._counts.arrived(world, host, path, now)
        kind = {"/r": "robots", "/p": "page", "/f": "feed"}[path[:2]]
        status, body, more = self._content(kind, host, path, headers, now)
        self._counts.kinds[f"{kind} {status[:3]}"] += 1
        return _http(status, body, more)

    def _content(
        self, kind: str, host: str, path: str, headers: dict[str, str], now: float
    ) -> tuple[str, bytes, str]:
        if self._world.is_out(host, now):
            return "503 Service Unavailable", b"", ""
        if kind == "robots":
            ask = f"Crawl-delay: {CRAWL_DELAY}\n" if self._world.asks_for_delay(host) else ""
            return "200 OK", f"User-agent: *\n{ask}Disallow: /private\n".encode(), ""
        if kind == "page":
            text = f"<html><body><article><h1>{path}</h1><p>It rained.</p></article></body></html>"
            return "200 OK", text.encode(), "content-type: text/html\r\n"
        feed = int(path[3:-4])
        n_out = self._world.published(feed, now)
        # Seven feeds in ten have validators, one in ten says how long it stays fresh.
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
            if len(self._cache) > 100_000:  # some 50 MB
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
