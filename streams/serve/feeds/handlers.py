"""``/v1/searches/ID/feed.atom`` and ``feed.json``: the latest alerts of a search, for readers."""

import asyncio
from collections import OrderedDict
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import HeaderParameter, QueryParameter

from streams.config.tokens import Scope
from streams.config.tokens_file import WatchedTokens, delete_feed_token, replace_feed_token
from streams.kafka.read import sent_at
from streams.records import Alert, DecodeError, Subscription, decode, encode
from streams.serve.alerts.log import AlertLog
from streams.serve.alerts.reader import AlertReader
from streams.serve.auth import BEARER, authenticate, require_scope
from streams.serve.component import Component
from streams.serve.feeds.formats import FeedItem, atom_feed, json_feed
from streams.serve.problems import problem
from streams.serve.searches.handlers import SearchId, visible_search
from streams.serve.searches.store import SavedSearches

ATOM: Final = "application/atom+xml"
JSON: Final = "application/feed+json"

KEPT_FEEDS: Final = 100
"""Feeds that are kept as they were written, some 100 KB each."""

MAX_AGE_SECONDS: Final = 60
"""How long a reader may take a feed for fresh."""

FeedToken = Annotated[
    str | None,
    QueryParameter(
        name="token", description="The token of this feed, for readers that set no headers."
    ),
]
NoneMatch = Annotated[
    str | None, HeaderParameter(name="If-None-Match", description="The ETag of what is known.")
]


class FeedAddresses(msgspec.Struct, frozen=True, kw_only=True):
    """Where a feed can be read, by whoever has one of these addresses.

    Attributes:
        token: Opens this feed and nothing else; shown this once.
        atom: Address of the Atom feed, with the token.
        json: Address of the JSON Feed, with the token.
    """

    token: str
    atom: str
    json: str


class FeedCache:
    """Writes feeds, and keeps what was asked for last."""

    def __init__(self, log: AlertLog, reader: AlertReader) -> None:
        """Read alerts there."""
        self._log = log
        self._reader = reader
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def etag(self, subscription: Subscription, url: str) -> str:
        """Name what a feed says now, without reading its alerts.

        Raises:
            KafkaAwayError: If that is not known yet, or not now.
        """
        self._log.check()
        places = repr(self._log.latest(subscription.id)).encode()
        named = b"\0".join([encode(subscription), places, url.encode()])
        return f'"{blake2b(named, digest_size=12).hexdigest()}"'

    async def written(
        self, subscription: Subscription, *, url: str, etag: str, changed: datetime
    ) -> bytes:
        """Give a feed, of the kind that its address ends with.

        Raises:
            KafkaAwayError: If its alerts cannot be read now.
        """
        known = self._kept.get(etag)
        if known is not None:
            self._kept.move_to_end(etag)
            return known
        items = await self._items(subscription.id)
        if url.endswith(".json"):
            feed = json_feed(subscription, items, url=url)
        else:
            feed = await asyncio.to_thread(atom_feed, subscription, items, url=url, changed=changed)
        self._kept[etag] = feed
        if len(self._kept) > KEPT_FEEDS:
            self._kept.popitem(last=False)
        return feed

    async def _items(self, search_id: str) -> list[FeedItem]:
        places = self._log.latest(search_id)
        order = {place: number for number, place in enumerate(places)}
        messages = await self._reader.at(places)
        messages.sort(key=lambda one: order[one.partition, one.offset], reverse=True)
        items = []
        for message in messages:
            try:
                items.append(FeedItem(decode(message.value or b"", Alert), sent_at(message)))
            except DecodeError:
                continue
        return items


@get(
    "/v1/searches/{search_id:str}/feed.atom",
    security=BEARER,
    tags=["feeds"],
    summary="Feed of a search as Atom",
    media_type=ATOM,
)
async def show_atom(
    request: Request[Any, Any, Any],
    state: State,
    search_id: SearchId,
    token: FeedToken = None,
    if_none_match: NoneMatch = None,
) -> Response[bytes]:
    """Give the latest 50 alerts of a search as an Atom feed; 304 when nothing has changed."""
    return await _feed(request, state, search_id, token, if_none_match)


