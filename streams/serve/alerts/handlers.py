"""``GET /v1/alerts/stream``: the alerts of a token as they come, resumed where a client was."""

from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager
from typing import Annotated, Any, Final, Literal

from litestar import Request, get
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import State
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from streams.config.tokens import ApiToken, Scope
from streams.serve.alerts.event_id import parse_event_id, starting_offsets
from streams.serve.alerts.log import AlertLog
from streams.serve.alerts.reader import AlertReader
from streams.serve.alerts.sse import alert_events
from streams.serve.auth import BEARER, require_scope
from streams.serve.component import Component
from streams.serve.metrics import ServeMetrics
from streams.serve.problems import KafkaUnavailableError, problem, try_again
from streams.serve.searches.handlers import visible_search
from streams.serve.searches.store import SavedSearches, can_see

MAX_STREAMS: Final = 500
"""Streams at a time, of `server.MAX_CONNECTIONS`."""

MAX_STREAMS_OF_TOKEN: Final = 20
"""Of one token: a browser opens 6 to a host."""

HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Nobody between us is to keep events back; the second is nginx's."""


class ConnectionLimit:
    """Counts the streams that are open."""

    def __init__(self) -> None:
        """Have all free."""
        self._taken: Counter[str] = Counter()

    @contextmanager
    def seat(self, name: str, metrics: ServeMetrics) -> Iterator[None]:
        """Take one while the body runs."""
        self._taken[name] += 1
        metrics.streams.inc()
        try:
            yield
        finally:
            self._taken[name] -= 1
            metrics.streams.dec()

    def check(self, name: str) -> None:
        """Find out whether one is free.

        Raises:
            ProblemDetailsException: 429 if not.
        """
        if self._taken[name] >= MAX_STREAMS_OF_TOKEN or self._taken.total() >= MAX_STREAMS:
            raise try_again(429, f"{name} has too many streams open", seconds=5)


@get(
    "/v1/alerts/stream",
    guards=[require_scope(Scope.ALERTS)],
    security=BEARER,
    tags=["alerts"],
    summary="Follow alerts",
    media_type="text/event-stream",
)
async def stream_alerts(
    request: Request[Any, Any, Any],
    state: State,
    search: Annotated[
        str | None, QueryParameter(description="Only alerts of this saved search.")
    ] = None,
    start: Annotated[
        Literal["now", "beginning"],
        QueryParameter(name="from", description="Where to begin without Last-Event-ID."),
    ] = "now",
    last_event_id: Annotated[
        str | None,
        HeaderParameter(name="Last-Event-ID", description="The id of the last event that came."),
    ] = None,
) -> Stream:
    """Follow the alerts of the token's searches as server-sent events, without end.

    Each event `alert` has an Alert as JSON in `data` and an `id`. Who comes again with it as
    `Last-Event-ID` gets what came meanwhile: nothing is missed, nothing comes twice. An event
    `gone` says how many messages were dropped by age (30 days) before they could be read. Lines
    with `:` are signs of life. A client that takes nothing for 30 s is cut off.
    """
    token: ApiToken = request.auth
    saved: SavedSearches = state.saved
    log: AlertLog = state.alert_log
    seats: ConnectionLimit = state.seats
    log.check()
    seats.check(token.name)
    if search is not None:
        await visible_search(saved, token, search)
    else:
        await saved.refresh()

    def wants(search_id: str) -> bool:
        found = saved.get(search_id)
        return found is not None and can_see(token, found) and search in {None, search_id}

    def allowed() -> bool:
        return bool(state.tokens.holds(token))

    places = _start(log, start, last_event_id)
    events = alert_events(log, state.alert_reader, wants, places, allowed=allowed)
    seated = _seated(events, seats.seat(token.name, state.metrics))
    # Closed at once when the client goes, and not only when it is collected.
    closing = BackgroundTask(seated.aclose)
    return Stream(seated, headers=HEADERS, media_type="text/event-stream", background=closing)


def _start(log: AlertLog, start: str, last_event_id: str | None) -> list[int]:
    if not last_event_id:
        return list(log.places) if start == "now" else [0] * len(log.places)
    try:
        return starting_offsets(parse_event_id(last_event_id), log.places)
    except ValueError as error:
        raise problem(400, f"Last-Event-ID: {error}") from None


async def _seated(
    events: AsyncGenerator[bytes, None], seat: AbstractContextManager[None]
) -> AsyncGenerator[bytes, None]:
    with seat:
        async with aclosing(events):
            try:
                async for event in events:
                    yield event
            except KafkaUnavailableError:
                return  # the client comes again with the id of its last event


def stream_component(log: AlertLog, reader: AlertReader) -> Component:
    """Make the part of the application that gives alerts as they come."""
    return Component(
        handlers=[stream_alerts],
        state={"alert_log": log, "alert_reader": reader, "seats": ConnectionLimit()},
        running=[lambda _app: log.running(), lambda _app: reader.running()],
        facts=[lambda: {"alerts_ready": log.ready}],
        stopping=[log.close_listeners],
    )
