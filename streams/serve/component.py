"""The HTTP application: settings in, a litestar application out; building it starts nothing."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, TypeVar

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ControllerRouterHandler

from streams.config.tokens_file import WatchedTokens
from streams.serve.auth import COMPONENTS
from streams.serve.health import HealthFacts, show_health, show_metrics
from streams.serve.metrics import CountRequests, ServeMetrics
from streams.serve.problems import (
    KafkaUnavailableError,
    handle_http_error,
    handle_internal_error,
    handle_kafka_unavailable,
)
from streams.settings import Settings

DESCRIPTION = """\
News in, alerts out. Articles are pushed to `/v1/articles` and answered when Kafka has them;
searches are saved at `/v1/searches`, and their alerts come as an event stream or as a feed.

Every request but `/health`, `/metrics` and `/schema` needs a token, made by
`streams tokens add NAME --scope push --scope alerts` and sent as `Authorization: Bearer TOKEN`.
Whatever is refused is answered with `application/problem+json` (RFC 9457); 429 and 503 say in
`Retry-After` when to come back.
"""

MAX_REQUEST_BYTES = 256 * 1024
"""Largest body of a request that is no article: a saved search has at most some 40 KB."""


C = TypeVar("C", bound=type)


def openapi_name(name: str) -> Callable[[C], C]:
    """Keep the name that a class has in the OpenAPI document, whatever Python calls it.

    Clients are generated from these names. litestar takes them from ``__qualname__``, so the
    class cannot be pickled.
    """

    def rename(described: C) -> C:
        described.__qualname__ = name
        return described

    return rename


@dataclass(kw_only=True)
class Component:
    """Something that the application serves, from its own module or another package.

    Attributes:
        handlers: Its route handlers.
        state: What they find in ``state``, by name.
        running: Contexts that are open while the application runs.
        facts: What it says in ``/health``.
        stopping: Called when the server is to stop: answers without end are to end.
    """

    handlers: Sequence[ControllerRouterHandler]
    state: dict[str, Any] = field(default_factory=dict)
    running: Sequence[Callable[[Litestar], AbstractAsyncContextManager[None]]] = ()
    facts: Sequence[HealthFacts] = ()
    stopping: Sequence[Callable[[], None]] = ()


def assemble_app(settings: Settings, *, parts: Sequence[Component] = ()) -> Litestar:
    """Build the application.

    Args:
        settings: Where the tokens are, and Kafka.
        parts: What it serves beside its status.

    Raises:
        UsageError: If the file of tokens cannot be used.
    """
    metrics = ServeMetrics()
    state: dict[str, Any] = {
        "settings": settings,
        "tokens": WatchedTokens(settings.tokens_file),
        "metrics": metrics,
        "facts": [facts for part in parts for facts in part.facts],
        "stopping": [call for part in parts for call in part.stopping],
    }
    for part in parts:
        state |= part.state
    return Litestar(
        [show_health, show_metrics, *(one for part in parts for one in part.handlers)],
        state=State(state),
        lifespan=[context for part in parts for context in part.running],
        middleware=[CountRequests(metrics)],
        exception_handlers={
            HTTPException: handle_http_error,
            KafkaUnavailableError: handle_kafka_unavailable,
            Exception: handle_internal_error,
        },
        request_max_body_size=MAX_REQUEST_BYTES,
        openapi_config=OpenAPIConfig(
            title="News Streams",
            version=version("news-streams"),
            description=DESCRIPTION,
            components=COMPONENTS,
            use_handler_docstrings=True,
            # No page with scripts from elsewhere: whoever reads it may have a token at hand.
            render_plugins=[JsonRenderPlugin()],
        ),
        logging_config=None,
        debug=False,
    )
