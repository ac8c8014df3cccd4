"""``/v1/searches/ID/feed.atom`` and ``feed.json``: the latest alerts of a search as a feed."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter

from streams.config.tokens import Scope
from streams.config.tokens_file import WatchedTokens, delete_feed_token, replace_feed_token
from streams.kafka.decoding import read_record, sent_at
from streams.records import Alert, Subscription, encode
from streams.serve.alerts.log import LATEST, AlertLog
from streams.serve.alerts.reader import AlertReader
from streams.serve.auth import BEARER, authenticate, require_scope
from streams.serve.component import Component
from streams.serve.feeds.backfill import Backfill
from streams.serve.feeds.formats import FeedItem, atom_feed, json_feed
from streams.serve.problems import problem, problem_responses
from streams.serve.public_url import public_url
from streams.serve.searches.handlers import SearchId, visible_search
from streams.serve.searches.store import SavedSearches

ATOM: Final = "application/atom+xml"
JSON: Final = "application/feed+json"

CACHED_FEEDS: Final = 100
"""Number of cached feeds, some 100 KB each."""

MAX_AGE_SECONDS: Final = 60
"""How long a reader may treat a feed as fresh."""

FeedToken = Annotated[
    str | None,
    QueryParameter(
        name="token", description="The token of this feed, for readers that cannot send headers."
    ),
]
NoneMatch = Annotated[
    str | None, HeaderParameter(name="If-None-Match", description="The ETag of the known version.")
]


class FeedAddresses(msgspec.Struct, frozen=True, kw_only=True):
    """URLs of a feed, readable by anyone who has them.

    Attributes:
        token: Gives access to this feed only; shown once.
        atom: URL of the Atom feed, with the token.
        json: URL of the JSON Feed, with the token.
    """

    token: str
    atom: str
    json: str


NOT_MODIFIED: Final = {304: ResponseSpec(None, description="The feed has not changed.")}


class JsonFeed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed in the format JSON Feed 1.1 (jsonfeed.org).

    Attributes:
        version: URL of the format's version.
        title: Name or query of the search.
        description: Query of the search.
        feed_url: URL of the feed.
        items: The alerts, the latest first.
    """

    version: str
    title: str
    description: str
    feed_url: str
    items: list[dict[str, Any]]


class FeedCache:
    """Writes feeds, and caches the most recently requested ones.

    Args:
        log: Knows the latest alerts of each search.
        reader: Reads these alerts.
        backfill: Finds earlier matches of a search that has few alerts.
    """

    def __init__(self, log: AlertLog, reader: AlertReader, backfill: Backfill) -> None:
        self._log = log
        self._reader = reader
        self._backfill = backfill
        self._cached: OrderedDict[str, bytes] = OrderedDict()

    async def earlier(self, subscription: Subscription) -> list[FeedItem]:
        """Return matches from before the search was saved, if it has few alerts.

        Raises:
            KafkaUnavailableError: If the alerts are not read yet, or Kafka is unavailable.
        """
        self._log.check()
        if len(self._log.latest(subscription.id)) >= LATEST:
            return []
        return await self._backfill.items(subscription)

    def etag(self, subscription: Subscription, url: str, *, n_earlier: int = 0) -> str:
        """Return a hash of a feed's current content, without reading its alerts.

        Args:
            subscription: The search.
            url: URL of the feed.
            n_earlier: Number of items of `earlier`.

        Raises:
            KafkaUnavailableError: If the alerts are not read yet, or Kafka is unavailable.
        """
        self._log.check()
        positions = repr(self._log.latest(subscription.id)).encode()
        content = b"\0".join(
            [encode(subscription), positions, url.encode(), str(n_earlier).encode()]
        )
        return f'"{blake2b(content, digest_size=12).hexdigest()}"'

    async def feed(
        self,
        subscription: Subscription,
        *,
        url: str,
        etag: str,
        changed: datetime,
        earlier: Sequence[FeedItem] = (),
    ) -> bytes:
        """Return a feed, in the format that its URL ends with.

        Raises:
            KafkaUnavailableError: If Kafka is unavailable.
        """
        cached = self._cached.get(etag)
        if cached is not None:
            self._cached.move_to_end(etag)
            return cached
        items = await self._items(subscription.id)
        shown = {item.alert.id for item in items}
        items += [item for item in reversed(earlier) if item.alert.id not in shown]
        items = items[:LATEST]
        if url.endswith(".json"):
            feed = json_feed(subscription, items, url=url)
        else:
            feed = await asyncio.to_thread(atom_feed, subscription, items, url=url, changed=changed)
        self._cached[etag] = feed
        if len(self._cached) > CACHED_FEEDS:
            self._cached.popitem(last=False)
        return feed

    async def _items(self, search_id: str) -> list[FeedItem]:
        positions = self._log.latest(search_id)
        order = {position: number for number, position in enumerate(positions)}
        messages = await self._reader.at(positions)
        messages.sort(key=lambda message: order[message.partition, message.offset], reverse=True)
        items = []
        for message in messages:
            alert = read_record(message, Alert)
            if alert is not None:
                items.append(FeedItem(alert, sent_at(message)))
        return items


