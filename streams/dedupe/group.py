"""Describe groups of copies: who published a text first, and how many outlets have it."""

from datetime import datetime, timedelta
from typing import Final

from streams.records import CleanArticle, CopyGroup, Memory, TimePrecision, event_time

MOST_OUTLETS: Final = 64
"""Largest number of outlets of a group that are remembered by name, and so the largest count."""

_DAY: Final = timedelta(days=1)


def outlet_of(article: CleanArticle) -> str:
    """Return the outlet of an article: its registrable domain, else its source.

    Words that another claims to be of a site count for the one who claims it.
    """
    return article.claimed_by or article.site.domain or article.source


def publisher_of(outlet: str) -> str:
    """Return the publisher of an outlet, as far as known: its domain without the public suffix.

    Examples:
        >>> publisher_of("daily.test") == publisher_of("daily.example")
        True
    """
    return outlet.split(".", maxsplit=1)[0].casefold()


def is_earlier(article: CleanArticle, time: datetime) -> bool:
    """Return whether an article is certainly older than a time.

    A publication day without an hour counts as older only when the day is over.

    Examples:
        >>> from datetime import UTC
        >>> from streams.records import PublicationTime
        >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> today = PublicationTime(time=noon.replace(hour=0), precision=TimePrecision.DAY)
        >>> id_ = "0" * 8 + "-0000-0000-0000-" + "0" * 12
        >>> is_earlier(CleanArticle(id=id_, source="x", fetched=noon, published=today), noon)
        False
    """
    if article.published.precision is TimePrecision.DAY:
        return event_time(article) + _DAY <= time
    return event_time(article) < time


def group_with(
    article: CleanArticle, latest: Memory, *, is_member: bool, may_lead: bool = True
) -> tuple[CopyGroup, tuple[str, ...]]:
    """Return a group of copies after an article joined it.

    Args:
        article: The copy.
        latest: The member of the group that was remembered last.
        is_member: Whether the article was counted before.
        may_lead: Whether it may be the original of the group; a claim is none where the original is
            known by its publisher.

    Returns:
        The group, and the names of its outlets.
    """
    group = latest.group or CopyGroup(
        original=latest.article_id, first_seen=latest.time, agency=latest.agency
    )
    outlets = latest.outlets or (latest.outlet,)
    outlet = outlet_of(article)
    if outlet not in outlets and len(outlets) < MOST_OUTLETS:
        outlets = (*outlets, outlet)
    is_first = may_lead and is_earlier(article, group.first_seen)
    return CopyGroup(
        original=article.id if is_first else group.original,
        first_seen=event_time(article) if is_first else group.first_seen,
        copies=group.copies + (not is_member),
        outlets=len(outlets),
        independent_outlets=len({publisher_of(name) for name in outlets}),
        agency=group.agency or article.agency,
    ), outlets
