"""Decide by robots.txt whether a page may be fetched."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from protego import Protego
from yarl import URL

from streams.fetch.fetcher import Fetched, Fetcher

AGENT: Final = "news-streams"
"""Product token of this crawler in a robots.txt."""

_AGENT_LINE = re.compile(r"[^\S\n]*user[- ]?agent[^\S\n]*:([^\n#]*)", re.IGNORECASE)
_OWN_AGENT = re.compile(rf"(?<![\w-]){AGENT}(?![A-Za-z_-])", re.IGNORECASE)

CACHE_TIME: Final = timedelta(hours=24)
"""RFC 9309, section 2.4: no cached copy is used for longer."""

CACHE_TIME_UNREACHABLE: Final = timedelta(minutes=30)
MAX_BYTES: Final = 512 * 1024
"""RFC 9309, section 2.5: at least 500 KiB are read."""

MAX_HOSTS: Final = 20_000


@dataclass(frozen=True, slots=True)
class _Rules:
    rules: Protego | None
    until: datetime
    allows_all: bool


class Robots:
    """Fetches the robots.txt of each site once a day.

    Args:
        fetch: Fetches the files.
        now: Returns the current time.
    """

    def __init__(self, fetch: Fetcher, *, now: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._now = now
        self._sites: dict[str, _Rules] = {}
        self._running: dict[str, asyncio.Task[_Rules]] = {}
        self._others: dict[frozenset[str], Robots] = {}

    def through(self, fetch: Fetcher) -> "Robots":
        """Return the same with another fetcher: with its files, where that reaches no other hosts.

        Args:
            fetch: Fetches the files.
        """
        if fetch is self._fetch or fetch.allowed == self._fetch.allowed:
            return self
        found = self._others.get(fetch.allowed)
        if found is None:
            # A site that is refused to one feed is not refused to another.
            found = self._others[fetch.allowed] = Robots(fetch, now=self._now)
        return found

    async def allows(self, url: str) -> bool:
        """Return whether a page may be fetched; false for an invalid URL.

        A site without the file (4xx) allows everything. A site that cannot be reached, or
        fails (429, 5xx), allows nothing until the next attempt after 30 minutes.

        References:
            RFC 9309, section 2.3.1.
        """
        try:
            page = URL(url)
        except ValueError:
            return False
        if page.scheme not in {"http", "https"} or not page.host:
            return False
        rules = await self._rules(page)
        if rules.rules is None:
            return rules.allows_all
        return bool(rules.rules.can_fetch(url, AGENT))

    async def _rules(self, page: URL) -> _Rules:
        site = str(page.origin())
        cached = self._sites.get(site)
        if cached is not None and cached.until > self._now():
            return cached
        task = self._running.get(site)
        if task is None:
            # A poll finds many pages of a site at once; its file is fetched once for all.
            task = asyncio.create_task(self._fetch_rules(page))
            self._running[site] = task
            task.add_done_callback(lambda _: self._running.pop(site, None))
        rules = await asyncio.shield(task)
        if len(self._sites) >= MAX_HOSTS:
            self._sites.clear()
        self._sites[site] = rules
        return rules

    async def _fetch_rules(self, page: URL) -> _Rules:
        response = await self._fetch.fetch(
            str(page.origin().with_path("/robots.txt")), max_bytes=MAX_BYTES
        )
        now = self._now()
        if isinstance(response, Fetched):
            rules = Protego.parse(_with_product_tokens(response.body))
            delay = rules.crawl_delay(AGENT)
            if delay:
                self._fetch.hosts.set_least_delay(page.host or "", timedelta(seconds=float(delay)))
            return _Rules(rules, now + CACHE_TIME, allows_all=True)
        if 400 <= response.status < 500 and response.status != 429:  # noqa: PLR2004
            return _Rules(None, now + CACHE_TIME, allows_all=True)
        return _Rules(None, now + CACHE_TIME_UNREACHABLE, allows_all=False)


def _with_product_tokens(body: bytes) -> str:
    """Return the text of a robots.txt, with product tokens only in its user-agent lines.

    A group of ``news-streams/0.1`` is ours, one of ``news`` is not: the parser would compare the
    whole value with the beginning of our name.

    References:
        RFC 9309, section 2.2.1 (the product token, without a version, in any case); section 2.3
        requires UTF-8, where some editors write a byte order mark.
    """
    lines = body.decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    return "\n".join(_with_product_token(line) for line in lines)


def _with_product_token(line: str) -> str:
    match = _AGENT_LINE.match(line)
    if match is None:
        return line
    value = match[1].strip()
    if value.startswith("*"):
        return "User-agent: *"
    return f"User-agent: {AGENT if _OWN_AGENT.search(value) else 'another'}"
