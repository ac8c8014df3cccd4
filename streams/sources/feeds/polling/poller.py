"""One poll of one feed, at the edge: its state in, articles and what the poll gave out."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Container
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import xxhash

from streams.config.feeds import FeedEntry
from streams.fetch.cache_headers import freshness
from streams.fetch.failure import Failure
from streams.fetch.fetcher import NOT_MODIFIED, Fetched, Fetcher
from streams.fetch.robots import Robots
from streams.records import FeedState, HttpInfo, RawArticle
from streams.sources.feeds.article import article_from_entry, article_from_page, needs_page
from streams.sources.feeds.parsing.hub_links import hub_and_topic
from streams.sources.feeds.parsing.model import Entry, Feed, FeedError
from streams.sources.feeds.parsing.parse import parse_feed
from streams.sources.feeds.polling.seen_entries import (
    KEY_BYTES,
    SIZE,
    NewEntries,
    entry_key,
    entry_mark,
    new_entries,
)
from streams.sources.feeds.schedule import PollResult, may_be_conditional

ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.8, */*;q=0.5"
)

PAGE_TYPES: Final = frozenset(("text/html", "application/xhtml+xml", "text/plain", ""))
"""What a page may be; a PDF or a video is no article here, and the feed's own text has to do."""

MAX_TITLE: Final = 500

PARSED_AT_ONCE: Final = 16 * 1024
"""Bytes of a body that is parsed within the event loop: hostile ones take 50 ms, common ones .5 ms.
Hostile 8 MiB take 1 to 9 s; beside the loop they hold it for .05 to .15 s at a time (2026-11)."""


Deliver = Callable[[RawArticle, bytes], Awaitable[None]]
"""Told each article once it is there, and how its entry is remembered (`known.entry_mark`)."""


