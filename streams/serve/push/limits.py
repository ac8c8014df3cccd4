"""How much may be on its way at a time: bytes and requests in, room or a refusal out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from streams.records.topics import MIB

MAX_IN_FLIGHT_BYTES: Final = 64 * MIB
"""Pushed and not yet acknowledged; decoding and packing hold some three copies of it."""

MAX_IN_FLIGHT_REQUESTS: Final = 200
"""Pushes at a time; small ones are answered in milliseconds, so more only wait for a slow broker.
"""


class BudgetSpentError(Exception):
    """There is no room now; there will be when others are done."""


class Budget:
    """Room for requests and their bytes.

    Examples:
        >>> budget = Budget(max_bytes=10, max_requests=1)
        >>> with budget.place() as take:
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
        """Have all of it free."""
        self._max_bytes = max_bytes
        self._max_requests = max_requests
        self.n_bytes = 0
        self.n_requests = 0

    @contextmanager
    def place(self) -> Iterator[Callable[[int], None]]:
        """Take room for a request while the body runs; what it gives takes room for bytes.

        Raises:
            BudgetSpentError: If there is none; also from what it gives.
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
