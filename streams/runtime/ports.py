"""Which ports of this machine are free."""

import random
import socket
from collections.abc import Iterable, Iterator

from streams.errors import NewsStreamsError

QUIET_PORTS = range(20_000, 32_768)
"""Registered to few and below what Linux (from 32768) and macOS (from 49152) give to clients.

From those ranges a client that tries again and again to reach a broker that is down can be given
the broker's own port, connects to itself, and the broker cannot come back.
"""


def is_free(port: int) -> bool:
    """Whether a server could listen on a port of 127.0.0.1 right now."""
    with socket.socket() as listener:
        # As Java does: else a port whose last connections have just closed counts as taken.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(1)
        except OSError:
            return False
    return True


def free_port(*preferred: int, avoid: Iterable[int] = ()) -> int:
    """Find a free port; another process may still take it before it is used.

    Args:
        preferred: Tried first, in this order.
        avoid: Never taken.

    Raises:
        NewsStreamsError: If there is none.
    """
    taken = set(avoid)
    for port in _candidates(preferred):
        if port not in taken and is_free(port):
            return port
    raise NewsStreamsError("no free port found on 127.0.0.1")


def _candidates(preferred: Iterable[int]) -> Iterator[int]:
    yield from preferred
    yield from random.sample(QUIET_PORTS, k=200)
