"""Limit what one token has at a time, so that others get their share."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from litestar import Request

AT_END: Final = "at_end"
"""Name in the state of a request of the function that registers a call for its end."""


class ShareSpentError(Exception):
    """A token has its share, or there is no capacity now."""


class Shares:
    """Counts what tokens have at a time.

    Args:
        of_token: Maximum of one token.
        total: Maximum of all tokens.

    Examples:
        >>> shares = Shares(of_token=1, total=2)
        >>> release = shares.take("wire")
        >>> shares.n_taken("wire"), release(), release(), shares.n_taken("wire")
        (1, None, None, 0)
    """

    def __init__(self, *, of_token: int, total: int) -> None:
        self._of_token = of_token
        self._total = total
        self._taken: Counter[str] = Counter()

    def n_taken(self, token: str) -> int:
        """Return what a token has."""
        return self._taken[token]

    def take(self, token: str) -> Callable[[], None]:
        """Check and count in one step: nothing is awaited between the two.

        Returns:
            A function that gives the share back; further calls have no effect.

        Raises:
            ShareSpentError: If the token has its share, or all tokens have the total.
        """
        if self._taken[token] >= self._of_token or self._taken.total() >= self._total:
            raise ShareSpentError
        self._taken[token] += 1
        is_open = True

        def release() -> None:
            nonlocal is_open
            if is_open:
                is_open = False
                self._taken[token] -= 1
                if not self._taken[token]:
                    del self._taken[token]

        return release

    @contextmanager
    def taken(self, token: str) -> Iterator[None]:
        """Take a share while the body runs.

        Raises:
            ShareSpentError: As `take`.
        """
        release = self.take(token)
        try:
            yield
        finally:
            release()


def call_at_end(request: Request[Any, Any, Any], call: Callable[[], None]) -> None:
    """Call a function when the response of a request has ended, in whichever way.

    Needs `streams.serve.request_limits.RequestLimits` around the application.
    """
    request.scope["state"][AT_END](call)
