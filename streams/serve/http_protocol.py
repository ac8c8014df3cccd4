"""HTTP with bounds that uvicorn leaves open: slow heads and clients that stop reading."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 10.0
"""How long the head of a request may take; nginx gives 60, but we have no sleepy networks before
us and each open connection costs memory."""

STALL_SECONDS: Final = 30.0
"""How long a client may take nothing of an answer that waits for it."""


class BoundedProtocol(H11Protocol):
    """Ends a connection whose head does not come, or that takes nothing of its answer.

    References:
        CVE-2007-6750 (Slowloris): heads that never end. uvicorn 0.54 starts its only timer after
        the first answer.
    """

    head_seconds = HEAD_SECONDS
    stall_seconds = STALL_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what uvicorn gives."""
        super().__init__(*args, **kwargs)
        self._head = _Timer()
        self._stall = _Timer()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own
        """Wait for a head from now on."""
        super().connection_made(transport)
        self._head.start(self.loop, self.head_seconds, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._head.stop()
        self._stall.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take data; what comes first of a next request starts the wait for its head."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._head.stop()
        elif not self._head.running:
            self._head.start(self.loop, self.head_seconds, self.transport)

    def on_response_complete(self) -> None:
        """Let uvicorn wait for the next request."""
        self._head.stop()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Give the client so long to take what waits for it."""
        super().pause_writing()
        self._stall.start(self.loop, self.stall_seconds, self.transport)

    def resume_writing(self) -> None:
        """Note that it took something."""
        self._stall.stop()
        super().resume_writing()


class _Timer:
    """Cuts a connection off when it is not stopped in time."""

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
