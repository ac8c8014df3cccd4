"""Read the event time of a raw article, without cleaning it."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from streams.records import RawArticle

_NEARLY_ISO = re.compile(r"(\d{4})[-/]?(\d{2})[-/]?(\d{2})(?:[T ]+(.*))?", re.DOTALL)


def publication_time(text: str) -> datetime | None:
    """Parse a publication time in a machine-readable format.

    Cleaning supports more formats. This function is for selecting and pacing what is replayed,
    where an unknown time does no harm.

    Args:
        text: A time in ISO 8601, as ``YYYYMMDD``, or as in mail and feeds; or any other text.

    Returns:
        The time in UTC, which is assumed if no zone is named; None for any other text.

    References:
        ISO 8601 as read by `datetime.fromisoformat`; RFC 5322, section 3.3.

    Examples:
        >>> publication_time("20220118")
        datetime.datetime(2022, 1, 18, 0, 0, tzinfo=datetime.timezone.utc)
        >>> publication_time("Tue, 18 Jan 2022 10:00:00 GMT").hour
        10
        >>> publication_time("last week")
    """
    text = text.strip()
    try:
        if _NEARLY_ISO.fullmatch(text):
            time = datetime.fromisoformat(text.replace("/", "-"))
        else:
            time = parsedate_to_datetime(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def raw_event_time(article: RawArticle) -> datetime:
    """Return the event time of a raw article: published if known, but not after the fetch.

    Examples:
        >>> from streams.sources.article import raw_article
        >>> now = datetime(2026, 3, 2, tzinfo=UTC)
        >>> article = raw_article(source="x", fetched=now, body=b"", published="2099-01-01")
        >>> raw_event_time(article) == now
        True
    """
    published = publication_time(article.published)
    return article.fetched if published is None else min(published, article.fetched)
