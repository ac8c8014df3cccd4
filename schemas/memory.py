"""Memory: what dedupe remembers of one article; the topic of these records is the truth."""

from datetime import datetime
from typing import Annotated

import msgspec

from schemas.duplicate import Change
from schemas.record import ArticleId, Record, Share
from schemas.unique import Revision


class Answer(Record, frozen=True, kw_only=True):
    """The answer given to one origin, so that the same origin gets it again.

    Attributes:
        origin: ``topic-partition-offset`` in the raw topic.
        group_id: As answered.
        revision: As answered to a new article or revision; null for a duplicate.
        duplicate_of: As answered to a duplicate; empty else.
        change: As answered to a duplicate; null else.
        method: As answered to a duplicate.
        similarity: As answered to a duplicate.
        containment: As answered to a duplicate.
        evidence: What the receipt said.
    """

    origin: str
    group_id: ArticleId
    revision: Revision | None = None
    duplicate_of: str = ""
    change: Change | None = None
    method: str = ""
    similarity: Share = 1.0
    containment: Share = 1.0
    evidence: str = ""


class Memory(Record, frozen=True, kw_only=True):
    """What is remembered of one article.

    Attributes:
        article_id: The key of its record.
        group_id: The group of copies it belongs to.
        time: Event time of the version first seen.
        title_hash: Of the normalized title, 16 hex digits.
        text_hash: Of the normalized text of the latest revision, 16 hex digits.
        sentence_hashes: Of its sentences in order, 4 bytes each, little endian.
        signature: MinHash of its text, 4 bytes a permutation, little endian; empty when
            the text is too short.
        sig_version: Which scheme made the signature; signatures of two schemes are never compared.
        revision: Number of the latest revision.
        answers: To the origins that may be delivered again.
    """

    article_id: ArticleId
    group_id: ArticleId
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    title_hash: str = ""
    text_hash: str = ""
    sentence_hashes: bytes = b""
    signature: bytes = b""
    sig_version: int = 1
    revision: int = 1
    answers: tuple[Answer, ...] = ()
