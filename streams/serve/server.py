"""Run the application with limits, on a socket that is bound before anything is announced."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import uvicorn
from litestar import Litestar

from streams.errors import NewsStreamsError, UsageError
from streams.serve.connections import ConnectionTable
from streams.serve.http_protocol import BoundedProtocol
from streams.serve.public_url import is_trusted, trusted_networks
from streams.serve.request_limits import RequestLimits

BACKLOG: Final = 128
"""Connections that are accepted at once: a flood must not keep the others from being read."""

KEEP_ALIVE_SECONDS: Final = 15
"""How long a connection may wait for its next request; nginx's upstreams default to 60."""

GRACE_SECONDS: Final = 3
"""Time for requests to finish at shutdown; the supervisor kills the process after 6."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and report it.

        Raises:
            NewsStreamsError: If the application does not start; uvicorn would end the process.
        """
        try:
            await super().startup(sockets)
        except SystemExit as error:
            raise NewsStreamsError("the server did not start; see the server log") from error
        self._on_started()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the command, which stops the server."""
        yield


def listening_socket(host: str, port: int) -> socket.socket:
    """Bind a port.

    Args:
        host: Address of this machine, IPv4 or IPv6.
        port: Port number; 0 chooses a free port.

    Raises:
        UsageError: If the port cannot be bound; the message says how to choose another.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"listening at {host} port {port}: {error.strerror or error}; choose another with "
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
    """Serve until ``stop`` is set; requests in progress get some seconds to finish.

    Args:
        app: An application from `streams.serve.component.assemble_app`.
        listener: A socket from `listening_socket`.
        stop: Ends the server.
        started: Called once requests are answered.
        protocol: HTTP protocol with its time limits.

    Raises:
        NewsStreamsError: If the application does not start.
    """
    trusted = trusted_networks(app.state.settings.trusted_proxies)
    connections = ConnectionTable(is_exempt=lambda address: is_trusted(address, trusted))
    config = uvicorn.Config(
        RequestLimits(app, trusted=trusted),
        http=partial(protocol, connections=connections),  # type: ignore[arg-type]  # it is only called
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    # Its four lines for each start and stop add nothing to our own.
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
