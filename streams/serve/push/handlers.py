"""``POST /v1/articles``: accept articles, and return their ids once Kafka has them."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation
from litestar.params import HeaderParameter
from litestar.plugins.problem_details import ProblemDetailsException

from streams.config.tokens import Scope
from streams.serve.auth import BEARER, require_scope
from streams.serve.component import Component
from streams.serve.problems import (
    PROBLEM_JSON,
    problem,
    problem_responses,
    try_again,
)
from streams.serve.producer import ReconnectingProducer
from streams.serve.push.body import check_length
from streams.serve.push.idempotency import check_key
from streams.serve.push.limits import BudgetSpentError
from streams.serve.push.response import Accepted, PartiallyAccepted
from streams.serve.push.service import PushService
from streams.sources.json_article import ArticleLine

LINES: Final = frozenset({"application/x-ndjson", "application/jsonl", "application/x-jsonlines"})
"""Media types of JSON lines; `application/x-ndjson` is the usual one."""

BUSY_SECONDS: Final = 1
"""Retry after this time when there is no capacity: most pushes are done by then."""


def _line_schema() -> dict[str, Any]:
    """Return the schema of a line, without types that only `ArticleLine` uses."""
    _, parts = msgspec.json.schema_components([ArticleLine], ref_template="{name}")
    schema = dict(parts["ArticleLine"])
    schema["properties"] = {
        name: {} if "$ref" in str(value) else value for name, value in schema["properties"].items()
    }
    schema["additionalProperties"] = False
    schema["anyOf"] = [
        {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}
        for name in ("title", "summary", "text", "html", "body")
    ]
    return schema


@dataclass
class PushOperation(Operation):
    """Describes the body, which litestar does not parse."""

    def __post_init__(self) -> None:
        """Set the description of the body, which litestar lacks."""
        self.request_body: Any = {
            "required": True,
            "description": "One article as JSON, or one per line; `Content-Encoding: gzip` is "
            "supported.",
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


def push_component(producer: ReconnectingProducer, service: PushService) -> Component:
    """Create the component that accepts articles.

    Args:
        producer: Knows whether Kafka is available; another component runs it.
        service: Handles the pushes.
    """
    return Component(
        handlers=[push_articles], state={"push_service": service, "producer": producer}
    )


@post(
    "/v1/articles",
    guards=[require_scope(Scope.PUSH)],
    security=BEARER,
    tags=["articles"],
    summary="Push articles",
    operation_class=PushOperation,
    request_max_body_size=None,
    status_code=202,
    responses=problem_responses(401, 403, 408, 409, 413, 415, 422, 429)
    | {
        200: ResponseSpec(Accepted, description="All articles were pushed before; none was sent."),
        400: ResponseSpec(
            PartiallyAccepted,
            description="Some lines are not articles.",
            media_type=PROBLEM_JSON,
            generate_examples=False,
        ),
    },
)
async def push_articles(
    request: Request[Any, Any, Any],
    state: State,
    idempotency_key: Annotated[
        str | None,
        HeaderParameter(
            name="Idempotency-Key",
            description="Chosen by the client: a retry with the same key and body gets the same "
            "response.",
        ),
    ] = None,
) -> Response[Accepted]:
    """Push one article, or JSON lines of articles; the response is sent when Kafka has them all.

    An article needs one of title, summary, text, html, body. Its id is derived from `url`,
    otherwise from `source` and `id` or `external_id`, otherwise from title and body. An article
    pushed again with the same content is acknowledged but not sent again; changed content is a
    revision. Retries are safe.

    400 lists every invalid line by field; the other lines are stored in Kafka. 413: too large. 415:
    unsupported type. 429: too many bytes in flight, or more articles of this token in the pipeline
    than its share; some may have been stored. 503: Kafka is unavailable; the articles may
    have been stored, send them again. 429 and 503 have `Retry-After`.
    """
    lines = _is_lines(request.content_type[0])
    check_length(request.headers.get("content-length"))
    service: PushService = state.push_service
    try:
        state.producer.check()
        answer = await service.push(
            request.stream(),
            state.metrics,
            encoding=request.headers.get("content-encoding", ""),
            lines=lines,
            owner=request.auth.name,
            key=check_key(idempotency_key),
            speaks_for=request.auth.publishers,
        )
    except ProblemDetailsException as error:
        if error.status_code == 400:  # noqa: PLR2004  # all responses of this status have one form
            error.extra = {"accepted": 0, "repeated": 0, "problems": [], "articles": []}
        raise
    except BudgetSpentError:
        raise try_again(429, "too many bytes in flight; retry", seconds=BUSY_SECONDS) from None
    refused = answer.status >= 400  # noqa: PLR2004  # RFC 9110, section 15
    return Response(
        answer.body,  # type: ignore[arg-type]  # already encoded
        status_code=answer.status,
        media_type="application/problem+json" if refused else "application/json",
    )


def _is_lines(content_type: str) -> bool:
    """Return whether a body of this type has one article per line.

    Raises:
        ProblemDetailsException: 415 if the type is not supported.
    """
    if content_type in LINES:
        return True
    if content_type == "application/json":
        return False
    raise problem(
        415,
        f"Content-Type {content_type or '(none)'}: expected application/json for one article, "
        "application/x-ndjson for one per line",
    )
