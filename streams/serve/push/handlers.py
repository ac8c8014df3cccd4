"""``POST /v1/articles``: articles in, their ids out once Kafka has them."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation
from litestar.params import HeaderParameter

from streams.config.tokens import Scope
from streams.serve.auth import BEARER, require_scope
from streams.serve.component import Component
from streams.serve.problems import problem, try_again
from streams.serve.producer import ReconnectingProducer
from streams.serve.push.body import check_length
from streams.serve.push.idempotency import check_key
from streams.serve.push.limits import BudgetSpentError
from streams.serve.push.response import Accepted, PartiallyAccepted
from streams.serve.push.service import PushService
from streams.sources.json_article import ArticleLine

LINES: Final = frozenset({"application/x-ndjson", "application/jsonl", "application/x-jsonlines"})
"""Types of JSON lines; `application/x-ndjson` is the usual one."""

BUSY_SECONDS: Final = 1
"""Come back after so long when there is no room: most pushes are done by then."""


def _line_schema() -> dict[str, Any]:
    """Describe a line; the names of types that only `ArticleLine` uses are left out."""
    _, parts = msgspec.json.schema_components([ArticleLine], ref_template="{name}")
    schema = dict(parts["ArticleLine"])
    schema["properties"] = {
        name: {} if "$ref" in str(value) else value for name, value in schema["properties"].items()
    }
    return schema


@dataclass
class PushOperation(Operation):
    """Describes the body, which litestar does not read for us."""

    def __post_init__(self) -> None:
        """Put the description where litestar has none."""
        self.request_body: Any = {
            "required": True,
            "description": "One article as JSON, or one a line; `Content-Encoding: gzip` is taken.",
            "content": {
                "application/json": {
                    "schema": _line_schema(),
                    "example": {
                        "id": "wire-7",
                        "url": "https://news.example/rain",
                        "title": "Rain in Oslo",
                        "published": "2026-03-02T08:00:00Z",
                        "text": "OSLO - It rained.",
                    },
                },
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        }


def push_component(outlet: ReconnectingProducer, desk: PushService) -> Component:
    """Make the part of the application that takes articles.

    Args:
        outlet: Tells whether Kafka is there; runs elsewhere.
        desk: Takes the pushes.
    """
    return Component(handlers=[push_articles], state={"desk": desk, "outlet": outlet})


@post(
    "/v1/articles",
    guards=[require_scope(Scope.PUSH)],
    security=BEARER,
    tags=["articles"],
    summary="Push articles",
    operation_class=PushOperation,
    request_max_body_size=None,
    status_code=202,
    responses={
        200: ResponseSpec(Accepted, description="All were pushed before; nothing was sent."),
        400: ResponseSpec(PartiallyAccepted, description="Some lines are no articles."),
    },
)
async def push_articles(
    request: Request[Any, Any, Any],
    state: State,
    idempotency_key: Annotated[
        str | None,
        HeaderParameter(
            name="Idempotency-Key",
            description="Chosen by you for this request: sent again with the same body it gets "
            "the same answer.",
        ),
    ] = None,
) -> Response[Accepted]:
    """Push one article, or JSON lines of them; the answer comes when Kafka has them all.

    An article needs one of title, summary, text, html, body. Its id is made of `url`, else of
    `source` and `id` or `external_id`, else of title and body. Pushed again with the same content
    it is answered and not sent again; with another content it is a revision.

    400 names every line that is no article, by field; the other lines are with Kafka. 413: too
    large. 415: another type. 429: too much is on its way. 503: Kafka is away; what was sent may
    have arrived, send it again. Both say `Retry-After`.
    """
    lines = _is_lines(request.content_type[0])
    check_length(request.headers.get("content-length"))
    desk: PushService = state.desk
    try:
        state.outlet.check()
        answer = await desk.take(
            request.stream(),
            state.metrics,
            encoding=request.headers.get("content-encoding", ""),
            lines=lines,
            owner=request.auth.name,
            key=check_key(idempotency_key),
        )
    except BudgetSpentError:
        raise try_again(429, "too much is on its way to Kafka", seconds=BUSY_SECONDS) from None
    refused = answer.status >= 400  # noqa: PLR2004  # RFC 9110, section 15
    return Response(
        answer.body,  # type: ignore[arg-type]  # encoded already
        status_code=answer.status,
        media_type="application/problem+json" if refused else "application/json",
    )


def _is_lines(content_type: str) -> bool:
    """Whether a body of this type has an article a line.

    Raises:
        ProblemDetailsException: 415 if articles do not come in this type.
    """
    if content_type in LINES:
        return True
    if content_type == "application/json":
        return False
    raise problem(
        415,
        f"Content-Type {content_type or '(none)'}: expected application/json for one article, "
        "application/x-ndjson for one a line",
    )
