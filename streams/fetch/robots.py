"""robots.txt: a page's URL in, whether it may be fetched out."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from protego import Protego
from yarl import URL

from streams.fetch.fetcher import Fetched, Fetcher

AGENT: Final = "news-streams"
"""How we are called in a robots.txt."""

KEPT: Final = timedelta(hours=24)
"""RFC 9309, section 2.4: no cached copy is used for longer."""

KEPT_UNREACHABLE: Final = timedelta(minutes=30)
MAX_BYTES: Final = 512 * 1024
"""RFC 9309, section 2.5: at least 500 KiB are read."""

MAX_HOSTS: Final = 20_000


@dataclass(frozen=True, slots=True)
class _Rules:
    rules: Protego | None
    until: datetime
    allows_all: bool


class Robots:
    """Asks each site once a day what may be fetched."""

    def __init__(self, fetch: Fetcher, *, now: Callable[[], datetime]) -> None:
        """Ask through a fetcher.

        Args:
            fetch: Who fetches the files.
            now: The clock.
        """
        self._fetch = fetch
        self._now = now
        self._sites: dict[str, _Rules] = {}
        self._asking: dict[str, asyncio.Task[_Rules]] = {}

    async def allows(self, url: str) -> bool:
        """Tell whether a page may be fetched; false for what is no URL.

        A site whose file is not there (4xx) allows everything; one that cannot
        be reached, or fails (5xx), allows nothing until it is asked again.

        References:
            RFC 9309, section 2.3.1.
        """
        try:
            place = URL(url)
        except ValueError:
            return False
        if place.scheme not in {"http", "https"} or not place.host:
            return False
        rules = await self._rules(place)
        if rules.rules is None:
            return rules.allows_all
        return bool(rules.rules.can_fetch(url, AGENT))

    async def _rules(self, place: URL) -> _Rules:
        site = str(place.origin())
        known = self._sites.get(site)
        if known is not None and known.until > self._now():
            return known
        task = self._asking.get(site)
        if task is None:
            # Many pages of a site become known at once: the file is asked for once.
            task = asyncio.create_task(self._ask(place))
            self._asking[site] = task
            task.add_done_callback(lambda _: self._asking.pop(site, None))
        rules = await asyncio.shield(task)
        if len(self._sites) >= MAX_HOSTS:
            self._sites.clear()
        self._sites[site] = rules
        return rules

    async def _ask(self, place: URL) -> _Rules:
        answer = await self._fetch.fetch(
            str(place.origin().with_path("/robots.txt")), max_bytes=MAX_BYTES
        )
        now = self._now()
        if isinstance(answer, Fetched):
            rules = Protego.parse(answer.body.decode("utf-8", "replace"))
            delay = rules.crawl_delay(AGENT)
            if delay:
                self._fetch.hosts.ask_for(place.host or "", timedelta(seconds=float(delay)))
            return _Rules(rules, now + KEPT, allows_all=True)
        if 400 <= answer.status < 500 and answer.status != 429:  # noqa: PLR2004
            return _Rules(None, now + KEPT, allows_all=True)
        return _Rules(None, now + KEPT_UNREACHABLE, allows_all=False)
