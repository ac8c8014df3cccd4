"""UniqueArticle: a new article, or a new revision of a known one."""

from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.clean import CleanArticle
from streams.records.record import ArticleId, Record

Count = Annotated[int, msgspec.Meta(ge=0)]


class RevisionKind(StrEnum):
    """What changed between two revisions of an article."""

    FIRST = "first"
    """Nothing: this is the first one seen."""
    HEADLINE = "headline"
    """The title has other words."""
    NUMBERS = "numbers"
    """Numbers in title or text differ."""
    NAMES = "names"
    """Capitalized names in title or text differ."""
    CORRECTION_NOTICE = "correction_notice"
    """The text says that it was corrected, and did not before."""
    APPENDED = "appended"
    """Sentences were added, none taken away."""
    REWRITTEN = "rewritten"
    """Sentences were taken away or replaced."""
    COSMETIC = "cosmetic"
    """Only case, punctuation or white space."""


class Revision(Record, frozen=True, kw_only=True):
    """Which version of the article this is, and what changed from the one before.

    Attributes:
        number: 1 for the first version seen.
        kinds: What changed.
        material: Whether a reader of the former version would want to know.
        added: Sentences that the former version did not have.
        removed: Sentences that this version no longer has.
    """

    number: Annotated[int, msgspec.Meta(ge=1)] = 1
    kinds: tuple[RevisionKind, ...] = (RevisionKind.FIRST,)
    material: bool = True
    added: Count = 0
    removed: Count = 0


class UniqueArticle(CleanArticle, frozen=True, kw_only=True):
    """An article, or a revision of one, that no other article had said before.

    Attributes:
        group_id: Id of the article first seen of its group of copies; never changes.
        revision: Which version this is.
    """

    group_id: ArticleId
    revision: Revision = Revision()
