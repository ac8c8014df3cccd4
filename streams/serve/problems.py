"""Error responses: ``application/problem+json``."""

from http import HTTPStatus
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.plugins.problem_details import ProblemDetailsException

log = structlog.get_logger()

PROBLEM_JSON: Final = "application/problem+json"
"""Media type of error responses (RFC 9457)."""

UNAVAILABLE_SECONDS: Final = 5
"""Retry after this time while Kafka is unavailable: a restart takes it some 3 s."""


class Problem(msgspec.Struct, kw_only=True):
    """An error response (RFC 9457); a response may have more members.

    Attributes:
        status: HTTP status code.
        title: Phrase of the status.
        detail: What is wrong and what to do.
        problems: Problems by field, if fields are invalid.
    """

    status: int
    title: str
    detail: str
    problems: list[dict[str, Any]] = []


_CAUSES: Final = {
    400: "The request is invalid; `detail` and `problems` name the field.",
    401: "The token is missing, invalid or revoked.",
    403: "The token lacks the scope, or the search would belong to another token.",
    404: "There is no such saved search, or it belongs to another token.",
    405: "The path has no such method; `Allow` lists those that it has.",
    408: "The body was not received in time.",
    409: "In conflict with another search or request.",
    413: "The body is too large.",
    415: "The type or encoding of the body is not supported.",
    422: "The Idempotency-Key was used with another body.",
    429: "The share of the token is used up; retry after `Retry-After`.",
    500: "A fault of the server; its log has the details.",
    503: "Kafka is unavailable, or there are too many requests; retry after `Retry-After`.",
    504: "It took too long.",
}


def problem_responses(*statuses: int) -> dict[int, ResponseSpec]:
    """Return the error responses of a handler, for the OpenAPI document.

    Examples:
        >>> sorted(problem_responses(404, 401))
        [401, 404, 500, 503]
    """
    return {
        status: ResponseSpec(
            Problem,
            description=_CAUSES[status],
            media_type=PROBLEM_JSON,
            generate_examples=False,
        )
        for status in sorted({*statuses, 500, 503})
    }


def problem(
    status: int, detail: str, *, headers: dict[str, str] | None = None, **extra: Any
) -> ProblemDetailsException:
    """Return an error response, to be raised.

    Args:
        status: HTTP status code.
        detail: What is wrong and what to do, in one sentence.
        headers: More headers: ``Retry-After``, ``WWW-Authenticate``.
        extra: More members of the response.

    References:
        RFC 9457 (problem details): ``type`` is left out, so ``title`` is the status's phrase.

    Examples:
        >>> problem(404, "saved search rain: not found").title
        'Not Found'
    """
    return ProblemDetailsException(
        status_code=status,
        title=HTTPStatus(status).phrase,
        detail=detail,
        headers=headers,
        extra=extra,
    )


def try_again(status: int, detail: str, *, seconds: int) -> ProblemDetailsException:
    """Return an error response that asks to retry later.

    Examples:
        >>> try_again(429, "busy", seconds=2).headers
        {'Retry-After': '2'}
    """
    return problem(status, detail, headers={"Retry-After": str(seconds)})


class KafkaUnavailableError(Exception):
    """Kafka is unavailable now; the connection is retried continuously."""


def handle_kafka_unavailable(request: Request[Any, Any, Any], _error: Exception) -> Response[Any]:
    """Respond while Kafka is unavailable."""
    detail = "Kafka is unavailable; the request may have been stored, send it again"
    return try_again(503, detail, seconds=UNAVAILABLE_SECONDS).to_response(request)


def handle_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Respond to errors of litestar: unknown path, wrong method, invalid field."""
    if isinstance(error, ProblemDetailsException):
        return error.to_response(request)
    response = problem(error.status_code, error.detail, headers=error.headers)
    if isinstance(error.extra, list):
        response.extra = {"problems": error.extra}
    return response.to_response(request)


def handle_recursion_error(request: Request[Any, Any, Any], _error: Exception) -> Response[Any]:
    """Respond to JSON that is nested deeper than Python can decode."""
    return problem(400, "the body is nested too deeply").to_response(request)


def handle_internal_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Respond to a bug: the log has the details, the response has none."""
    log.error(
        "request failed", method=request.method, path=request.url.path, exc_info=error, fault=True
    )
    response = problem(500, "internal server error; see the server log")
    return response.to_response(request)
