"""``GET /v1/alerts/stream``: the alerts of a token as server-sent events, resumable."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final, Literal

from litestar import Request, get
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import State
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from streams.config.tokens import ApiToken, Scope
from streams.serve.alerts.event_id import parse_event_id, starting_offsets, topic_of_event_id
from streams.serve.alerts.log import AlertLog
from streams.serve.alerts.reader import AlertReader
from streams.serve.alerts.sse import alert_events
from streams.serve.auth import BEARER, require_scope
from streams.serve.component import Component
from streams.serve.metrics import ServeMetrics
from streams.serve.problems import KafkaUnavailableError, problem, problem_responses, try_again
from streams.serve.searches.handlers import visible_search
from streams.serve.searches.store import SavedSearches, can_see
from streams.serve.shares import Shares, ShareSpentError, call_at_end

MAX_STREAMS: Final = 500
"""Concurrent streams, of `request_limits.MAX_REQUESTS`."""

MAX_STREAMS_OF_TOKEN: Final = 20
"""Concurrent streams of one token: a browser opens 6 to a host."""

HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Disable proxy buffering; the second header is nginx's."""


@get(
    "/v1/alerts/stream",
    guards=[require_scope(Scope.ALERTS)],
    security=BEARER,
    tags=["alerts"],
    summary="Follow alerts",
    media_type="text/event-stream",
    responses=problem_responses(400, 401, 403, 404, 429),
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
    log.check()
    _open_stream(request, state)
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
    until_lost = _until_lost(events)
    # Closed as soon as the client disconnects, and not only by the garbage collector.
    closing = BackgroundTask(until_lost.aclose)
    return Stream(until_lost, headers=HEADERS, media_type="text/event-stream", background=closing)


def _open_stream(request: Request[Any, Any, Any], state: State) -> None:
    """Count a stream until its response ends.

    Counted at once: while a request waits for Kafka, others of the token must see it.

    Raises:
        ProblemDetailsException: 429 if another stream may not be opened.
    """
    shares: Shares = state.open_streams
    metrics: ServeMetrics = state.metrics
    try:
        release = shares.take(request.auth.name)
    except ShareSpentError:
        detail = f"token {request.auth.name} has too many open streams; close one"
        raise try_again(429, detail, seconds=5) from None
    metrics.streams.inc()
    call_at_end(request, metrics.streams.dec)
    call_at_end(request, release)


def _start(log: AlertLog, start: str, last_event_id: str | None) -> list[int]:
    if not last_event_id:
        return list(log.offsets) if start == "now" else [0] * len(log.offsets)
    try:
        wanted = parse_event_id(last_event_id)
    except ValueError as error:
        raise problem(400, f"Last-Event-ID: {error}") from None
    is_of_other_topic = topic_of_event_id(last_event_id) not in {"", log.topic_id}
    if is_of_other_topic and log.topic_id:
        wanted = []  # the topic was created again: all its alerts are new to the client
    return starting_offsets(wanted, log.offsets)


async def _until_lost(events: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(events):
        try:
            async for event in events:
                yield event
        except KafkaUnavailableError:
            return  # the client reconnects with the id of its last event


def stream_component(log: AlertLog, reader: AlertReader) -> Component:
    """Create the component that streams alerts."""
    streams = Shares(of_token=MAX_STREAMS_OF_TOKEN, total=MAX_STREAMS)
    return Component(
        handlers=[stream_alerts],
        state={"alert_log": log, "alert_reader": reader, "open_streams": streams},
        running=[lambda _app: log.running(), lambda _app: reader.running()],
        facts=[lambda: {"alerts_ready": log.ready}],
        stopping=[log.close_listeners],
    )
