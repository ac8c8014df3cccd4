"""DuplicateArticle: an article that repeats a known one, with the evidence."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.clean import CleanArticle
from streams.records.record import ArticleId, Count, Name, Record, Share


class Change(StrEnum):
    """Relation of a duplicate to the article that it repeats.

    Attributes:
        COPY: Another article with the same or nearly the same text.
        UNCHANGED: The same article, fetched again, with the same text.
        CORRECTION: The original of a group arrived after its copy; ``duplicate_of`` is the new
            original.
    """

    COPY = "copy"
    UNCHANGED = "unchanged"
    CORRECTION = "correction"


class CopyGroup(Record, frozen=True, kw_only=True):
    """A group of articles with the same text, as known when the record was written.

    Attributes:
        original: Id of the member with the earliest event time.
        first_seen: Event time of the original.
        copies: Number of members without the original.
        outlets: Number of sites that published the text; a source counts for articles without a
            site.
        independent_outlets: Number of outlets whose domains differ before the public suffix:
            national editions of one publisher count once.
        agency: News agency that a member credits; empty if none.
    """

    original: ArticleId
    first_seen: Annotated[datetime, msgspec.Meta(tz=True)]
    copies: Count = 0
    outlets: Annotated[int, msgspec.Meta(ge=1)] = 1
    independent_outlets: Annotated[int, msgspec.Meta(ge=1)] = 1
    agency: str = ""


class DuplicateArticle(CleanArticle, frozen=True, kw_only=True):
    """An article that repeats a known article. Duplicates are labeled, not deleted.

    Attributes:
        group_id: Id of the group: the id of the first article seen in it; the key of the record in
            ``articles.duplicates.v1``.
        duplicate_of: Id of the article that this one repeats; its own id if unchanged.
        change: Relation to that article.
        method: Method that found the duplicate, such as ``same_text``, ``exact`` or ``near``.
        similarity: Similarity of the texts, from 0 to 1; 1 for the same text.
        containment: Share of the shorter text that the longer text contains, from 0 to 1.
        group: Group of copies known at that time, with this article; null if unchanged.
    """

    group_id: ArticleId
    duplicate_of: ArticleId
    change: Change
    method: Name
    similarity: Share
    containment: Share
    group: CopyGroup | None = None