@get(
    "/v1/searches/{search_id:str}/feed.atom",
    security=BEARER,
    tags=["feeds"],
    summary="Feed of a search as Atom",
    media_type=ATOM,
    responses=problem_responses(400, 401, 403, 404) | NOT_MODIFIED,
)
async def show_atom(
    request: Request[Any, Any, Any],
    state: State,
    search_id: SearchId,
    token: FeedToken = None,
    if_none_match: NoneMatch = None,
) -> Response[bytes]:
    """Return the latest 50 alerts of a search as an Atom feed; 304 if it has not changed."""
    return await _feed(request, state, search_id, token, if_none_match)


@get(
    "/v1/searches/{search_id:str}/feed.json",
    security=BEARER,
    tags=["feeds"],
    summary="Feed of a search as JSON Feed",
    media_type=JSON,
    responses=problem_responses(400, 401, 403, 404)
    | NOT_MODIFIED
    | {
        200: ResponseSpec(
            JsonFeed, media_type=JSON, description="The feed.", generate_examples=False
        )
    },
)
async def show_json(
    request: Request[Any, Any, Any],
    state: State,
    search_id: SearchId,
    token: FeedToken = None,
    if_none_match: NoneMatch = None,
) -> Response[bytes]:
    """Return the latest 50 alerts of a search as a JSON Feed; 304 if it has not changed."""
    return await _feed(request, state, search_id, token, if_none_match)


@post(
    "/v1/searches/{search_id:str}/feed-token",
    guards=[require_scope(Scope.ALERTS)],
    security=BEARER,
    tags=["feeds"],
    summary="Create the URL of a feed",
    responses=problem_responses(400, 401, 403, 404),
)
async def make_feed_token(
    request: Request[Any, Any, Any], state: State, search_id: SearchId
) -> FeedAddresses:
    """Create a token for the feed of this search only; an earlier token of the feed is revoked."""
    search = await visible_search(state.saved, request.auth, search_id)
    tokens: WatchedTokens = state.tokens
    secret = await asyncio.to_thread(
        replace_feed_token, tokens.path, search, created=datetime.now(UTC)
    )
    base = f"{public_url(request, state.settings)}/v1/searches/{search_id}/feed"
    return FeedAddresses(
        token=secret, atom=f"{base}.atom?token={secret}", json=f"{base}.json?token={secret}"
    )


@delete(
    "/v1/searches/{search_id:str}/feed-token",
    guards=[require_scope(Scope.ALERTS)],
    security=BEARER,
    tags=["feeds"],
    summary="Revoke the URL of a feed",
    responses=problem_responses(400, 401, 403, 404),
)
async def remove_feed_token(
    request: Request[Any, Any, Any], state: State, search_id: SearchId
) -> None:
    """Revoke the feed's token."""
    await visible_search(state.saved, request.auth, search_id)
    tokens: WatchedTokens = state.tokens
    await asyncio.to_thread(delete_feed_token, tokens.path, search_id)


def feeds_component(log: AlertLog, reader: AlertReader, backfill: Backfill) -> Component:
    """Create the component that writes feeds."""
    handlers = [show_atom, show_json, make_feed_token, remove_feed_token]
    return Component(handlers=handlers, state={"feeds": FeedCache(log, reader, backfill)})


async def _feed(
    request: Request[Any, Any, Any],
    state: State,
    search_id: str,
    token: str | None,
    if_none_match: str | None,
) -> Response[bytes]:
    saved: SavedSearches = state.saved
    subscription = await _readable_search(request, state, search_id, token)
    url = f"{public_url(request, state.settings)}{request.url.path}"
    feeds: FeedCache = state.feeds
    earlier = await feeds.earlier(subscription)
    etag = feeds.etag(subscription, url, n_earlier=len(earlier))
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={MAX_AGE_SECONDS}"}
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    if etag in known or "*" in known:
        return Response(b"", status_code=304, headers=headers)
    changed = saved.saved_at(search_id) or datetime.now(UTC)
    feed = await feeds.feed(subscription, url=url, etag=etag, changed=changed, earlier=earlier)
    return Response(feed, headers=headers)


async def _readable_search(
    request: Request[Any, Any, Any], state: State, search_id: str, secret: str | None
) -> Subscription:
    """Return a search whose feed may be read: with the token of the feed, or that of its owner."""
    tokens: WatchedTokens = state.tokens
    saved: SavedSearches = state.saved
    if secret is None:
        owner = authenticate(tokens, request.headers.get("authorization"), Scope.ALERTS)
        return await visible_search(saved, owner, search_id)
    token = tokens.find(secret)
    await saved.refresh()
    search = saved.get(search_id)
    opens = token is not None and search is not None and token.opens_feed_of(search)
    # When an owner's token is removed, its feeds are no longer readable either.
    if not opens or search is None or (search.owner and not tokens.has_name(search.owner)):
        raise problem(
            401, "invalid or revoked feed token: create one with POST /v1/searches/ID/feed-token"
        )
    return search
