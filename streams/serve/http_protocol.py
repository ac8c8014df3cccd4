"""HTTP with limits that uvicorn lacks: slow or many request heads, clients that stop reading."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from streams.serve.connections import ConnectionTable
from streams.serve.request_limits import network_of

HEAD_SECONDS: Final = 10.0
"""Maximum time for the head of a request. nginx allows 60 s; clients of this server are programs on
good networks, and each open connection costs memory.
"""

STALL_SECONDS: Final = 30.0
"""How long a client may stop reading a response."""


class BoundedProtocol(H11Protocol):
    """Closes a connection whose request head is slow, or whose client stops reading the response.

    Args:
        args: Arguments of uvicorn's protocol.
        connections: All connections of the server; by default of this one only.
        kwargs: Arguments of uvicorn's protocol.

    References:
        CVE-2007-6750 (Slowloris): heads that never end. uvicorn 0.54 starts its only timer after
        the first response.
    """

    head_seconds = HEAD_SECONDS
    stall_seconds = STALL_SECONDS

    def __init__(
        self, *args: Any, connections: ConnectionTable | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._table = connections or ConnectionTable()
        self._address = ""
        self._head = _Timer()
        self._stall = _Timer()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own
        """Start the time limit for a request head."""
        super().connection_made(transport)
        self._address = network_of(self.client[0] if self.client else "")
        self._table.add(transport, self._address)
        self._head.start(self.loop, self.head_seconds, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the time limits."""
        self._head.stop()
        self._stall.stop()
        self._table.remove(self.transport, self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Handle data; the first bytes of another request start the time limit for its head."""
        super().data_received(data)
        if self._is_busy:
            self._head.stop()
            self._table.begin_request(self.transport, self._address)
        elif not self._head.running:
            self._head.start(self.loop, self.head_seconds, self.transport)

    def on_response_complete(self) -> None:
        """Stop the time limit for the head, and wait for the next request."""
        self._head.stop()
        super().on_response_complete()
        if not self._is_busy:  # no further request was received already
            self._table.end_request(self.transport)

    @property
    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def pause_writing(self) -> None:
        """Start the time limit for the client to read."""
        super().pause_writing()
        self._stall.start(self.loop, self.stall_seconds, self.transport)

    def resume_writing(self) -> None:
        """Stop the time limit for the client to read."""
        self._stall.stop()
        super().resume_writing()


class _Timer:
    """Closes a connection unless stopped in time."""

    def __init__(self) -> None:
        self._handle: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        return self._handle is not None

    def start(
        self, loop: asyncio.AbstractEventLoop, seconds: float, transport: asyncio.Transport
    ) -> None:
        self.stop()
        self._handle = loop.call_later(seconds, transport.abort)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
