"""Classify failed requests and weigh them for the wait before the next poll."""

from enum import StrEnum
from typing import Final


class Failure(StrEnum):
    """The kind of a failed poll."""

    TEMPORARY = "temporary"
    """Not specific to the feed: overload, a time-out, a broken connection."""
    SOFT = "soft"
    """May go away: a server error, a response that is too large or too slow."""
    HARD = "hard"
    """Unlikely to go away: not found, forbidden, no such host, not a feed."""
    GONE = "gone"
    """The server says that the feed was removed permanently (410)."""


WEIGHTS: Final = {
    Failure.TEMPORARY: 0.25,
    Failure.SOFT: 0.5,
    Failure.HARD: 1.0,
    Failure.GONE: 1.0,
}
"""The number of doublings by which each failure lengthens the wait.

References: Media Cloud's rss-fetcher (hard 1, soft .5, temporary .25; read 2026-11 at 2574743).
"""

GONE_STATUS: Final = 410
_TEMPORARY: Final = frozenset((408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524))


def failure_of_status(status: int) -> Failure:
    """Return the failure that an HTTP status other than success means.

    References:
        RFC 9110, section 15: 408, 429 and 503 ask for a later request; 520 to 524 are
        Cloudflare's codes for an origin server that does not respond.

    Examples:
        >>> failure_of_status(429).value, failure_of_status(404).value
        ('temporary', 'hard')
    """
    if status == GONE_STATUS:
        return Failure.GONE
    if status in _TEMPORARY:
        return Failure.TEMPORARY
    return Failure.HARD if 400 <= status < 500 else Failure.SOFT  # noqa: PLR2004
