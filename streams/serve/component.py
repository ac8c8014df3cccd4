"""Build the HTTP application from components; building it starts nothing."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, TypeVar

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler, Message, Scope

from streams.config.tokens_file import WatchedTokens
from streams.errors import SettingsError
from streams.serve.auth import COMPONENTS
from streams.serve.health import HealthFacts, show_health, show_metrics
from streams.serve.metrics import CountRequests, ServeMetrics
from streams.serve.problems import (
    KafkaUnavailableError,
    handle_http_error,
    handle_internal_error,
    handle_kafka_unavailable,
    handle_recursion_error,
)
from streams.serve.public_url import trusted_networks
from streams.settings import Settings

DESCRIPTION = """\
Push articles and receive alerts. Articles are pushed to `/v1/articles`, which responds when Kafka
has them; searches are saved at `/v1/searches`, and their alerts are read as an event stream or as a
feed.

Every request except `/health`, `/metrics` and `/schema` needs a token, created by
`streams tokens add NAME --scope push --scope alerts` and sent as `Authorization: Bearer TOKEN`.
Errors are returned as `application/problem+json` (RFC 9457); with 429 and 503, `Retry-After` says
when to retry.
"""
"""Description in the OpenAPI document."""

MAX_REQUEST_BYTES = 256 * 1024
"""Maximum body size of requests that are not articles: a saved search has at most some 40 KB."""


_ORIGIN = re.compile(r"\*|https?://[^\s/?#@*]+", re.IGNORECASE)

C = TypeVar("C", bound=type)


def openapi_name(name: str) -> Callable[[C], C]:
    """Keep the name of a class in the OpenAPI document when its Python name changes.

    Clients are generated from these names. litestar takes them from ``__qualname__``, so the
    class cannot be pickled.
    """

    def rename(cls: C) -> C:
        cls.__qualname__ = name
        return cls

    return rename


@dataclass(kw_only=True)
class Component:
    """A component of the application, from its own module or another package.

    Attributes:
        handlers: Its route handlers.
        state: Objects for the handlers, by their name in ``state``.
        running: Contexts that are open while the application runs.
        facts: Values for ``/health``.
        stopping: Called when the server stops: endless responses must end.
    """

    handlers: Sequence[ControllerRouterHandler]
    state: dict[str, Any] = field(default_factory=dict)
    running: Sequence[Callable[[Litestar], AbstractAsyncContextManager[None]]] = ()
    facts: Sequence[HealthFacts] = ()
    stopping: Sequence[Callable[[], None]] = ()


def cors_config(origins: str) -> CORSConfig | None:
    """Return the rule by which pages of other websites may use the server; None without origins.

    Tokens are sent in a header, so no origin may send cookies.

    Args:
        origins: Origins with commas, or ``*``.

    Raises:
        SettingsError: If one is no origin.

    References:
        WHATWG Fetch, section 3.3 (CORS protocol).

    Examples:
        >>> cors_config("https://desk.example, http://localhost:3000").allow_origins
        ['https://desk.example', 'http://localhost:3000']
    """
    listed = [part.strip() for part in origins.split(",") if part.strip()]
    for origin in listed:
        if not _ORIGIN.fullmatch(origin):
            raise SettingsError(
                f"setting NEWS_CORS_ORIGINS: {origin} is no origin; expected https://HOST or "
                "https://HOST:PORT without a path, or *"
            )
    if not listed:
        return None
    return CORSConfig(
        allow_origins=listed,
        allow_methods=["GET", "POST", "PUT", "DELETE", "OPTIONS"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"],
        expose_headers=["ETag", "Location", "Retry-After"],
    )


def assemble_app(settings: Settings, *, components: Sequence[Component] = ()) -> Litestar:
    """Build the application.

    Args:
        settings: Settings with the file of tokens and a broker.
        components: Components besides health and metrics.

    Raises:
        UsageError: If the file of tokens is invalid.
        SettingsError: If ``trusted_proxies`` or ``cors_origins`` is invalid.
    """
    trusted_networks(settings.trusted_proxies)
    metrics = ServeMetrics()
    state: dict[str, Any] = {
        "settings": settings,
        "tokens": WatchedTokens(settings.tokens_file),
        "metrics": metrics,
        "facts": [facts for component in components for facts in component.facts],
        "stopping": [call for component in components for call in component.stopping],
    }
    for component in components:
        state |= component.state
    app = Litestar(
        [
            show_health,
            show_metrics,
            *(handler for component in components for handler in component.handlers),
        ],
        state=State(state),
        lifespan=[context for component in components for context in component.running],
        middleware=[CountRequests(metrics)],
        cors_config=cors_config(settings.cors_origins),
        exception_handlers={
            HTTPException: handle_http_error,
            KafkaUnavailableError: handle_kafka_unavailable,
            RecursionError: handle_recursion_error,
            Exception: handle_internal_error,
        },
        request_max_body_size=MAX_REQUEST_BYTES,
        openapi_config=OpenAPIConfig(
            title="News Streams",
            version=version("news-streams"),
            description=DESCRIPTION,
            components=COMPONENTS,
            use_handler_docstrings=True,
            # No page with scripts of other hosts: its readers may have tokens.
            render_plugins=[JsonRenderPlugin()],
        ),
        before_send=[complete_allow],
        logging_config=None,
        debug=False,
    )
    app.state.methods = {
        route.path_format: route.methods for route in app.routes if isinstance(route, HTTPRoute)
    }
    return app


async def complete_allow(message: Message, scope: Scope) -> None:
    """List all methods of a path in ``Allow``; litestar lists those of its first handler.

    References:
        RFC 9110, section 10.2.1 (``Allow``), and 9.3.2 (HEAD is answered where GET is).
    """
    if message["type"] != "http.response.start":
        return
    of_path = scope["litestar_app"].state.methods.get(scope.get("path_template"), ())
    message["headers"] = [
        (name, _all_methods(value, of_path)) if name.lower() == b"allow" else (name, value)
        for name, value in message["headers"]
    ]


def _all_methods(allow: bytes, of_path: Iterable[str]) -> bytes:
    methods = {*of_path, *(name.strip() for name in allow.decode().split(",")), "OPTIONS"}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set()))).encode()
