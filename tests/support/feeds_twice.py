"""Poll feeds of real pages into enriched records, twice, with `streams run` and a real Kafka.

`measure` serves news pages of fundus-dev on loopback, each publisher at its own address with a feed
that links to its pages, and runs the pipeline until every article has ended. Then it stops the
pipeline, changes the body of every feed, makes all feeds due, and runs it again.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import msgspec
from aiohttp import web

from streams.errors import BrokerError
from streams.inspect.audit import Audit, audit
from streams.kafka.connection import physical_name, producer
from streams.kafka.read import read_topics
from streams.records import DeadLetter, decode, encode
from streams.records.topics import DEAD_LETTER, FEEDS
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.sources.feeds.state import read_states
from streams.text.urls import registrable_domain

PAGES: Final = Path(__file__).parents[3] / "shared/evals/extraction/fundus-dev"

TIMEOUT: Final = 600.0
"""Seconds after which an unfinished run counts as failed."""


class Sites:
    """The sites of publishers, each with a feed and pages at its own address.

    Attributes:
        requests: Number of requests by kind: feed, page, robots.
        addresses: Addresses of the publishers, by domain.
        n_pages: Number of pages.
    """

    def __init__(self, folder: Path, limit: int | None) -> None:
        rows = [json.loads(line) for line in (folder / "gold.jsonl").read_bytes().splitlines()]
        self._rows = rows[:limit]
        self._html = folder / "html"
        self._pages: dict[tuple[str, str], Path] = {}
        self.requests: Counter[str] = Counter()
        self.n_pages = len(self._rows)
        domains = list(dict.fromkeys(registrable_domain(row["url"]) for row in self._rows))
        self.addresses = {
            domain: f"127.0.{1 + number // 200}.{1 + number % 200}"
            for number, domain in enumerate(domains)
        }
        self._round = 0
        self.port = 0

    def change_bodies(self) -> None:
        """Change the bodies of the feeds but not their entries, so that they are not unchanged."""
        self._round += 1
        self.requests.clear()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        """Serve the sites until exit."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        self.port = free_port()
        try:
            for address in self.addresses.values():
                await web.TCPSite(runner, address, self.port).start()
            for row in self._rows:
                url = self._url(row)
                self._pages[urlsplit(url).hostname or "", url.split("/", 3)[3]] = (
                    self._html / row["html"]
                )
            yield
        finally:
            await runner.cleanup()

    def feeds_toml(self) -> str:
        """Return the text of feeds.toml."""
        hosts = json.dumps(list(self.addresses.values()))
        feeds = "".join(
            f'\n[[feed]]\nid = "{domain}"\nurl = "http://{address}:{self.port}/feed.xml"\n'
            for domain, address in self.addresses.items()
        )
        return f'contact = "https://poller.test/"\nallow_private_hosts = {hosts}\n{feeds}'

    def _url(self, row: dict[str, Any]) -> str:
        parts = urlsplit(row["url"])
        query = f"?{parts.query}" if parts.query else ""
        address = self.addresses[registrable_domain(row["url"])]
        return f"http://{address}:{self.port}{parts.path or '/'}{query}"

    async def _answer(self, request: web.Request) -> web.Response:
        host = request.host.partition(":")[0]
        if request.path == "/feed.xml":
            self.requests["feed"] += 1
            return web.Response(body=self._feed(host), content_type="application/rss+xml")
        if request.path == "/robots.txt":
            self.requests["robots"] += 1
            return web.Response(text="User-agent: *\nAllow: /\n")
        self.requests["page"] += 1
        page = self._pages.get((host, request.raw_path.lstrip("/")))
        if page is None:
            self.requests["not found"] += 1
            return web.Response(status=404)
        headers = {"content-type": "text/html; charset=utf-8", "content-encoding": "gzip"}
        return web.Response(body=page.read_bytes(), headers=headers)

    def _feed(self, host: str) -> bytes:
        items = "".join(
            f"<item><title>{escape(row['title'])}</title>"
            f"<link>{escape(self._url(row))}</link><guid>{escape(row['id'])}</guid>"
            f"<pubDate>{_date(row['date'])}</pubDate></item>"
            for row in self._rows
            if self.addresses[registrable_domain(row["url"])] == host
        )
        title = f"<title>Round {self._round}</title>"
        return f"<rss version='2.0'><channel>{title}{items}</channel></rss>".encode()


def _date(text: str) -> str:
    time_ = datetime.fromisoformat(text)
    return format_datetime(time_ if time_.tzinfo else time_.replace(tzinfo=UTC))


async def run_pipeline(settings: Settings, sites: Sites, folder: Path) -> tuple[Audit, float]:
    """Run `streams run` until every page has ended and every feed was polled.

    Returns:
        The audit, and the duration in seconds.
    """
    (folder / "feeds.toml").write_text(sites.feeds_toml())
    environment = {**os.environ, **settings.environment(), "NEWS_DIE_WITH_PARENT": str(os.getpid())}
    command = (sys.executable, "-m", "streams.cli.main", "run", "--json")
    start = time.monotonic()
    with (folder / "run.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment | {"PYTHONPATH": str(Path.cwd())}, stderr=log
        )
    try:
        while process.returncode is None and time.monotonic() - start < TIMEOUT:
            await asyncio.sleep(1)
            ended = await _ended(settings, sites)
            if ended is not None:
                return ended, time.monotonic() - start
        raise SystemExit((folder / "run.log").read_text(errors="replace")[-3000:])
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def _ended(settings: Settings, sites: Sites) -> Audit | None:
    try:
        states = await read_states(settings)
        polled = [state for state in states.values() if state.next_poll and state.last_success]
        if len(polled) < len(sites.addresses):
            return None
        audited = await audit(settings)
    except BrokerError:  # the topics do not exist yet
        return None
    return audited if audited.origins == sites.n_pages and not audited.missing else None


async def count_rejections(settings: Settings) -> dict[str, int]:
    """Return the number of dead letters by reason."""
    reasons: Counter[str] = Counter()
    async for message in read_topics(settings, DEAD_LETTER.name):
        reasons[decode(message.value or b"", DeadLetter).reason] += 1
    return dict(reasons)


async def make_due(settings: Settings) -> None:
    """Make every feed due."""
    states = await read_states(settings)
    async with producer(settings) as client:
        for state in states.values():
            due = msgspec.structs.replace(state, next_poll=None)
            await client.send_and_wait(
                physical_name(settings, FEEDS.name), encode(due), key=state.id.encode()
            )


async def measure(settings: Settings, folder: Path, limit: int | None) -> list[dict[str, Any]]:
    """Run twice and return the figures of each run."""
    sites = Sites(PAGES, limit)
    figures = []
    async with sites.serve():
        for number in (1, 2):
            ends, seconds = await run_pipeline(settings, sites, folder)
            figures.append(
                {
                    "run": number,
                    "publishers": len(sites.addresses),
                    "pages": sites.n_pages,
                    "requests": dict(sites.requests),
                    "articles": ends.origins,
                    "ends": ends.ends,
                    "records": ends.records,
                    "count_rejections": await count_rejections(settings),
                    "ended_twice": len(ends.twice),
                    "seconds": round(seconds, 1),
                }
            )
            sites.change_bodies()
            await make_due(settings)
    return figures
