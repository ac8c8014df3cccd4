"""Authenticate requests by bearer tokens."""

from collections.abc import Callable
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import Components, SecurityRequirement, SecurityScheme

from streams.config.tokens import ApiToken, Scope
from streams.config.tokens_file import WatchedTokens
from streams.serve.problems import problem

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]

BEARER: Final[list[SecurityRequirement]] = [{"bearer": []}]
"""Security requirement in OpenAPI of a handler that needs a token."""

COMPONENTS: Final = Components(
    security_schemes={
        "bearer": SecurityScheme(
            type="http",
            scheme="bearer",
            description="A token created by `streams tokens add NAME --scope …`.",
        )
    }
)


def require_scope(scope: Scope) -> Guard:
    """Return the guard of a handler: it accepts only tokens with this scope.

    The handler finds the token in ``request.auth``.

    References:
        RFC 6750, section 3 (``WWW-Authenticate``: 401 without a token, ``invalid_token`` for a
        wrong one, 403 with ``insufficient_scope``).
    """

    def guard(
        connection: ASGIConnection[Any, Any, Any, Any],
        _handler: BaseRouteHandler,
    ) -> None:
        tokens: WatchedTokens = connection.app.state.tokens
        connection.scope["auth"] = authenticate(
            tokens, connection.headers.get("authorization"), scope
        )

    return guard


def authenticate(tokens: WatchedTokens, header: str | None, scope: Scope) -> ApiToken:
    """Return the token of an ``Authorization`` header, if it has a scope.

    Raises:
        ProblemDetailsException: 401 if the token is missing or wrong, 403 if it lacks the scope.
    """
    kind, _, secret = (header or "").strip().partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise problem(
            401,
            "missing bearer token: send the header `Authorization: Bearer TOKEN`; "
            "create a token with `streams tokens add NAME`",
            headers={"WWW-Authenticate": 'Bearer realm="news-streams"'},
        )
    token = tokens.find(secret.strip())
    if token is None:
        raise problem(
            401,
            "invalid or revoked token: create one with `streams tokens add NAME`",
            headers={"WWW-Authenticate": 'Bearer realm="news-streams", error="invalid_token"'},
        )
    if not token.may(scope):
        raise problem(
            403,
            f"token {token.name} lacks scope {scope}: create one with `--scope {scope}`",
            headers={
                "WWW-Authenticate": 'Bearer realm="news-streams", error="insufficient_scope", '
                f'scope="{scope}"'
            },
        )
    return token
