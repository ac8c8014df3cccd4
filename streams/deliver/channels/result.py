"""What came of sending a message, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from streams.fetch.cache_headers import retry_after

TRANSIENT: Final = frozenset({408, 425, 429})
"""Of the 400s: the request was right, the moment was not (RFC 9110, RFC 8470, RFC 6585)."""

LONGEST_WAIT: Final = timedelta(hours=6)
"""A receiver may not put us off for longer: four tries still fit before the deadline."""


class SendStatus(StrEnum):
    """What a receiver made of a message; stable for ever, since it is a metric label."""

    ACCEPTED = "accepted"
    """It has it."""
    RETRY = "retry"
    """Not now: the receiver or the way to it is in trouble."""
    REFUSED = "refused"
    """Never: the same message would be refused again."""
    GONE = "gone"
    """Never, nor any other: the receiver wants no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What came of one attempt.

    Attributes:
        verdict: The outcome.
        detail: For people; without secrets.
        wait: How long the receiver wants to be left alone; 0 if it did not say.
    """

    verdict: SendStatus
    detail: str = ""
    wait: timedelta = timedelta(0)


ACCEPTED: Final = SendResult(verdict=SendStatus.ACCEPTED)


def result_of_status(status: int, retry_after_header: str = "", *, now: datetime) -> SendResult:
    """Judge an HTTP status.

    Args:
        status: As received; redirects are not followed.
        retry_after_header: Seconds or a date; empty if there was none.
        now: To turn the date into a wait.

    References:
        Standard Webhooks 1.0.0, "operational considerations": any 2xx is success, 410 disables
        the endpoint, 429 and 502 to 504 slow down. That other 400s are final is our choice:
        the same bytes would meet the same refusal.

    Examples:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> [result_of_status(one, now=noon).verdict.value for one in (204, 503, 404, 410)]
        ['accepted', 'retry', 'refused', 'gone']
        >>> result_of_status(429, "7", now=noon).wait
        datetime.timedelta(seconds=7)
    """
    if 200 <= status < 300:  # noqa: PLR2004  # the class of success
        return ACCEPTED
    detail = f"status {_named(status)}"
    if status == HTTPStatus.GONE:
        return SendResult(verdict=SendStatus.GONE, detail=detail)
    if 400 <= status < 500 and status not in TRANSIENT:  # noqa: PLR2004  # the class of refusals
        return SendResult(verdict=SendStatus.REFUSED, detail=detail)
    if 300 <= status < 400:  # noqa: PLR2004  # the class of redirects
        detail += ": redirects are not followed"
    wait = min(retry_after({"retry-after": retry_after_header}, now=now), LONGEST_WAIT)
    return SendResult(verdict=SendStatus.RETRY, detail=detail, wait=wait)


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
