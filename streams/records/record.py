"""The base class of the records, and the parts that they share: receipts, origins, headers."""

from datetime import datetime
from typing import Annotated, NamedTuple, Self

import msgspec

ORIGIN_HEADER = "news-origin"
"""Kafka header of every record that a stage writes: the origin, ``TOPIC-PARTITION-OFFSET``."""

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


class Origin(NamedTuple):
    """Position in the raw topic where an article entered the pipeline.

    All records made from one raw record have the same origin.

    Examples:
        >>> str(Origin("articles.raw.v1", 3, 17))
        'articles.raw.v1-3-17'
        >>> Origin.parse("articles.raw.v1-3-17").offset
        17
    """

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}-{self.partition}-{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the value of the origin header.

        Raises:
            ValueError: If ``text`` is not ``TOPIC-PARTITION-OFFSET``.
        """
        topic, partition, offset = text.rsplit("-", 2)
        return cls(topic, int(partition), int(offset))
