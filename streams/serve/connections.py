"""Open connections by client address: one that opens too many idle ones loses its own."""

from collections import defaultdict
from collections.abc import Callable
from typing import Final, Protocol

MAX_CONNECTIONS: Final = 1000
"""Open connections: below the usual 1,024 files of a process, which includes Kafka's."""

MAX_WAITING_OF_ADDRESS: Final = 250
"""Connections of one address that wait for a request: far more than a browser's 6 or a connection
pool's 100 (aiohttp's default)."""


class Connection(Protocol):
    """An open connection."""

    def abort(self) -> None:
        """Close the connection at once."""


class ConnectionTable:
    """Knows which connections wait for a request, and closes the longest waiting ones for others.

    A flood of connections without a request therefore costs the flooder: of his address the oldest
    are closed first; all others keep theirs. A connection with a request in progress is never
    closed here.

    Args:
        max_connections: Open connections.
        max_waiting_of_address: Connections of one address that wait for a request.
        is_exempt: Returns whether an address is a proxy, which has the connections of many.
    """

    def __init__(
        self,
        *,
        max_connections: int = MAX_CONNECTIONS,
        max_waiting_of_address: int = MAX_WAITING_OF_ADDRESS,
        is_exempt: Callable[[str], bool] = lambda _address: False,
    ) -> None:
        self._max_connections = max_connections
        self._max_waiting = max_waiting_of_address
        self._is_exempt = is_exempt
        # A dict keeps its order: the one that waits longest is the first.
        self._waiting: defaultdict[str, dict[Connection, None]] = defaultdict(dict)
        self._busy: dict[Connection, str] = {}
        self._n_waiting = 0

    def __len__(self) -> int:
        """Return the number of open connections."""
        return self._n_waiting + len(self._busy)

    def n_waiting(self, address: str) -> int:
        """Return how many connections of an address wait for a request."""
        return len(self._waiting[address]) if address in self._waiting else 0

    def add(self, connection: Connection, address: str) -> None:
        """Add a new connection; it, or one that waits longer, is closed if there are too many."""
        self._wait(connection, address)
        if self.n_waiting(address) > self._max_waiting and not self._is_exempt(address):
            self._close_oldest(address)
        while len(self) > self._max_connections and self._n_waiting:
            self._close_oldest(max(self._waiting, key=self.n_waiting))

    def begin_request(self, connection: Connection, address: str) -> None:
        """Note that a request is in progress."""
        if connection in self._waiting.get(address, {}):
            self._forget_waiting(connection, address)
            self._busy[connection] = address

    def end_request(self, connection: Connection) -> None:
        """Note that a connection waits for its next request."""
        address = self._busy.pop(connection, None)
        if address is not None:
            self._wait(connection, address)

    def remove(self, connection: Connection, address: str) -> None:
        """Remove a closed connection."""
        self._busy.pop(connection, None)
        if connection in self._waiting.get(address, {}):
            self._forget_waiting(connection, address)

    def _wait(self, connection: Connection, address: str) -> None:
        self._waiting[address][connection] = None
        self._n_waiting += 1

    def _forget_waiting(self, connection: Connection, address: str) -> None:
        del self._waiting[address][connection]
        self._n_waiting -= 1
        if not self._waiting[address]:
            del self._waiting[address]

    def _close_oldest(self, address: str) -> None:
        oldest = next(iter(self._waiting[address]))
        self._forget_waiting(oldest, address)
        oldest.abort()
