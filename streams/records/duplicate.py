"""DuplicateArticle: an article that says what another one said, with the proof."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.clean import CleanArticle
from streams.records.record import ArticleId, Name, Record, Share

Count = Annotated[int, msgspec.Meta(ge=0)]


class Change(StrEnum):
    """How a duplicate stands to the article it repeats."""

    COPY = "copy"
    """Another article with the same, or nearly the same, text."""
    UNCHANGED = "unchanged"
    """The same article, fetched again, with the same text."""
    CORRECTION = "correction"
    """The original of a group turned up after its copy: ``duplicate_of`` names the new original."""


class CopyGroup(Record, frozen=True, kw_only=True):
    """Articles with one text, as far as they were known when this was written.

    Attributes:
        original: The member with the earliest event time.
        first_seen: That time.
        copies: How many members there are beside the original.
        outlets: At how many sites, or sources of articles without a site, it stands.
        independent_outlets: How many of these have different names before the public suffix of
            their domain: editions of one publisher count once.
        agency: The news agency that one of them credits; empty if none does.
    """

    original: ArticleId
    first_seen: Annotated[datetime, msgspec.Meta(tz=True)]
    copies: Count = 0
    outlets: Annotated[int, msgspec.Meta(ge=1)] = 1
    independent_outlets: Annotated[int, msgspec.Meta(ge=1)] = 1
    agency: str = ""


class DuplicateArticle(CleanArticle, frozen=True, kw_only=True):
    """An article that repeats a known one; duplication is a label, nothing vanishes.

    Attributes:
        group_id: Id of the article first seen of the group; the key of its record.
        duplicate_of: Id of the article it repeats (its own id when unchanged).
        change: How it stands to that one.
        method: How it was found: ``same_text``, ``exact``, ``near`` …
        similarity: From 0 to 1, 1 for the same text.
        containment: Share of the shorter text that the longer one holds, 0 to 1.
        group: All copies known at that time, this one among them; null for an unchanged article.
    """

    group_id: ArticleId
    duplicate_of: ArticleId
    change: Change
    method: Name
    similarity: Share
    containment: Share
    group: CopyGroup | None = None