class Poller:
    """Polls feeds through one fetcher."""

    def __init__(self, fetch: Fetcher, robots: Robots, *, now: Callable[[], datetime]) -> None:
        """Poll through a fetcher.

        Args:
            fetch: Who fetches feeds and pages.
            robots: Who says which pages may be fetched.
            now: The clock.
        """
        self._fetch = fetch
        self._robots = robots
        self._now = now
        # One: parsing holds the interpreter, and hostile feeds must not take turns from the loop.
        self._parsing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parse-feed")

    async def poll(
        self,
        feed: FeedEntry,
        state: FeedState,
        *,
        deliver: Deliver,
        elsewhere: Container[bytes] = frozenset(),
    ) -> PollResult:
        """Ask a feed for news, and fetch the pages of what is new, oldest first.

        A page that cannot be had for a while is asked for again at the next
        poll; for one that never can, or may not, the feed's own words are sent.

        Args:
            feed: As its owner wants it.
            state: What is known of it.
            deliver: Told each article, one after the other.
            elsewhere: Keys of entries that other feeds have brought already.
        """
        conditional = may_be_conditional(state, now=self._now())
        answer = await self._fetch.fetch(state.url, headers=_headers(state, conditional))
        if not isinstance(answer, Fetched):
            return PollResult(
                failure=answer.failure, error=answer.detail, retry_after=answer.retry_after
            )
        floor = freshness(answer.headers, now=self._now())
        if answer.status == NOT_MODIFIED:
            etag = answer.headers.get("etag", "")
            return PollResult(unchanged=True, conditional=conditional, etag=etag, floor=floor)
        body_hash = xxhash.xxh3_128_hexdigest(answer.body)
        if body_hash == state.body_hash:
            return _answer(answer, body_hash, floor)
        return await self.read(
            feed, state, answer, body_hash=body_hash, deliver=deliver, elsewhere=elsewhere
        )

    async def read(
        self,
        feed: FeedEntry,
        state: FeedState,
        answer: Fetched,
        *,
        body_hash: str = "",
        deliver: Deliver,
        elsewhere: Container[bytes] = frozenset(),
    ) -> PollResult:
        """Take the news out of what came from a feed or, for it, from its hub.

        Args:
            feed: As its owner wants it.
            state: What is known of it.
            answer: With a body, and where it came from.
            body_hash: Of the body, if that is to be remembered.
            deliver: Told each article, one after the other.
            elsewhere: Keys of entries that other feeds have brought already.
        """
        try:
            read = await self._parsed(answer)
        except FeedError as error:
            return PollResult(failure=Failure.HARD, error=f"no feed: {error}")
        news = new_entries(read.entries, state.known)
        new = [entry for entry in news.new if entry_key(entry) not in elsewhere]
        later = await self._bring(feed, state, (*new, *news.changed), deliver)
        brought = [entry for entry in new if entry_key(entry) not in later]
        hub, topic = hub_and_topic(answer.headers, read, url=answer.url)
        given = _answer(answer, body_hash, freshness(answer.headers, now=self._now()))
        given = _answer_with(
            given,
            state=state,
            read=read,
            news=news,
            brought=brought,
            later=later,
            now=self._now(),
        )
        return replace(given, hub=hub, topic=topic)

    async def _parsed(self, answer: Fetched) -> Feed:
        """Parse a body; a large one beside the loop, which others wait for meanwhile."""
        parse = partial(parse_feed, answer.body, url=answer.url, charset=answer.charset)
        if len(answer.body) <= PARSED_AT_ONCE:
            return parse()
        return await asyncio.get_running_loop().run_in_executor(self._parsing, parse)

    async def _bring(
        self, feed: FeedEntry, state: FeedState, entries: tuple[Entry, ...], deliver: Deliver
    ) -> set[bytes]:
        """Deliver the article of each entry; give the keys of those to be asked for again."""
        later: set[bytes] = set()
        for entry in entries:
            article = await self._article(feed, state, entry)
            if article is None:
                later.add(entry_key(entry))
            else:
                await deliver(article, entry_mark(entry))
        return later

    async def _article(self, feed: FeedEntry, state: FeedState, entry: Entry) -> RawArticle | None:
        """Give the article of an entry; None if its page is to be asked for again."""
        own = article_from_entry(entry, source=feed.name, feed_url=state.url, fetched=self._now())
        if not needs_page(entry, feed.text) or not await self._robots.allows(entry.link):
            return own
        page = await self._fetch.fetch(entry.link, may_follow=self._robots.allows)
        if not isinstance(page, Fetched):
            return None if page.failure is Failure.TEMPORARY else own
        if page.content_type not in PAGE_TYPES or not page.body:
            return own
        return article_from_page(
            entry,
            source=feed.name,
            feed_url=state.url,
            fetched=self._now(),
            body=page.body,
            content_type=page.content_type or "text/html",
            charset=page.charset,
            http=HttpInfo(
                status=page.status,
                etag=page.headers.get("etag", ""),
                last_modified=page.headers.get("last-modified", ""),
            ),
        )


def _headers(state: FeedState, conditional: bool) -> dict[str, str]:  # noqa: FBT001
    headers = {"Accept": ACCEPT}
    if conditional and state.etag:
        headers["If-None-Match"] = state.etag
    if conditional and state.last_modified:
        headers["If-Modified-Since"] = state.last_modified
    return headers


def _answer(answer: Fetched, body_hash: str, floor: timedelta) -> PollResult:
    return PollResult(
        url=answer.moved_to,
        etag=answer.headers.get("etag", ""),
        last_modified=answer.headers.get("last-modified", ""),
        body_hash=body_hash,
        floor=floor,
    )


def _without(known: bytes, keys: Collection[bytes]) -> bytes:
    if not keys:
        return known
    parts = (known[start : start + SIZE] for start in range(0, len(known), SIZE))
    return b"".join(part for part in parts if part[:KEY_BYTES] not in keys)


def _answer_with(
    given: PollResult,
    *,
    state: FeedState,
    read: Feed,
    news: NewEntries,
    brought: list[Entry],
    later: set[bytes],
    now: datetime,
) -> PollResult:
    ages = [(now - entry.time).total_seconds() for entry in brought if entry.time]
    return PollResult(
        url=given.url,
        # With them the feed would be "unchanged", and its pages never asked for again.
        etag="" if later else given.etag,
        last_modified="" if later else given.last_modified,
        body_hash="" if later else given.body_hash,
        floor=max(given.floor, read.least_interval or timedelta(0)),
        n_new=len(brought),
        overlaps=news.overlaps or not state.known or not read.entries,
        latencies=tuple(max(0.0, min(age, 1e9)) for age in ages),
        known=_without(news.known, later),
        title=read.title[:MAX_TITLE],
    )
