"""``/v1/searches``: saved searches over HTTP; each token has its own."""

import asyncio
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter

from streams.alerts.store import free_id
from streams.config.tokens import ApiToken, Scope
from streams.config.tokens_file import delete_feed_token
from streams.records import Subscription
from streams.serve.auth import BEARER, require_scope
from streams.serve.component import Component
from streams.serve.problems import problem, problem_responses
from streams.serve.searches.checker import SearchChecker
from streams.serve.searches.form import SearchForm, strict_form
from streams.serve.searches.store import SavedSearches, can_see

MAX_SEARCHES: Final = 1000
"""Searches of one token; a route is better for one that needs more."""

RESERVED: Final = frozenset({"test"})
"""Ids that are paths."""

SearchId = Annotated[str, PathParameter(description="Id of a saved search.")]


class SearchList(msgspec.Struct, frozen=True, kw_only=True):
    """The saved searches visible to a token.

    Attributes:
        searches: Sorted by id.
    """

    searches: list[Subscription]


async def visible_search(saved: SavedSearches, token: ApiToken, search_id: str) -> Subscription:
    """Return a search that is visible to a token.

    Raises:
        ProblemDetailsException: 404 if there is none, or it belongs to another token.
        KafkaUnavailableError: If Kafka is unavailable.
    """
    await saved.refresh()
    search = saved.get(search_id)
    if search is None or not can_see(token, search):
        raise problem(404, f"saved search {search_id}: not found; list yours at /v1/searches")
    return search


@get(
    "/",
    summary="List saved searches",
    responses=problem_responses(401, 403),
)
async def list_searches(request: Request[Any, Any, Any], state: State) -> SearchList:
    """List the saved searches of the token; an administrator's token sees all."""
    saved: SavedSearches = state.saved
    await saved.refresh()
    return SearchList(searches=list(saved.visible_to(request.auth).values()))


@post(
    "/",
    summary="Save a search",
    responses=problem_responses(400, 401, 403, 409, 413, 415, 429),
)
async def add_search(
    request: Request[Any, Any, Any], state: State, data: JSONBody[SearchForm]
) -> Response[Subscription]:
    """Save a search; its alerts start within seconds.

    `channels` are URLs of webhooks, or names of channels that the operator allows for this token.
    400 names the invalid field, and the position in an invalid query. 409: the id is taken, or was
    taken by a search whose alerts still exist: they must not be readable by another token.
    """
    data = await strict_form(request)
    saved: SavedSearches = state.saved
    owner = _check_owner(request.auth, data.owner or request.auth.name)
    checker: SearchChecker = state.search_checker
    with checker.turn(request.auth.name):
        async with saved.writing:
            await saved.refresh()
            id_ = _new_id(state, data, owner)
            search = await checker.build(data, id_=id_, owner=owner, before=None)
            await saved.write(id_, search)
    return Response(search, headers={"Location": f"/v1/searches/{id_}"})


@get(
    "/{search_id:str}",
    summary="Show a saved search",
    responses=problem_responses(400, 401, 403, 404),
)
async def show_search(
    request: Request[Any, Any, Any], state: State, search_id: SearchId
) -> Subscription:
    """Show a saved search."""
    return await visible_search(state.saved, request.auth, search_id)


@put(
    "/{search_id:str}",
    summary="Change a saved search",
    responses=problem_responses(400, 401, 403, 404, 413, 415, 429),
)
async def change_search(
    request: Request[Any, Any, Any], state: State, search_id: SearchId, data: JSONBody[SearchForm]
) -> Subscription:
    """Replace a saved search; missing fields get their defaults."""
    data = await strict_form(request)
    saved: SavedSearches = state.saved
    checker: SearchChecker = state.search_checker
    with checker.turn(request.auth.name):
        async with saved.writing:
            before = await visible_search(saved, request.auth, search_id)
            if data.id not in {"", search_id}:
                raise problem(
                    400, f"id: {data.id} differs from {search_id} in the URL; leave it out"
                )
            owner = _check_owner(request.auth, data.owner or before.owner)
            search = await checker.build(data, id_=search_id, owner=owner, before=before)
            await saved.write(search_id, search)
    return search


@delete(
    "/{search_id:str}",
    summary="Delete a saved search",
    responses=problem_responses(400, 401, 403, 404),
)
async def delete_search(request: Request[Any, Any, Any], state: State, search_id: SearchId) -> None:
    """Delete a saved search, and revoke the token of its feed."""
    saved: SavedSearches = state.saved
    async with saved.writing:
        await visible_search(saved, request.auth, search_id)
        await saved.write(search_id, None)
    await asyncio.to_thread(delete_feed_token, state.tokens.path, search_id)


@post(
    "/{search_id:str}/pause",
    summary="Pause a saved search",
    status_code=200,
    responses=problem_responses(400, 401, 403, 404),
)
async def pause_search(
    request: Request[Any, Any, Any], state: State, search_id: SearchId
) -> Subscription:
    """Pause a saved search. Articles published while it is paused produce no alerts."""
    return await _set_paused(request.auth, state.saved, search_id, paused=True)


@post(
    "/{search_id:str}/resume",
    summary="Resume a saved search",
    status_code=200,
    responses=problem_responses(400, 401, 403, 404),
)
async def resume_search(
    request: Request[Any, Any, Any], state: State, search_id: SearchId
) -> Subscription:
    """Resume a paused search."""
    return await _set_paused(request.auth, state.saved, search_id, paused=False)


def searches_component(saved: SavedSearches, checker: SearchChecker) -> Component:
    """Create the component that manages saved searches."""
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
        state={"saved": saved, "search_checker": checker},
        running=[lambda _app: saved.running(), lambda _app: checker.running()],
        facts=[lambda: {"searches_ready": saved.ready}],
    )


async def _set_paused(
    token: ApiToken, saved: SavedSearches, search_id: str, *, paused: bool
) -> Subscription:
    async with saved.writing:
        before = await visible_search(saved, token, search_id)
        search = msgspec.structs.replace(before, paused=paused)
        await saved.write(search_id, search)
    return search


def _new_id(state: State, form: SearchForm, owner: str) -> str:
    """Return the id of a new search.

    Raises:
        ProblemDetailsException: 409 if its id is taken, or its owner has too many searches.
    """
    searches = state.saved.all()
    taken = searches.keys() | state.alert_log.search_ids() | RESERVED
    if form.id in taken:
        raise problem(
            409, f"id: {form.id} is or was taken: choose another, or use PUT to change yours"
        )
    if sum(search.owner == owner for search in searches.values()) >= MAX_SEARCHES:
        raise problem(409, f"token {owner} has {MAX_SEARCHES} searches: delete some first")
    return form.id or free_id(form.name or form.query, taken)


def _check_owner(token: ApiToken, owner: str) -> str:
    if owner != token.name and not token.sees_all:
        raise problem(403, f"owner: token {token.name} may only save searches of its own")
    return owner
