"""DuplicateArticle: an article that says what another one said, with the proof."""

from enum import StrEnum

from schemas.clean import CleanArticle
from schemas.record import ArticleId, Name, Share


class Change(StrEnum):
    """How a duplicate stands to the article it repeats."""

    COPY = "copy"
    """Another article with the same, or nearly the same, text."""
    UNCHANGED = "unchanged"
    """The same article, fetched again, with the same text."""
    CORRECTION = "correction"
    """The original of a group turned up after its copy: ``duplicate_of`` names the new original."""


class DuplicateArticle(CleanArticle, frozen=True, kw_only=True):
    """An article that repeats a known one; duplication is a label, nothing vanishes.

    Attributes:
        group_id: Id of the article first seen of the group; the key of its record.
        duplicate_of: Id of the article it repeats (its own id when unchanged).
        change: How it stands to that one.
        method: How it was found: ``same_text``, ``exact``, ``near`` …
        similarity: From 0 to 1, 1 for the same text.
        containment: Share of the shorter text that the longer one holds, 0 to 1.
    """

    group_id: ArticleId
    duplicate_of: ArticleId
    change: Change
    method: Name
    similarity: Share
    containment: Share
