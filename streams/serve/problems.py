"""Error responses: ``application/problem+json``."""

from http import HTTPStatus
from typing import Any, Final

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.plugins.problem_details import ProblemDetailsException

log = structlog.get_logger()

UNAVAILABLE_SECONDS: Final = 5
"""Retry after this time while Kafka is unavailable: a restart takes it some 3 s."""


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


def handle_internal_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Respond to a bug: the log has the details, the response has none."""
    log.error(
        "request failed", method=request.method, path=request.url.path, exc_info=error, fault=True
    )
    response = problem(500, "internal server error; see the server log")
    return response.to_response(request)
