"""Poll one feed: fetch it, parse it, and deliver its new articles."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Container
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec
import xxhash

from streams.config.feeds import FeedEntry, FeedFile, TextFrom
from streams.errors import UsageError
from streams.fetch.cache_headers import freshness
from streams.fetch.credentials import Credentials
from streams.fetch.failure import Failure
from streams.fetch.fetcher import NOT_MODIFIED, Fetched, Fetcher, FetchProblem
from streams.fetch.robots import Robots
from streams.records import FeedState, HttpInfo, RawArticle, article_id
from streams.records.feed_state import WaitingPage
from streams.sources.feeds.article import (
    article_from_entry,
    has_full_text,
    needs_page,
    own_text,
    own_text_of,
    with_page,
)
from streams.sources.feeds.authority import Authority
from streams.sources.feeds.login import ReadCredentials, login_hint, read_credentials
from streams.sources.feeds.parsing.hub_links import hub_and_topic
from streams.sources.feeds.parsing.model import Feed, FeedError
from streams.sources.feeds.parsing.parse import parse_feed
from streams.sources.feeds.polling.identities import CLAIMED, FOREIGN, with_delivery
from streams.sources.feeds.polling.seen_entries import (
    IdentifiedEntry,
    NewEntries,
    known_keys,
    new_entries,
)
from streams.sources.feeds.polling.waiting_pages import (
    after_failure,
    has_room,
    must_be_sent,
    waiting_page,
)
from streams.sources.feeds.schedule import PollResult, look_back_is_due, may_be_conditional
from streams.text.urls import canonical_url, page_variants

ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.8, */*;q=0.5"
)

PAGE_TYPES: Final = frozenset(("text/html", "application/xhtml+xml", "text/plain", ""))
"""MIME types of pages; for any other, such as PDF or video, the feed's own text is used."""

MAX_TITLE: Final = 500

MAX_INLINE_ENTRIES: Final = 200
"""Most entries that are compared with the known ones in the event loop: 2,000 take 15 to 40 ms."""

MAX_INLINE_BYTES: Final = 16 * 1024
"""Largest body that is parsed in the event loop: hostile ones take 50 ms, common ones 0.5 ms.
Hostile 8 MiB take 1 to 9 s; in a thread they block the loop for 0.05 to 0.15 s at a time (2026-11).
"""


Deliver = Callable[[RawArticle, bytes], Awaitable[None]]
"""Receives each article, and key and version of its entry (`IdentifiedEntry.mark`)."""


def _private_hosts_of(feed: FeedEntry) -> frozenset[str]:
    return FeedFile().private_hosts_of(feed)


