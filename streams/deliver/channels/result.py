"""Results of sending a message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from streams.fetch.cache_headers import retry_after

TRANSIENT: Final = frozenset({408, 425, 429})
"""Statuses of the 400s that mean "not now" (RFC 9110, RFC 8470, RFC 6585)."""

LONGEST_WAIT: Final = timedelta(hours=6)
"""Maximum wait that a receiver may ask for: four attempts still fit before the deadline."""


class SendStatus(StrEnum):
    """How a receiver answered a message; the values never change, since they are metric labels."""

    ACCEPTED = "accepted"
    """The receiver has the message."""
    RETRY = "retry"
    """Not now: the receiver or the connection to it is failing."""
    REFUSED = "refused"
    """Never: the receiver would refuse the same message again."""
    GONE = "gone"
    """Never, nor any other message: the receiver is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """Result of one attempt.

    Attributes:
        verdict: The outcome.
        detail: Reason for people; contains no secrets.
        wait: How long the receiver asked to wait; 0 if it did not ask.
        within: How long the message is retried from its first attempt, if shorter than usual.
    """

    verdict: SendStatus
    detail: str = ""
    wait: timedelta = timedelta(0)
    within: timedelta | None = None


ACCEPTED: Final = SendResult(verdict=SendStatus.ACCEPTED)


def result_of_status(status: int, retry_after_header: str = "", *, now: datetime) -> SendResult:
    """Return the result for an HTTP status.

    Args:
        status: Status of the response; redirects are not followed.
        retry_after_header: Seconds or a date; empty if there was none.
        now: Current time, to turn the date into a wait.

    References:
        Standard Webhooks 1.0.0, "operational considerations": any 2xx is success, 410 disables
        the endpoint, 429 and 502 to 504 slow down. That other 400s are final is this project's
        choice: the same bytes would get the same refusal.

    Examples:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> [result_of_status(n, now=noon).verdict.value for n in (204, 503, 404, 410)]
        ['accepted', 'retry', 'refused', 'gone']
        >>> result_of_status(429, "7", now=noon).wait
        datetime.timedelta(seconds=7)
    """
    if 200 <= status < 300:  # noqa: PLR2004  # the class of success
        return ACCEPTED
    detail = f"status {_with_phrase(status)}"
    if status == HTTPStatus.GONE:
        return SendResult(verdict=SendStatus.GONE, detail=detail)
    if 400 <= status < 500 and status not in TRANSIENT:  # noqa: PLR2004  # the class of refusals
        return SendResult(verdict=SendStatus.REFUSED, detail=detail)
    if 300 <= status < 400:  # noqa: PLR2004  # the class of redirects
        detail += ": redirects are not followed"
    wait = min(retry_after({"retry-after": retry_after_header}, now=now), LONGEST_WAIT)
    return SendResult(verdict=SendStatus.RETRY, detail=detail, wait=wait)


def _with_phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
