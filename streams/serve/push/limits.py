"""Limit the requests and bytes in flight."""

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

    Args:
        max_bytes: Maximum bytes of all requests.
        max_requests: Maximum number of requests.

    Examples:
        >>> budget = Budget(max_bytes=10, max_requests=1)
        >>> with budget.request() as take:
        ...     take(8)
        ...     budget.n_bytes
        8
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
        self.n_bytes = 0
        self.n_requests = 0

    @contextmanager
    def request(self) -> Iterator[Callable[[int], None]]:
        """Count a request while the body runs; yield a function that reserves bytes for it.

        Raises:
            BudgetSpentError: If there is no capacity; also from the yielded function.
        """
        if self.n_requests >= self._max_requests:
            raise BudgetSpentError
        taken = 0

        def take(n_bytes: int) -> None:
            nonlocal taken
            if self.n_bytes + n_bytes > self._max_bytes:
                raise BudgetSpentError
            taken += n_bytes
            self.n_bytes += n_bytes

        self.n_requests += 1
        try:
            yield take
        finally:
            self.n_requests -= 1
            self.n_bytes -= taken
