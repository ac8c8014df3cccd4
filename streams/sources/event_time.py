"""When a raw article happened, as far as that shows without cleaning it."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from streams.records import RawArticle

_NEARLY_ISO = re.compile(r"(\d{4})[-/]?(\d{2})[-/]?(\d{2})(?:[T ]+(.*))?", re.DOTALL)


def publication_time(given: str) -> datetime | None:
    """Read a publication time in one of the forms that machines write.

    Cleaning knows more forms; this one is for pacing and choosing what is
    replayed, where an unknown time does no harm.

    Args:
        given: ISO 8601, ``YYYYMMDD`` or the date of a mail or feed; anything else.

    Returns:
        An aware time, UTC where the text names no zone; None if it is none of these.

    References:
        ISO 8601 as `datetime.fromisoformat` reads it; RFC 5322, section 3.3.

    Examples:
        >>> publication_time("20220118")
        datetime.datetime(2022, 1, 18, 0, 0, tzinfo=datetime.timezone.utc)
        >>> publication_time("Tue, 18 Jan 2022 10:00:00 GMT").hour
        10
        >>> publication_time("last week")
    """
    text = given.strip()
    try:
        if _NEARLY_ISO.fullmatch(text):
            time = datetime.fromisoformat(text.replace("/", "-"))
        else:
            time = parsedate_to_datetime(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def raw_event_time(article: RawArticle) -> datetime:
    """Give the time a raw article counts from: published where known, never after the fetch.

    Examples:
        >>> from streams.sources.article import raw_article
        >>> found = datetime(2026, 3, 2, tzinfo=UTC)
        >>> article = raw_article(source="x", fetched=found, body=b"", published="2099-01-01")
        >>> raw_event_time(article) == found
        True
    """
    published = publication_time(article.published)
    return article.fetched if published is None else min(published, article.fetched)
