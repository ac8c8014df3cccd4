"""Run the application: bounded, on a socket that is ours before anything is said about it."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from litestar import Litestar

from streams.errors import NewsStreamsError, UsageError
from streams.serve.http_protocol import BoundedProtocol

MAX_CONNECTIONS: Final = 1000
"""More are answered 503: below the usual 1,024 files of a process, Kafka's among them."""

KEEP_ALIVE_SECONDS: Final = 15
"""How long a connection may wait for its next request; nginx's default upstream keeps 60."""

GRACE_SECONDS: Final = 3
"""Asked to stop, requests have so long to end; the supervisor kills after 6."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._say_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, and say so.

        Raises:
            NewsStreamsError: If the application does not start; uvicorn would end the process.
        """
        try:
            await super().startup(sockets)
        except SystemExit as error:
            raise NewsStreamsError("the server did not start; its log says why") from error
        self._say_started()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the command, which stops us."""
        yield


def listening_socket(host: str, port: int) -> socket.socket:
    """Take a port.

    Args:
        host: Address of this machine, IPv4 or IPv6.
        port: 0: a free one.

    Raises:
        UsageError: If it cannot be had; the message says how to choose another.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"listening at {host} port {port}: {error.strerror or error}; choose another by "
            "--port or NEWS_SERVE_PORT"
        ) from None
    return listener


async def serve(
    app: Litestar,
    listener: socket.socket,
    stop: asyncio.Event,
    *,
    started: Callable[[], None] = lambda: None,
    protocol: type[BoundedProtocol] = BoundedProtocol,
) -> None:
    """Serve until told to stop; requests under way have some seconds to end.

    Args:
        app: As `streams.serve.component.assemble_app` builds it.
        listener: From `listening_socket`.
        stop: Ends it.
        started: Called once requests are answered.
        protocol: How long clients are borne with.

    Raises:
        NewsStreamsError: If the application does not start.
    """
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    # Its four lines for each start and stop say nothing that ours do not.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    server = _Server(config, started)
    running = asyncio.ensure_future(server.serve(sockets=[listener]))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        for call in app.state.stopping:
            call()
        await running
    finally:
        stopping.cancel()
        server.should_exit = True
        listener.close()
