"""Limit the requests and bytes in flight, of each token and of all."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from streams.records.topics import MIB

MAX_IN_FLIGHT_BYTES: Final = 64 * MIB
"""Pushed and not yet acknowledged; decoding and packing hold some three copies of it."""

MAX_IN_FLIGHT_REQUESTS: Final = 200
"""Concurrent pushes; small ones take milliseconds, so more would only wait for a slow broker."""


class BudgetSpentError(Exception):
    """There is no capacity now; there will be when other requests are done."""


class Budget:
    """Limits the requests in flight and their bytes.

    A token may take no more than what it leaves free. One token gets half of the whole, two get a
    third each, and a token that has nothing in flight always finds something.

    References:
        Choudhury and Hahne, Dynamic Queue Length Thresholds for Shared-Memory Packet Switches,
        IEEE/ACM Transactions on Networking 6 (1998), with their factor of 1.

    Args:
        max_bytes: Maximum bytes of all requests.
        max_requests: Maximum number of requests.

    Examples:
        >>> budget = Budget(max_bytes=10, max_requests=2)
        >>> with budget.request("wire") as take:
        ...     take(5)
        ...     budget.n_bytes
        5
        >>> budget.n_bytes
        0
    """

    def __init__(
        self,
        *,
        max_bytes: int = MAX_IN_FLIGHT_BYTES,
        max_requests: int = MAX_IN_FLIGHT_REQUESTS,
    ) -> None:
        self._max_bytes = max_bytes
        self._max_requests = max_requests
        self._bytes: Counter[str] = Counter()
        self._requests: Counter[str] = Counter()

    @property
    def n_bytes(self) -> int:
        """Bytes of all requests."""
        return self._bytes.total()

    @property
    def n_requests(self) -> int:
        """Number of requests."""
        return self._requests.total()

    @contextmanager
    def request(self, token: str) -> Iterator[Callable[[int], None]]:
        """Count a request while the body runs; yield a function that reserves bytes for it.

        Raises:
            BudgetSpentError: If there is no capacity for the token; also from the yielded function.
        """
        taken = 0

        def take(n_bytes: int) -> None:
            nonlocal taken
            _take(self._bytes, token, n_bytes, total=self._max_bytes)
            taken += n_bytes

        _take(self._requests, token, 1, total=self._max_requests)
        try:
            yield take
        finally:
            _give_back(self._requests, token, 1)
            _give_back(self._bytes, token, taken)


def _take(counts: Counter[str], token: str, n: int, *, total: int) -> None:
    if counts[token] + n > total - counts.total() - n:
        raise BudgetSpentError
    counts[token] += n


def _give_back(counts: Counter[str], token: str, n: int) -> None:
    counts[token] -= n
    if not counts[token]:
        del counts[token]
