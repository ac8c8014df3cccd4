"""Guards of the handlers: the bearer token of a request in, let through or refused."""

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
"""What a handler says in OpenAPI that needs a token."""

COMPONENTS: Final = Components(
    security_schemes={
        "bearer": SecurityScheme(
            type="http",
            scheme="bearer",
            description="A token made by `streams tokens add NAME --scope …`.",
        )
    }
)


def require_scope(scope: Scope) -> Guard:
    """Make the guard of a handler: only tokens that may do this come in.

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
    """Give the token of an ``Authorization`` header, if it may do this.

    Raises:
        ProblemDetailsException: 401 without a token or with a wrong one, 403 if it may not.
    """
    kind, _, secret = (header or "").strip().partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise problem(
            401,
            "no token: send the header `Authorization: Bearer TOKEN`; "
            "`streams tokens add NAME` makes one",
            headers={"WWW-Authenticate": 'Bearer realm="news-streams"'},
        )
    token = tokens.find(secret.strip())
    if token is None:
        raise problem(
            401,
            "there is no such token, or no longer",
            headers={"WWW-Authenticate": 'Bearer realm="news-streams", error="invalid_token"'},
        )
    if not token.may(scope):
        raise problem(
            403,
            f"the token {token.name} has not the scope {scope}",
            headers={
                "WWW-Authenticate": 'Bearer realm="news-streams", error="insufficient_scope", '
                f'scope="{scope}"'
            },
        )
    return token
