"""Poll one feed: fetch it, parse it, and deliver its new articles."""

import asyncio
from collections.abc import Awaitable, Callable, Container
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import xxhash

from streams.config.feeds import FeedEntry
from streams.errors import UsageError
from streams.fetch.cache_headers import freshness
from streams.fetch.credentials import Credentials
from streams.fetch.failure import Failure
from streams.fetch.fetcher import NOT_MODIFIED, Fetched, Fetcher
from streams.fetch.robots import Robots
from streams.records import FeedState, HttpInfo, RawArticle
from streams.sources.feeds.article import article_from_entry, article_from_page, needs_page
from streams.sources.feeds.login import ReadCredentials, login_hint, read_credentials
from streams.sources.feeds.parsing.hub_links import hub_and_topic
from streams.sources.feeds.parsing.model import Feed, FeedError
from streams.sources.feeds.parsing.parse import parse_feed
from streams.sources.feeds.polling.seen_entries import IdentifiedEntry, NewEntries, new_entries
from streams.sources.feeds.schedule import PollResult, look_back_is_due, may_be_conditional

ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.8, */*;q=0.5"
)

PAGE_TYPES: Final = frozenset(("text/html", "application/xhtml+xml", "text/plain", ""))
"""MIME types of pages; for any other, such as PDF or video, the feed's own text is used."""

MAX_TITLE: Final = 500

MAX_INLINE_BYTES: Final = 16 * 1024
"""Largest body that is parsed in the event loop: hostile ones take 50 ms, common ones 0.5 ms.
Hostile 8 MiB take 1 to 9 s; in a thread they block the loop for 0.05 to 0.15 s at a time (2026-11).
"""


Deliver = Callable[[RawArticle, bytes], Awaitable[None]]
"""Receives each article, and key and version of its entry (`IdentifiedEntry.mark`)."""


class Poller:
    """Polls feeds with one fetcher.

    Args:
        fetch: Fetches feeds and pages.
        robots: Decides which pages may be fetched.
        now: Returns the current time.
        read_credentials: Returns the credentials of a feed.
    """

    def __init__(
        self,
        fetch: Fetcher,
        robots: Robots,
        *,
        now: Callable[[], datetime],
        read_credentials: ReadCredentials = read_credentials,
    ) -> None:
        self._read_credentials = read_credentials
        self._fetch = fetch
        self._robots = robots
        self._now = now
        # One thread: parsing holds the interpreter lock, and several hostile feeds at once would
        # slow down the event loop.
        self._parsing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parse-feed")

    async def poll(
        self,
        feed: FeedEntry,
        state: FeedState,
        *,
        deliver: Deliver,
        elsewhere: Container[bytes] = frozenset(),
    ) -> PollResult:
        """Fetch a feed, and deliver its new and changed articles, oldest first.

        A page that temporarily cannot be fetched is retried with the next poll. For one that
        permanently cannot, or must not, be fetched, the feed's own text is delivered. Of a response
        that was cut off, the entry that it ends in is left for the next poll.

        Args:
            feed: Configuration of the feed.
            state: State of the feed.
            deliver: Receives each article, one after the other.
            elsewhere: Keys of entries that other feeds have delivered already.
        """
        try:
            credentials = self._read_credentials(feed)
        except UsageError as error:
            return PollResult(failure=Failure.SOFT, error=f"login: {error}")
        if not look_back_is_due(state, now=self._now()):
            return await self._poll_url(
                feed, state, credentials, deliver=deliver, elsewhere=elsewhere
            )
        response = await self._look_back(state, credentials)
        if response is not None:
            body_hash = xxhash.xxh3_128_hexdigest(response.body)
            result = await self.process_response(
                feed, state, response, body_hash=body_hash, deliver=deliver, elsewhere=elsewhere
            )
            return replace(result, looked_back=True, returned=True)
        result = await self._poll_url(
            feed, state, credentials, deliver=deliver, elsewhere=elsewhere
        )
        return replace(result, looked_back=True)

    async def _look_back(self, state: FeedState, credentials: Credentials | None) -> Fetched | None:
        """Return the feed at the URL in the file, if it is one again; otherwise None.

        A feed without new entries may be what a server left behind: it is taken only where the
        present address fails.
        """
        response = await self._fetch.fetch(
            state.given_url,
            headers={"Accept": ACCEPT},
            credentials=credentials,
            keeps_start=True,
        )
        if not isinstance(response, Fetched) or response.redirected:
            return None
        try:
            parsed = await self._parse(response)
        except FeedError:
            return None
        news = new_entries(parsed.entries, state.known, identities=state.identities)
        return response if news.new or (parsed.entries and state.failures) else None

    async def _poll_url(
        self,
        feed: FeedEntry,
        state: FeedState,
        credentials: Credentials | None,
        *,
        deliver: Deliver,
        elsewhere: Container[bytes],
    ) -> PollResult:
        """Fetch the present URL of a feed, and deliver its articles."""
        conditional = may_be_conditional(state, now=self._now())
        # Of a feed with every entry since its beginning, the newest fit.
        response = await self._fetch.fetch(
            state.url,
            headers=_headers(state, conditional),
            credentials=credentials,
            keeps_start=True,
        )
        if not isinstance(response, Fetched):
            return PollResult(
                failure=response.failure,
                error=response.detail + login_hint(response, credentials, url=state.url),
                retry_after=response.retry_after,
            )
        floor = freshness(response.headers, now=self._now())
        if response.status == NOT_MODIFIED:
            return PollResult(
                unchanged=True,
                conditional=conditional,
                url=response.moved_to,
                etag=response.headers.get("etag", ""),
                floor=floor,
            )
        body_hash = xxhash.xxh3_128_hexdigest(response.body)
        if body_hash == state.body_hash:
            return _unchanged_result(response, body_hash, floor)
        return await self.process_response(
            feed, state, response, body_hash=body_hash, deliver=deliver, elsewhere=elsewhere
        )

    async def process_response(
        self,
        feed: FeedEntry,
        state: FeedState,
        response: Fetched,
        *,
        body_hash: str = "",
        deliver: Deliver,
        elsewhere: Container[bytes] = frozenset(),
    ) -> PollResult:
        """Parse the body of a feed, from its server or its hub, and deliver its new articles.

        Args:
            feed: Configuration of the feed.
            state: State of the feed.
            response: Response with a body and its URL.
            body_hash: Hash of the body to store; empty for a push.
            deliver: Receives each article, one after the other.
            elsewhere: Keys of entries that other feeds have delivered already.
        """
        try:
            parsed = await self._parse(response)
        except FeedError as error:
            size = f"cut after {len(response.body)} bytes, " if response.is_cut else ""
            return PollResult(failure=Failure.HARD, error=f"{size}not a feed: {error}")
        news = new_entries(
            parsed.entries,
            state.known,
            identities=state.identities,
            source=feed.name,
            now=self._now(),
        )
        new = [each for each in news.new if not each.is_in(elsewhere)]
        postponed = await self._deliver_entries(feed, state, (*new, *news.changed), deliver)
        delivered = [each for each in new if each.key not in postponed]
        hub, topic = hub_and_topic(response.headers, parsed, url=response.url)
        floor = freshness(response.headers, now=self._now())
        result = _result_with_entries(
            _unchanged_result(response, body_hash, floor),
            state=state,
            parsed=parsed,
            news=news,
            delivered=delivered,
            postponed=postponed,
            ends=parsed.ends or response.is_cut,
            now=self._now(),
        )
        return replace(result, hub=hub, topic=topic)

    async def _parse(self, response: Fetched) -> Feed:
        """Parse a body; a large one in a thread, so that it does not block the event loop."""
        parse = partial(parse_feed, response.body, url=response.url, charset=response.charset)
        if len(response.body) <= MAX_INLINE_BYTES:
            return parse()
        return await asyncio.get_running_loop().run_in_executor(self._parsing, parse)

    async def _deliver_entries(
        self,
        feed: FeedEntry,
        state: FeedState,
        entries: tuple[IdentifiedEntry, ...],
        deliver: Deliver,
    ) -> set[bytes]:
        """Deliver the article of each entry; return the keys of those to retry later."""
        postponed: set[bytes] = set()
        for each in entries:
            article = await self._article(feed, state, each)
            if article is None:
                postponed.add(each.key)
            else:
                await deliver(article, each.mark)
        return postponed

    async def _article(
        self, feed: FeedEntry, state: FeedState, identified: IdentifiedEntry
    ) -> RawArticle | None:
        """Return the article of an entry; None if its page must be fetched again later.

        The page to which several entries link is the article of none of them.
        """
        entry, id_ = identified.entry, identified.article_id
        own = article_from_entry(
            entry, source=feed.name, feed_url=state.url, fetched=self._now(), id=id_
        )
        if not identified.has_own_page or not needs_page(entry, feed.text):
            return own
        if not await self._robots.allows(entry.link):
            return own
        page = await self._fetch.fetch(
            entry.link, may_follow=self._robots.allows, credentials=self._page_credentials(feed)
        )
        if not isinstance(page, Fetched):
            return None if page.failure is Failure.TEMPORARY else own
        if page.content_type not in PAGE_TYPES or not page.body:
            return own
        return article_from_page(
            entry,
            source=feed.name,
            feed_url=state.url,
            fetched=self._now(),
            id=id_,
            body=page.body,
            content_type=page.content_type or "text/html",
            charset=page.charset,
            http=HttpInfo(
                status=page.status,
                etag=page.headers.get("etag", ""),
                last_modified=page.headers.get("last-modified", ""),
                url=page.url if page.redirected else "",
            ),
        )

    def _page_credentials(self, feed: FeedEntry) -> Credentials | None:
        """Return the credentials for pages; None without a secret: then the teaser is sent."""
        try:
            return self._read_credentials(feed)
        except UsageError:
            return None


def _headers(state: FeedState, conditional: bool) -> dict[str, str]:  # noqa: FBT001
    headers = {"Accept": ACCEPT}
    if conditional and state.etag:
        headers["If-None-Match"] = state.etag
    if conditional and state.last_modified:
        headers["If-Modified-Since"] = state.last_modified
    return headers


def _unchanged_result(response: Fetched, body_hash: str, floor: timedelta) -> PollResult:
    return PollResult(
        url=response.moved_to,
        etag=response.headers.get("etag", ""),
        last_modified=response.headers.get("last-modified", ""),
        body_hash=body_hash,
        floor=floor,
    )


def _result_with_entries(
    result: PollResult,
    *,
    state: FeedState,
    parsed: Feed,
    news: NewEntries,
    delivered: list[IdentifiedEntry],
    postponed: set[bytes],
    ends: bool,
    now: datetime,
) -> PollResult:
    times = [each.entry.time for each in delivered]
    ages = [(now - time).total_seconds() for time in times if time]
    known, identities = news.without(postponed, known=state.known, identities=state.identities)
    # With validators or the hash the feed would be "unchanged", and neither postponed pages nor
    # what was cut off would ever be fetched.
    is_whole = ends and not postponed
    return PollResult(
        url=result.url,
        etag=result.etag if is_whole else "",
        last_modified=result.last_modified if is_whole else "",
        body_hash=result.body_hash if is_whole else "",
        floor=max(result.floor, parsed.least_interval or timedelta(0)),
        n_new=len(delivered),
        overlaps=news.overlaps or not state.known or not parsed.entries,
        latencies=tuple(max(0.0, min(age, 1e9)) for age in ages),
        known=known,
        identities=identities,
        title=parsed.title[:MAX_TITLE],
    )
