"""``GET /v1/alerts/stream``: the alerts of a token as server-sent events, resumable."""

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
"""Concurrent streams, of `server.MAX_CONNECTIONS`."""

MAX_STREAMS_OF_TOKEN: Final = 20
"""Concurrent streams of one token: a browser opens 6 to a host."""

HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Disable proxy buffering; the second header is nginx's."""


class ConnectionLimit:
    """Limits the number of open streams."""

    def __init__(self) -> None:
        self._n_open: Counter[str] = Counter()

    @contextmanager
    def open(self, name: str, metrics: ServeMetrics) -> Iterator[None]:
        """Count a stream as open while the body runs."""
        self._n_open[name] += 1
        metrics.streams.inc()
        try:
            yield
        finally:
            self._n_open[name] -= 1
            metrics.streams.dec()

    def check(self, name: str) -> None:
        """Check that another stream may be opened.

        Raises:
            ProblemDetailsException: 429 if not.
        """
        if self._n_open[name] >= MAX_STREAMS_OF_TOKEN or self._n_open.total() >= MAX_STREAMS:
            raise try_again(429, f"token {name} has too many open streams; close one", seconds=5)


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
        HeaderParameter(name="Last-Event-ID", description="The id of the last event received."),
    ] = None,
) -> Stream:
    """Stream the alerts of the token's searches as server-sent events, without end.

    Each event `alert` has an Alert as JSON in `data` and an `id`. A client that reconnects with
    this id as `Last-Event-ID` gets the alerts sent since then: none is missed, none is sent twice.
    An event `gone` contains the number of messages that were deleted by age (30 days) before they
    could be read. Lines with `:` are heartbeats. A client that receives nothing for 30 s is
    disconnected.
    """
    token: ApiToken = request.auth
    saved: SavedSearches = state.saved
    log: AlertLog = state.alert_log
    stream_limit: ConnectionLimit = state.stream_limit
    log.check()
    stream_limit.check(token.name)
    if search is not None:
        await visible_search(saved, token, search)
    else:
        await saved.refresh()

    def wants(search_id: str) -> bool:
        saved_search = saved.get(search_id)
        visible = saved_search is not None and can_see(token, saved_search)
        return visible and search in {None, search_id}

    def allowed() -> bool:
        return bool(state.tokens.is_valid(token))

    offsets = _start(log, start, last_event_id)
    events = alert_events(log, state.alert_reader, wants, offsets, allowed=allowed)
    counted = _counted(events, stream_limit.open(token.name, state.metrics))
    # Closed as soon as the client disconnects, and not only by the garbage collector.
    closing = BackgroundTask(counted.aclose)
    return Stream(counted, headers=HEADERS, media_type="text/event-stream", background=closing)


def _start(log: AlertLog, start: str, last_event_id: str | None) -> list[int]:
    if not last_event_id:
        return list(log.offsets) if start == "now" else [0] * len(log.offsets)
    try:
        return starting_offsets(parse_event_id(last_event_id), log.offsets)
    except ValueError as error:
        raise problem(400, f"Last-Event-ID: {error}") from None


async def _counted(
    events: AsyncGenerator[bytes, None], open_stream: AbstractContextManager[None]
) -> AsyncGenerator[bytes, None]:
    with open_stream:
        async with aclosing(events):
            try:
                async for event in events:
                    yield event
            except KafkaUnavailableError:
                return  # the client reconnects with the id of its last event


def stream_component(log: AlertLog, reader: AlertReader) -> Component:
    """Create the component that streams alerts."""
    return Component(
        handlers=[stream_alerts],
        state={"alert_log": log, "alert_reader": reader, "stream_limit": ConnectionLimit()},
        running=[lambda _app: log.running(), lambda _app: reader.running()],
        facts=[lambda: {"alerts_ready": log.ready}],
        stopping=[log.close_listeners],
    )
