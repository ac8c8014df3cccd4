"""How bad a failed poll is: what went wrong in, its weight out."""

from enum import StrEnum
from typing import Final


class Failure(StrEnum):
    """What went wrong in a poll."""

    TEMPORARY = "temporary"
    """Tells nothing about the feed: overload, a time-out, a broken connection."""
    SOFT = "soft"
    """May pass: an error of the server, an answer that is too large or too slow."""
    HARD = "hard"
    """Hardly passes: not found, forbidden, no such host, no feed."""
    GONE = "gone"
    """The server says that it never comes back (410)."""


WEIGHTS: Final = {
    Failure.TEMPORARY: 0.25,
    Failure.SOFT: 0.5,
    Failure.HARD: 1.0,
    Failure.GONE: 1.0,
}
"""By how many doublings each failure lengthens the wait.

References: Media Cloud's rss-fetcher (hard 1, soft .5, temporary .25; read 2026-11 at 2574743).
"""

GONE_STATUS: Final = 410
_TEMPORARY: Final = frozenset((408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524))


def failure_of_status(status: int) -> Failure:
    """Grade an HTTP status that brings no feed.

    References:
        RFC 9110, section 15: 408, 429 and 503 ask to come again; 520 to 524 are
        Cloudflare's words for a server that does not answer it.

    Examples:
        >>> failure_of_status(429).value, failure_of_status(404).value
        ('temporary', 'hard')
    """
    if status == GONE_STATUS:
        return Failure.GONE
    if status in _TEMPORARY:
        return Failure.TEMPORARY
    return Failure.HARD if 400 <= status < 500 else Failure.SOFT  # noqa: PLR2004
