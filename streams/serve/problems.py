"""Whatever goes wrong in, one answer out: ``application/problem+json``."""

from http import HTTPStatus
from typing import Any, Final

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.plugins.problem_details import ProblemDetailsException

log = structlog.get_logger()

AWAY_SECONDS: Final = 5
"""Come back after so long when Kafka is away: a restart takes it some 3 s."""


def problem(
    status: int, detail: str, *, headers: dict[str, str] | None = None, **extra: Any
) -> ProblemDetailsException:
    """Make an answer that refuses, to be raised.

    Args:
        status: HTTP status code.
        detail: What is wrong and what to do, one sentence.
        headers: More headers: ``Retry-After``, ``WWW-Authenticate``.
        extra: More members of the answer.

    References:
        RFC 9457 (problem details): ``type`` is left out, so ``title`` is the status's phrase.

    Examples:
        >>> problem(404, "there is no search rain").title
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
    """Make an answer that asks to come back later.

    Examples:
        >>> try_again(429, "busy", seconds=2).headers
        {'Retry-After': '2'}
    """
    return problem(status, detail, headers={"Retry-After": str(seconds)})


class KafkaUnavailableError(Exception):
    """Kafka cannot be reached now; it is tried again all the time."""


def handle_kafka_unavailable(request: Request[Any, Any, Any], _error: Exception) -> Response[Any]:
    """Answer while Kafka is away."""
    detail = "Kafka does not answer; what was sent may have arrived, send it again"
    return try_again(503, detail, seconds=AWAY_SECONDS).to_response(request)


def handle_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer what litestar refuses: no such path, no such method, a field that is wrong."""
    if isinstance(error, ProblemDetailsException):
        return error.to_response(request)
    said = problem(error.status_code, error.detail, headers=error.headers)
    if isinstance(error.extra, list):
        said.extra = {"problems": error.extra}
    return said.to_response(request)


def handle_internal_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer a fault of ours: logged whole, told without its inside."""
    log.error(
        "request failed", method=request.method, path=request.url.path, exc_info=error, fault=True
    )
    said = problem(500, "a fault of the server: its log says more")
    return said.to_response(request)
