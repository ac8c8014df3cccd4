"""Memory: the state of the stage ``dedupe`` for one article."""

from typing import Annotated

import msgspec

from streams.records.duplicate import Change, CopyGroup
from streams.records.record import ArticleId, AwareTime, Count, Record, Share
from streams.records.unique import Revision


class Answer(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Result of ``dedupe`` for one origin: a redelivered origin gets the same result.

    Attributes:
        origin: Origin, ``TOPIC@ID-PARTITION-OFFSET`` in the raw topic.
        version: First 8 digits of the ``version_hash`` of the text that was answered: another text
            at the same position is another article. Empty in records of older versions.
        group_id: Group id of the result.
        revision: Revision of a new or revised article; null for a duplicate.
        duplicate_of: Id of the article that a duplicate repeats; else empty.
        change: Relation of a duplicate to that article; else null.
        method: Method of the decision: ``rule`` of its receipt.
        similarity: Similarity of a duplicate, from 0 to 1.
        containment: Containment of a duplicate, from 0 to 1.
        evidence: Evidence of the receipt.
        group: Group of copies of a duplicate; else null.
    """

    origin: str
    version: str = ""
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
    """State of ``dedupe`` for one article: of its latest version, unless stated otherwise.

    An internal record: its layout serves ``dedupe`` only.

    Attributes:
        article_id: Id of the article; the key of the record.
        group_id: Id of the group of copies: the id of the first article seen in it.
        time: Event time of the first version.
        day_only: Whether only the day of that time is known.
        fetched: Fetch time of the latest version.
        latest: Origin of the latest version.
        title_hash: Hash of the words of the title, 16 hexadecimal digits; empty without words.
        text_hash: Hash of the words of the text, 16 hexadecimal digits; empty without words.
        version_hash: Hash of title and text with case and punctuation: differs between versions.
        words: Number of words in the text; 0 if the article has only a headline.
        sentence_hashes: Hashes of the sentences in order, 4 bytes each, in base64.
        numbers_hash: Hash of the set of numbers in title and text.
        number_marks: Hashes of the numbers in the text, 2 bytes each, ascending, at most 48, in
            base64.
        number_values: Values of the first numbers in the text, in order, 2 bytes each, at most 24,
            as logarithms, in base64.
        name_marks: Hashes of the capitalized names in the text, 2 bytes each, ascending, at most
            32, in base64.
        title_marks: Hashes of the words of the title, 2 bytes each, ascending, at most 24, in
            base64.
        title_spellings: Hashes of the words of the title without what differs between spellings,
            2 bytes each, ascending, at most 24, in base64.
        names_hash: Hash of the set of capitalized names in the text.
        corrected: Whether the text contains a correction notice.
        signature: Sample of the shingles of the text in order, in base64; empty if the text is too
            short.
        bands: Keys of the MinHash bands, 4 bytes each, little endian, in base64: similar texts
            share a key.
        sig_version: Version of the signature scheme; signatures of different versions are not
            compared.
        revision: Revision number of the latest version, from 1.
        duplicate_of: Id of the article that this one copies; empty if it was new.
        outlet: Registrable domain of the site, else the name of the source.
        agency: News agency that the article credits; empty if none.
        group: Group of copies, as known when the record was written; null if there are no copies.
        outlets: Names of the outlets of the group, at most 64.
        sequence: Sequence number of the record over all that ``dedupe`` wrote, ascending.
        clock: Later of the event time and of the clock of the memory when the record was written.
        answers: Results for the origins that Kafka may redeliver.
        claimed_by: As in the article: empty if its words are the publisher's.
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
    number_values: bytes = b""
    name_marks: bytes = b""
    title_marks: bytes = b""
    title_spellings: bytes = b""
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
    claimed_by: str = ""