@get(
    "/v1/searches/{search_id:str}/feed.json",
    security=BEARER,
    tags=["feeds"],
    summary="Feed of a search as JSON Feed",
    media_type=JSON,
)
async def show_json(
    request: Request[Any, Any, Any],
    state: State,
    search_id: SearchId,
    token: FeedToken = None,
    if_none_match: NoneMatch = None,
) -> Response[bytes]:
    """Give the latest 50 alerts of a search as a JSON Feed; 304 when nothing has changed."""
    return await _feed(request, state, search_id, token, if_none_match)


@post(
    "/v1/searches/{search_id:str}/feed-token",
    guards=[require_scope(Scope.ALERTS)],
    security=BEARER,
    tags=["feeds"],
    summary="Make the address of a feed",
)
async def make_feed_token(
    request: Request[Any, Any, Any], state: State, search_id: SearchId
) -> FeedAddresses:
    """Make a token that opens the feed of this search only; a former one holds no more."""
    await visible_search(state.saved, request.auth, search_id)
    tokens: WatchedTokens = state.tokens
    secret = await asyncio.to_thread(
        replace_feed_token, tokens.path, search_id, created=datetime.now(UTC)
    )
    base = f"{str(request.base_url).rstrip('/')}/v1/searches/{search_id}/feed"
    return FeedAddresses(
        token=secret, atom=f"{base}.atom?token={secret}", json=f"{base}.json?token={secret}"
    )


@delete(
    "/v1/searches/{search_id:str}/feed-token",
    guards=[require_scope(Scope.ALERTS)],
    security=BEARER,
    tags=["feeds"],
    summary="Close the address of a feed",
)
async def remove_feed_token(
    request: Request[Any, Any, Any], state: State, search_id: SearchId
) -> None:
    """Take the token of the feed back; whoever has it reads no more."""
    await visible_search(state.saved, request.auth, search_id)
    tokens: WatchedTokens = state.tokens
    await asyncio.to_thread(delete_feed_token, tokens.path, search_id)


def feeds_component(log: AlertLog, reader: AlertReader) -> Component:
    """Make the part of the application that writes feeds."""
    handlers = [show_atom, show_json, make_feed_token, remove_feed_token]
    return Component(handlers=handlers, state={"feeds": FeedCache(log, reader)})


async def _feed(
    request: Request[Any, Any, Any],
    state: State,
    search_id: str,
    token: str | None,
    if_none_match: str | None,
) -> Response[bytes]:
    saved: SavedSearches = state.saved
    subscription = await _readable(request, state, search_id, token)
    url = f"{str(request.base_url).rstrip('/')}{request.url.path}"
    feeds: FeedCache = state.feeds
    etag = feeds.etag(subscription, url)
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={MAX_AGE_SECONDS}"}
    known = {one.strip().removeprefix("W/") for one in (if_none_match or "").split(",")}
    if etag in known or "*" in known:
        return Response(b"", status_code=304, headers=headers)
    changed = saved.changed(search_id) or datetime.now(UTC)
    feed = await feeds.written(subscription, url=url, etag=etag, changed=changed)
    return Response(feed, headers=headers)


async def _readable(
    request: Request[Any, Any, Any], state: State, search_id: str, secret: str | None
) -> Subscription:
    """Give a search whose feed may be read: by the token of the feed, or by that of its owner."""
    tokens: WatchedTokens = state.tokens
    saved: SavedSearches = state.saved
    if secret is None:
        owner = authenticate(tokens, request.headers.get("authorization"), Scope.ALERTS)
        return await visible_search(saved, owner, search_id)
    token = tokens.find(secret)
    await saved.refresh()
    found = saved.get(search_id)
    opens = token is not None and token.may(Scope.FEED) and token.search == search_id
    # Who lost the token lost the feeds that were opened with it, too.
    if not opens or found is None or (found.owner and not tokens.knows(found.owner)):
        raise problem(401, "this token opens no feed of this search, or no longer")
    return found
