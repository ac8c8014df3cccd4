"""Free ports of this machine."""

import random
import socket
from collections.abc import Iterable, Iterator

from streams.errors import NewsStreamsError

QUIET_PORTS = range(20_000, 32_768)
"""Ports with few registrations, below those that Linux (from 32768) and macOS (from 49152) assign
to clients.

In those ranges a client that retries a broker that is down can be assigned the broker's own port
and connect to itself, and then the broker cannot restart.
"""


def is_free(port: int) -> bool:
    """Return whether a server could listen on a port of 127.0.0.1 right now."""
    with socket.socket() as listener:
        # As Java does: otherwise a port with just closed connections counts as taken.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(1)
        except OSError:
            return False
    return True


def free_port(*preferred: int, avoid: Iterable[int] = ()) -> int:
    """Return a free port; another process may still take it before it is used.

    Args:
        preferred: Ports to try first, in this order.
        avoid: Ports not to return.

    Raises:
        NewsStreamsError: If no port is free.
    """
    taken = set(avoid)
    for port in _candidates(preferred):
        if port not in taken and is_free(port):
            return port
    raise NewsStreamsError("no free port found on 127.0.0.1")


def _candidates(preferred: Iterable[int]) -> Iterator[int]:
    yield from preferred
    yield from random.sample(QUIET_PORTS, k=200)