class Poller:
    """Polls feeds with one fetcher.

    Args:
        fetch: Fetches feeds and pages.
        robots: Decides which pages may be fetched.
        now: Returns the current time.
        read_credentials: Returns the credentials of a feed.
        private_hosts: Returns the private hosts that a feed may lead to. Defaults to its own.
    """

    def __init__(
        self,
        fetch: Fetcher,
        robots: Robots,
        *,
        now: Callable[[], datetime],
        read_credentials: ReadCredentials = read_credentials,
        private_hosts: Callable[[FeedEntry], Collection[str]] = _private_hosts_of,
    ) -> None:
        self._private_hosts = private_hosts
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
        fetched_elsewhere: Container[bytes] = frozenset(),
    ) -> PollResult:
        """Fetch a feed, and deliver its new and changed articles, oldest first.

        A page that temporarily cannot be fetched is retried with the next polls; after some, the
        feed's own text is delivered, and the page when it comes (`waiting_pages`). For one that
        permanently cannot, or must not, be fetched, the feed's own text is delivered. Of a response
        that was cut off, the entry that it ends in is left for the next poll.

        Args:
            feed: Configuration of the feed.
            state: State of the feed.
            deliver: Receives each article, one after the other.
            elsewhere: Keys of entries that feeds of their publishers have delivered already.
            fetched_elsewhere: Keys of entries whose pages were delivered because of other feeds;
                only feeds of their publishers deliver them again.
        """
        try:
            credentials = self._read_credentials(feed)
        except UsageError as error:
            return PollResult(failure=Failure.SOFT, error=f"login: {error}")
        waiting = await self._try_waiting_pages(feed, state, deliver)
        state = msgspec.structs.replace(state, waiting=waiting)
        delivery = _Delivery(deliver, elsewhere, fetched_elsewhere)
        result = await self._poll(feed, state, credentials, delivery)
        return result if result.waiting is not None else replace(result, waiting=waiting)

    async def _poll(
        self,
        feed: FeedEntry,
        state: FeedState,
        credentials: Credentials | None,
        delivery: "_Delivery",
    ) -> PollResult:
        """Fetch a feed at its present URL, or at the URL in the file, and deliver its articles."""
        if not look_back_is_due(state, now=self._now()):
            return await self._poll_url(feed, state, credentials, delivery)
        response = await self._look_back(feed, state, credentials)
        if response is not None:
            body_hash = xxhash.xxh3_128_hexdigest(response.body)
            result = await self._process(feed, state, response, body_hash, delivery)
            return replace(result, looked_back=True, returned=True)
        result = await self._poll_url(feed, state, credentials, delivery)
        return replace(result, looked_back=True)

    async def _look_back(
        self, feed: FeedEntry, state: FeedState, credentials: Credentials | None
    ) -> Fetched | None:
        """Return the feed at the URL in the file, if it is one again; otherwise None.

        A feed without new entries may be what a server left behind: it is taken only where the
        present address fails.
        """
        response = await self._fetcher_for(feed).fetch(
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
        delivery: "_Delivery",
    ) -> PollResult:
        """Fetch the present URL of a feed, and deliver its articles."""
        conditional = may_be_conditional(state, now=self._now())
        # Of a feed with every entry since its beginning, the newest fit.
        response = await self._fetcher_for(feed).fetch(
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
        return await self._process(feed, state, response, body_hash, delivery)

    async def process_response(
        self,
        feed: FeedEntry,
        state: FeedState,
        response: Fetched,
        *,
        body_hash: str = "",
        deliver: Deliver,
        elsewhere: Container[bytes] = frozenset(),
        fetched_elsewhere: Container[bytes] = frozenset(),
    ) -> PollResult:
        """Parse the body of a feed, from its server or its hub, and deliver its new articles.

        Args:
            feed: Configuration of the feed.
            state: State of the feed.
            response: Response with a body and its URL.
            body_hash: Hash of the body to store; empty for a push.
            deliver: Receives each article, one after the other.
            elsewhere: Keys of entries that feeds of their publishers have delivered already.
            fetched_elsewhere: Keys of entries whose pages were delivered because of other feeds.
        """
        delivery = _Delivery(deliver, elsewhere, fetched_elsewhere)
        return await self._process(feed, state, response, body_hash, delivery)

    async def _process(
        self,
        feed: FeedEntry,
        state: FeedState,
        response: Fetched,
        body_hash: str,
        delivery: "_Delivery",
    ) -> PollResult:
        try:
            parsed = await self._parse(response)
        except FeedError as error:
            size = f"cut after {len(response.body)} bytes, " if response.is_cut else ""
            return PollResult(failure=Failure.HARD, error=f"{size}not a feed: {error}")
        news = await self._compare(feed, state, parsed)
        authority = Authority(feed, (response.url,))
        new = [each for each in news.new if delivery.wants(each, authority)]
        flags, waiting = await self._deliver_entries(
            feed, state, (*new, *news.changed), authority, delivery.deliver
        )
        # What was left to other feeds is nothing that this feed delivered for a publisher.
        flags |= {
            each.key: FOREIGN | CLAIMED
            for each in news.new
            if each.key not in flags and not authority.speaks_for(each.entry.link)
        }
        hub, topic = hub_and_topic(response.headers, parsed, url=response.url)
        floor = freshness(response.headers, now=self._now())
        result = _result_with_entries(
            _unchanged_result(response, body_hash, floor),
            state=state,
            parsed=parsed,
            news=news,
            delivered=new,
            ends=parsed.ends or response.is_cut,
            now=self._now(),
        )
        return replace(
            result,
            identities=with_delivery(news.identities, flags),
            waiting=waiting,
            hub=hub,
            topic=topic,
        )

    async def _parse(self, response: Fetched) -> Feed:
        """Parse a body; a large one in a thread, so that it does not block the event loop."""
        parse = partial(parse_feed, response.body, url=response.url, charset=response.charset)
        if len(response.body) <= MAX_INLINE_BYTES:
            return parse()
        return await asyncio.get_running_loop().run_in_executor(self._parsing, parse)

    async def _compare(self, feed: FeedEntry, state: FeedState, parsed: Feed) -> NewEntries:
        """Find the new entries of an answer, like `_parse` in a thread if there are many."""
        compare = partial(
            new_entries,
            parsed.entries,
            state.known,
            identities=state.identities,
            source=feed.name,
            now=self._now(),
        )
        if len(parsed.entries) <= MAX_INLINE_ENTRIES:
            return compare()
        return await asyncio.get_running_loop().run_in_executor(self._parsing, compare)

    async def _deliver_entries(
        self,
        feed: FeedEntry,
        state: FeedState,
        entries: tuple[IdentifiedEntry, ...],
        authority: Authority,
        deliver: Deliver,
    ) -> tuple[dict[bytes, int], tuple[WaitingPage, ...]]:
        """Deliver the article of each entry, unless its page must be tried again.

        Returns:
            Whose words were delivered, by key (`identities.with_delivery`), and the entries that
            wait for their pages.
        """
        known = set(known_keys(state.known))
        waiting = {page.key: page for page in state.waiting}
        flags: dict[bytes, int] = {}
        for each in entries:
            former = waiting.pop(each.key, None)
            article, problem = await self._article(feed, state, each, authority)
            is_foreign = not authority.speaks_for(each.entry.link)
            flags[each.key] = FOREIGN * is_foreign | CLAIMED * bool(article.claimed_by)
            is_whole = has_full_text(each.entry)
            if problem and has_room(tuple(waiting.values()), article):
                was_sent = each.key in known if former is None else former.sent
                waiting[each.key] = waiting_page(
                    article, each.mark, now=self._now(), sent=was_sent or is_whole
                )
                if not is_whole:
                    continue
            await deliver(article, each.mark)
        return flags, tuple(waiting.values())

    async def _article(
        self,
        feed: FeedEntry,
        state: FeedState,
        identified: IdentifiedEntry,
        authority: Authority,
    ) -> tuple[RawArticle, str]:
        """Return the article of an entry, and why its page should be fetched later, if it should.

        The page to which several entries link is the article of none of them. A feed that may not
        speak for the publisher of the link is asked for the text only if the page has none.
        """
        entry = identified.entry
        speaks = authority.speaks_for(entry.link)
        own = article_from_entry(
            entry,
            source=feed.name,
            feed_url=state.url,
            fetched=self._now(),
            id=identified.article_id if speaks else _own_id(identified),
            claimed_by="" if speaks else feed.name,
        )
        wants_page = needs_page(entry, feed.text) or (
            not speaks and feed.text is TextFrom.AUTO and needs_page(entry, TextFrom.PAGE)
        )
        if not identified.has_own_page or not wants_page:
            return own, ""
        page = await self._page(feed, entry.link)
        if isinstance(page, FetchProblem):
            problem = page.detail if page.failure is Failure.TEMPORARY else ""
            return msgspec.structs.replace(own, page_problem=page.detail[:500]), problem
        return self._with_page(feed, own, own_text(entry), page, authority), ""

    async def _page(self, feed: FeedEntry, link: str) -> Fetched | FetchProblem:
        """Return the page of an entry, or why it is not used."""
        allows = self._robots.through(self._fetcher_for(feed)).allows
        if not await allows(link):
            return FetchProblem(failure=Failure.HARD, detail="robots.txt does not allow the page")
        page = await self._fetcher_for(feed).fetch(
            link, may_follow=allows, credentials=self._page_credentials(feed)
        )
        if isinstance(page, Fetched) and (page.content_type not in PAGE_TYPES or not page.body):
            kind = page.content_type if page.body else "an empty page"
            return FetchProblem(failure=Failure.HARD, detail=f"not a page: {kind[:100]}")
        return page

    def _with_page(
        self, feed: FeedEntry, own: RawArticle, text: str, page: Fetched, authority: Authority
    ) -> RawArticle:
        return with_page(
            own,
            own_text=text,
            fetched=self._now(),
            body=page.body,
            content_type=page.content_type or "text/html",
            charset=page.charset,
            announced_by="" if authority.speaks_for(page.url) else feed.name,
            http=HttpInfo(
                status=page.status,
                etag=page.headers.get("etag", ""),
                last_modified=page.headers.get("last-modified", ""),
                url=page.url if page.redirected else "",
            ),
        )

    async def _try_waiting_pages(
        self, feed: FeedEntry, state: FeedState, deliver: Deliver
    ) -> tuple[WaitingPage, ...]:
        """Try the pages that failed before, and deliver their articles.

        Returns:
            The entries that still wait for their pages.
        """
        authority = Authority(feed, (state.url,))
        left = []
        for waiting in state.waiting:
            if waiting.next_try > self._now():
                left.append(waiting)
                continue
            own, mark = waiting.article, waiting.key + waiting.version
            page = await self._page(feed, own.url)
            if isinstance(page, Fetched):
                article = self._with_page(feed, own, own_text_of(own), page, authority)
                await deliver(article, mark)
                continue
            tried = after_failure(waiting, now=self._now())
            is_final = tried is None or page.failure is not Failure.TEMPORARY
            if (is_final and not waiting.sent) or (tried and must_be_sent(tried, now=self._now())):
                problem = f"{page.detail[:500]}, {waiting.tries + 1} tries"
                await deliver(msgspec.structs.replace(own, page_problem=problem), mark)
                tried = msgspec.structs.replace(tried, sent=True) if tried else None
            if tried is not None and not is_final:
                left.append(tried)
        return tuple(left)

    def _fetcher_for(self, feed: FeedEntry) -> Fetcher:
        """Return the fetcher that reaches the private hosts of a feed."""
        return self._fetch.allowing(self._private_hosts(feed))

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
    ends: bool,
    now: datetime,
) -> PollResult:
    times = [each.entry.time for each in delivered]
    ages = [(now - time).total_seconds() for time in times if time]
    return PollResult(
        url=result.url,
        # With validators or the hash the feed would be "unchanged", and what was cut off would
        # never be fetched.
        etag=result.etag if ends else "",
        last_modified=result.last_modified if ends else "",
        body_hash=result.body_hash if ends else "",
        floor=max(result.floor, parsed.least_interval or timedelta(0)),
        n_new=len(delivered),
        overlaps=news.overlaps or not state.known or not parsed.entries,
        latencies=tuple(max(0.0, min(age, 1e9)) for age in ages),
        known=news.known,
        identities=news.identities,
        title=parsed.title[:MAX_TITLE],
    )


@dataclass(frozen=True, slots=True)
class _Delivery:
    """Where articles go, and which are not wanted there; see `Poller.poll`."""

    deliver: Deliver
    elsewhere: Container[bytes]
    fetched_elsewhere: Container[bytes]

    def wants(self, entry: IdentifiedEntry, authority: Authority) -> bool:
        if entry.is_in(self.elsewhere):
            return False
        return authority.speaks_for(entry.entry.link) or not entry.is_in(self.fetched_elsewhere)


def _own_id(identified: IdentifiedEntry) -> str:
    """Return the id of an entry's article, if it belongs to its own link; else empty.

    A feed that changes the link of an entry keeps the article's id; but no other site may give an
    article of its own the words of a publisher.
    """
    id_ = identified.article_id
    try:
        url = canonical_url(identified.entry.link)
    except ValueError:
        return id_
    is_own = not identified.has_own_page or id_ in {
        article_id(url=each) for each in page_variants(url)
    }
    return id_ if is_own else ""
