"""Compute the wait that a response's caching headers and Retry-After ask for."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_DIRECTIVE = re.compile(r"([a-z-]{1,40})\s*(?:=\s*\"?(\d{1,10}))?", re.IGNORECASE)
MAX_RETRY: Final = timedelta(days=7)
"""Longest Retry-After that is respected: a wrong value would stop the feed."""


def freshness(headers: Mapping[str, str], *, now: datetime) -> timedelta:
    """Return how long a response stays fresh; an earlier request returns nothing new.

    Args:
        headers: Headers of the response, names in lower case.
        now: Time of the response.

    Returns:
        Zero if the server sends no such header.

    References:
        RFC 9111, section 4.2 (freshness: max-age before Expires, less Age);
        5.2.2.4 (no-cache) and 5.2.2.5 (no-store) allow no reuse at all.

    Examples:
        >>> from datetime import UTC
        >>> now = datetime(2026, 3, 2, tzinfo=UTC)
        >>> freshness({"cache-control": "public, max-age=600", "age": "100"}, now=now).seconds
        500
    """
    directives = {
        name.lower(): value for name, value in _DIRECTIVE.findall(headers.get("cache-control", ""))
    }
    if directives.keys() & {"no-cache", "no-store"}:
        return timedelta(0)
    if directives.get("max-age"):
        age = headers.get("age", "").strip()
        seconds = int(directives["max-age"]) - (int(age) if _is_count(age) else 0)
        return timedelta(seconds=max(0, seconds))
    expires = _http_time(headers.get("expires", ""))
    sent = _http_time(headers.get("date", "")) or now
    return max(timedelta(0), expires - sent) if expires else timedelta(0)


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta:
    """Return the wait of a Retry-After header, at most seven days; zero without the header.

    Args:
        headers: Headers of the response, names in lower case.
        now: Time of the response.

    References:
        RFC 9110, section 10.2.3: seconds or a date.

    Examples:
        >>> from datetime import UTC
        >>> retry_after({"retry-after": "120"}, now=datetime(2026, 3, 2, tzinfo=UTC)).seconds
        120
    """
    value = headers.get("retry-after", "").strip()
    if _is_count(value):
        wait = timedelta(seconds=int(value))
    else:
        until = _http_time(value)
        wait = until - now if until else timedelta(0)
    return min(max(wait, timedelta(0)), MAX_RETRY)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10  # noqa: PLR2004  # 300 years


def _http_time(text: str) -> datetime | None:
    """Parse an HTTP date (RFC 9110, section 5.6.7: always GMT); return None if invalid."""
    try:
        time = parsedate_to_datetime(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
