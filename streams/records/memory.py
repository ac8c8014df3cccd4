"""Memory: what dedupe remembers of one article; the topic of these records is the truth."""

from datetime import datetime
from typing import Annotated

import msgspec

from streams.records.duplicate import Change, CopyGroup
from streams.records.record import ArticleId, Record, Share
from streams.records.unique import Revision

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class Answer(Record, frozen=True, kw_only=True, omit_defaults=True):
    """The answer given to one origin, so that the same origin gets it again, byte for byte.

    Attributes:
        origin: ``topic-partition-offset`` in the raw topic.
        group_id: As answered.
        revision: As answered to a new article or revision; null for a duplicate.
        duplicate_of: As answered to a duplicate; empty else.
        change: As answered to a duplicate; null else.
        method: How it was found out; the rule of the receipt.
        similarity: As answered to a duplicate.
        containment: As answered to a duplicate.
        evidence: What the receipt said.
        group: As answered to a duplicate.
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
    group: CopyGroup | None = None


class Memory(Record, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of one article: of its latest version, if nothing else is said.

    Attributes:
        article_id: The key of its record.
        group_id: The group of copies it belongs to: the id of the article first seen of it.
        time: Event time of the version first seen.
        day_only: Whether only the day of that time is known.
        fetched: When the latest version was fetched.
        latest: Origin of the latest version.
        title_hash: Of the words of the title, 16 hex digits; empty for no words.
        text_hash: Of the words of the text, 16 hex digits; empty for no words.
        version_hash: Of title and text with case and punctuation: tells a version from the next.
        words: How many words the text has; 0 for an article that is a headline only.
        sentence_hashes: Of its sentences in order, 4 bytes each.
        numbers_hash: Of the set of numbers in title and text.
        number_marks: 2 bytes of each number in the text, ascending, at most 48.
        name_marks: 2 bytes of each capitalized name in the text, ascending, at most 32.
        title_marks: 2 bytes of each word of the title, ascending, at most 24.
        names_hash: Of the set of capitalized names in the text.
        corrected: Whether the text says that it was corrected.
        signature: Sample of the shingles of its text in their order
            (`streams.dedupe.sketch.Sketch`); empty when the text is too short.
        bands: Keys of the bands of its MinHash, 4 bytes each, little endian: where near texts meet.
        sig_version: Which scheme made the signature; signatures of two schemes are never compared.
        revision: Number of the latest version.
        duplicate_of: The article it is a copy of; empty for one that was new.
        outlet: Registrable domain of its site, else its source.
        agency: News agency it credits; empty if none.
        group: The copies of its text, as known when this was written; null when there are none.
        outlets: Names of the outlets of the group, at most 64.
        sequence: Number of this record among all that dedupe wrote: the latest of an article has
            its largest.
        clock: The later of its event time and of the memory's clock when this was written.
        answers: To the origins that may be delivered again.
    """

    article_id: ArticleId
    group_id: ArticleId
    time: AwareTime
    day_only: bool = False
    fetched: AwareTime
    latest: str = ""
    title_hash: str = ""
    text_hash: str = ""
    version_hash: str = ""
    words: Count = 0
    sentence_hashes: bytes = b""
    numbers_hash: str = ""
    number_marks: bytes = b""
    name_marks: bytes = b""
    title_marks: bytes = b""
    names_hash: str = ""
    corrected: bool = False
    signature: bytes = b""
    bands: bytes = b""
    sig_version: int = 1
    revision: Annotated[int, msgspec.Meta(ge=1)] = 1
    duplicate_of: str = ""
    outlet: str = ""
    agency: str = ""
    group: CopyGroup | None = None
    outlets: tuple[str, ...] = ()
    sequence: Count = 0
    clock: AwareTime
    answers: tuple[Answer, ...] = ()
