"""UniqueArticle: a new article, or a new revision of a known article."""

from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.clean import CleanArticle
from streams.records.record import ArticleId, Count, Record


class RevisionKind(StrEnum):
    """Kind of change between two revisions of an article.

    Attributes:
        FIRST: First version seen; no change.
        HEADLINE: The words of the title changed.
        NUMBERS: Numbers in the title or the text changed.
        NAMES: Capitalized names in the title or the text changed.
        CORRECTION_NOTICE: The text has a new correction notice.
        APPENDED: Sentences were added, and none removed.
        REWRITTEN: Sentences were removed or replaced.
        COSMETIC: Only case, punctuation or white space changed.
    """

    FIRST = "first"
    HEADLINE = "headline"
    NUMBERS = "numbers"
    NAMES = "names"
    CORRECTION_NOTICE = "correction_notice"
    APPENDED = "appended"
    REWRITTEN = "rewritten"
    COSMETIC = "cosmetic"


class Revision(Record, frozen=True, kw_only=True):
    """Version of an article and its changes from the version before.

    Attributes:
        number: Revision number; 1 for the first version seen.
        kinds: Kinds of changes.
        material: Whether the change matters to a reader of the version before.
        added: Number of sentences that the version before did not contain.
        removed: Number of sentences that this version no longer contains.
    """

    number: Annotated[int, msgspec.Meta(ge=1)] = 1
    kinds: tuple[RevisionKind, ...] = (RevisionKind.FIRST,)
    material: bool = True
    added: Count = 0
    removed: Count = 0


class UniqueArticle(CleanArticle, frozen=True, kw_only=True):
    """A new article, or a new revision of one: not a copy of another article.

    Attributes:
        group_id: Id of the group of copies: the id of the first article seen in it; never changes.
        revision: Version and its changes.
    """

    group_id: ArticleId
    revision: Revision = Revision()
