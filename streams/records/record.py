"""The base class of the records, and the parts that they share: receipts, origins, headers."""

from datetime import datetime
from typing import Annotated, Final, NamedTuple, Self

import msgspec

ORIGIN_HEADER = "news-origin"
"""Kafka header of every record that a stage writes: the origin, ``TOPIC@ID-PARTITION-OFFSET``.

Older versions wrote it without ``@ID``, and so it is with brokers before Kafka 2.8."""

REPLAY_HEADER = "news-replay-of"
"""Kafka header of a raw record that was replayed from Kafka: the origin of the first record."""

ATTEMPT_HEADER = "news-attempt"
"""Kafka header of a redriven record and of all records made from it: 1, plus 1 per redrive."""

REDRIVEN_HEADER = "news-redriven"
"""Kafka header of a message without a value on the topic of dead letters: stage, position and
digest of the record whose dead letter was redriven, ``STAGE TOPIC-PARTITION-OFFSET DIGEST``."""

REDRIVEN_TO_HEADER = "news-redriven-to"
"""Kafka header of the same message: where the record was sent, ``TOPIC-PARTITION-OFFSET``."""

TAKEN_HEADER = "news-taken"
"""Kafka header of every record that a worker writes: when the first stage took the article.

Milliseconds since the epoch, in decimal digits; stages measure their backlog by it."""

SENDER_HEADER = "news-sender"
"""Kafka header that says who sent an article: ``token:NAME`` for a push over HTTP.

Stages copy it and share their time fairly between senders; without it the source is the sender."""

ArticleId = Annotated[
    str,
    msgspec.Meta(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
]
"""A UUID in lower case with hyphens; see `streams.records.identity.article_id`."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
"""A string that is not empty: the name of a source, stage, rule or entity."""

Url = Annotated[str, msgspec.Meta(max_length=8192)]
"""An absolute URL, or empty if the article has none; servers accept up to 8 KiB."""

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with an offset from UTC."""

Count = Annotated[int, msgspec.Meta(ge=0)]
"""A number from 0."""

Offset = Annotated[int, msgspec.Meta(ge=0)]
"""A position in a text, in characters from 0."""

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
"""A similarity, confidence or salience from 0 to 1."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base class of the records and their parts: frozen, keyword-only, validated when decoded.

    New fields always have a default, and readers ignore unknown fields
    (`tests/streams/records/test_evolution.py`).
    """


class Receipt(Record, frozen=True, kw_only=True):
    """Decision of one stage about an article.

    Attributes:
        stage: Name of the stage, such as ``clean``.
        decision: Decision, a verb phrase in snake case, such as ``kept`` or ``merged``.
        rule: Name of the rule, method or extractor that decided; may be empty.
        evidence: Evidence for the decision, for people; may be empty.
    """

    stage: Name
    decision: Name
    rule: str = ""
    evidence: Annotated[str, msgspec.Meta(max_length=2000)] = ""


TOPIC_ID_DIGITS: Final = 8
"""Hexadecimal digits of a topic id in an origin: the first of the UUID that Kafka gives a topic.

Kafka gives it when the topic is created (KIP-516). As with short names of Git commits, two topics
that have had one name share the digits by chance once in 4 billion.
"""


class _Position(NamedTuple):
    """Topic, partition and offset of a message."""

    topic: str
    partition: int
    offset: int


class Origin(_Position):
    """Position in the raw topic where an article entered the pipeline.

    All records made from one raw record have the same origin. A topic that is deleted and created
    again begins at offset 0 again; the topic id tells its records from those of its predecessor.

    Two origins with different topic ids are different. One without a topic id, as older versions
    wrote and as brokers before Kafka 2.8 have, equals the same position with any.

    Args:
        topic: Logical name of the topic.
        partition: Partition of the record.
        offset: Offset of the record.
        topic_id: First 8 hexadecimal digits of the topic's UUID; empty if unknown.

    Examples:
        >>> str(Origin("articles.raw.v1", 3, 17))
        'articles.raw.v1-3-17'
        >>> str(Origin("articles.raw.v1", 3, 17, "5f2c90aa"))
        'articles.raw.v1@5f2c90aa-3-17'
        >>> Origin.parse("articles.raw.v1@5f2c90aa-3-17").topic_id
        '5f2c90aa'
        >>> Origin("a", 3, 17, "5f2c90aa") == Origin("a", 3, 17, "00000000")
        False
    """

    topic_id: str

    def __new__(cls, topic: str, partition: int, offset: int, topic_id: str = "") -> Self:  # noqa: D102
        self = super().__new__(cls, topic, partition, offset)
        self.topic_id = topic_id
        return self

    def __str__(self) -> str:
        place = f"{self.topic}@{self.topic_id}" if self.topic_id else self.topic
        return f"{place}-{self.partition}-{self.offset}"

    def __repr__(self) -> str:
        return f"Origin.parse({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not tuple.__eq__(self, other):
            return False
        theirs = getattr(other, "topic_id", "")
        return not (self.topic_id and theirs) or self.topic_id == theirs

    def __ne__(self, other: object) -> bool:
        return not self == other

    # Not of the topic id: equal origins have equal hashes.
    __hash__ = tuple.__hash__

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the value of the origin header.

        Raises:
            ValueError: If ``text`` is not ``TOPIC-PARTITION-OFFSET``, with or without ``@`` and the
                topic id after the topic.
        """
        place, partition, offset = text.rsplit("-", 2)
        topic, _, topic_id = place.partition("@")
        return cls(topic, int(partition), int(offset), topic_id)


def short_topic_id(uuid: bytes) -> str:
    """Return the topic id in an origin; empty for the UUID of zeros, Kafka's "none".

    Args:
        uuid: The 16 bytes of the topic's UUID.

    Examples:
        >>> short_topic_id(bytes.fromhex("5f2c90aa00000000b9000000000000aa"))
        '5f2c90aa'
        >>> short_topic_id(bytes(16))
        ''
    """
    return uuid.hex()[:TOPIC_ID_DIGITS] if any(uuid) else ""
