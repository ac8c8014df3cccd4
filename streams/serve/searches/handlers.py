"""``/v1/searches``: saved searches over HTTP, each token its own."""

import asyncio
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter

from streams.alerts.store import free_id
from streams.config.channels import Channels
from streams.config.tokens import ApiToken, Scope
from streams.config.tokens_file import delete_feed_token
from streams.config.watched_file import WatchedFile
from streams.records import Subscription
from streams.serve.auth import BEARER, require_scope
from streams.serve.component import Component
from streams.serve.problems import problem
from streams.serve.searches.form import SearchForm, build_subscription
from streams.serve.searches.store import SavedSearches, can_see

MAX_SEARCHES: Final = 1000
"""Searches of one token; one that needs more is better served by a route."""

RESERVED: Final = frozenset({"test"})
"""Ids that are paths."""

SearchId = Annotated[str, PathParameter(description="Id of a saved search.")]


class SearchList(msgspec.Struct, frozen=True, kw_only=True):
    """The saved searches that a token sees.

    Attributes:
        searches: By id, sorted.
    """

    searches: list[Subscription]


async def visible_search(saved: SavedSearches, token: ApiToken, search_id: str) -> Subscription:
    """Give a search that a token sees.

    Raises:
        ProblemDetailsException: 404 if there is none, or it belongs to another.
        KafkaAwayError: If it cannot be read now.
    """
    await saved.refresh()
    found = saved.get(search_id)
    if found is None or not can_see(token, found):
        raise problem(404, f"there is no saved search {search_id} of yours")
    return found


@get("/", summary="List saved searches")
async def list_searches(request: Request[Any, Any, Any], state: State) -> SearchList:
    """List the saved searches of the token; an administrator's sees those of all."""
    saved: SavedSearches = state.saved
    await saved.refresh()
    return SearchList(searches=list(saved.seen_by(request.auth).values()))


@post("/", summary="Save a search")
async def add_search(
    request: Request[Any, Any, Any], state: State, data: JSONBody[SearchForm]
) -> Response[Subscription]:
    """Save a search; its alerts come within seconds.

    `channels` are addresses of webhooks, or names that the operator opened to this token. 400
    names the field that cannot be used, and for a query the place. 409: the id is taken, or was
    by a search whose alerts are still there: nobody is to read those of another.
    """
    saved: SavedSearches = state.saved
    owner = _owner(request.auth, data.owner or request.auth.name)
    async with saved.writing:
        await saved.refresh()
        there = saved.all()
        taken = there.keys() | state.alert_log.search_ids() | RESERVED
        if data.id in taken:
            raise problem(
                409, f"id: {data.id} is taken, or was: choose another, or PUT to change yours"
            )
        if sum(one.owner == owner for one in there.values()) >= MAX_SEARCHES:
            raise problem(409, f"{owner} has {MAX_SEARCHES} searches: delete some first")
        id_ = data.id or free_id(data.name or data.query, taken)
        made = await _made(state, data, id_=id_, owner=owner, before=None)
        await saved.write(id_, made)
    return Response(made, headers={"Location": f"/v1/searches/{id_}"})


@get("/{search_id:str}", summary="Show a saved search")
async def show_search(
    request: Request[Any, Any, Any], state: State, search_id: SearchId
) -> Subscription:
    """Show a saved search."""
    return await visible_search(state.saved, request.auth, search_id)


@put("/{search_id:str}", summary="Change a saved search")
async def change_search(
    request: Request[Any, Any, Any], state: State, search_id: SearchId, data: JSONBody[SearchForm]
) -> Subscription:
    """Change a saved search to what is sent; what is not said gets its default."""
    saved: SavedSearches = state.saved
    async with saved.writing:
        before = await visible_search(saved, request.auth, search_id)
        if data.id not in {"", search_id}:
            raise problem(400, f"id: {data.id} is not the {search_id} of the address")
        owner = _owner(request.auth, data.owner or before.owner)
        made = await _made(state, data, id_=search_id, owner=owner, before=before)
        await saved.write(search_id, made)
    return made


@delete("/{search_id:str}", summary="Delete a saved search")
async def delete_search(request: Request[Any, Any, Any], state: State, search_id: SearchId) -> None:
    """Delete a saved search, and with it the token of its feed."""
    saved: SavedSearches = state.saved
    async with saved.writing:
        await visible_search(saved, request.auth, search_id)
        await saved.write(search_id, None)
    await asyncio.to_thread(delete_feed_token, state.tokens.path, search_id)


@post("/{search_id:str}/pause", summary="Pause a saved search", status_code=200)
async def pause_search(
    request: Request[Any, Any, Any], state: State, search_id: SearchId
) -> Subscription:
    """Make no alerts until it is resumed; what comes meanwhile is not made up for."""
    return await _paused(request.auth, state.saved, search_id, paused=True)


@post("/{search_id:str}/resume", summary="Resume a saved search", status_code=200)
async def resume_search(
    request: Request[Any, Any, Any], state: State, search_id: SearchId
) -> Subscription:
    """Make alerts again."""
    return await _paused(request.auth, state.saved, search_id, paused=False)


def searches_component(saved: SavedSearches, channels: WatchedFile[Channels]) -> Component:
    """Make the part of the application that keeps saved searches."""
    router = Router(
        "/v1/searches",
        route_handlers=[
            list_searches,
            add_search,
            show_search,
            change_search,
            delete_search,
            pause_search,
            resume_search,
        ],
        guards=[require_scope(Scope.ALERTS)],
        security=BEARER,
        tags=["saved searches"],
    )
    return Component(
        handlers=[router],
        state={"saved": saved, "channels": channels},
        running=[lambda _app: saved.running()],
        facts=[lambda: {"searches_ready": saved.ready}],
    )


async def _paused(
    token: ApiToken, saved: SavedSearches, search_id: str, *, paused: bool
) -> Subscription:
    async with saved.writing:
        before = await visible_search(saved, token, search_id)
        made = msgspec.structs.replace(before, paused=paused)
        await saved.write(search_id, made)
    return made


def _owner(token: ApiToken, wanted: str) -> str:
    if wanted != token.name and not token.sees_all:
        raise problem(403, f"owner: {token.name} saves searches for itself only")
    return wanted


async def _made(
    state: State, form: SearchForm, *, id_: str, owner: str, before: Subscription | None
) -> Subscription:
    channels: WatchedFile[Channels] = state.channels
    channels.refresh()
    return await asyncio.to_thread(  # a template may take a second to be tried
        build_subscription,
        form,
        id_=id_,
        owner=owner,
        channels=channels.value,
        before=before,
    )
