"""The base of every record, and what every record carries: origin and receipts."""

from typing import Annotated, NamedTuple, Self

import msgspec

ORIGIN_HEADER = "news-origin"
"""Kafka header that every record carries from ``clean`` on: its origin, as text."""

REPLAY_HEADER = "news-replay-of"
"""Kafka header of a raw record that was replayed from Kafka: the origin it had."""

ArticleId = Annotated[
    str,
    msgspec.Meta(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
]
"""A UUID in lower case with hyphens, see `streams.records.identity.article_id`."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
"""Text that may not be empty: names of sources, stages, rules, entities."""

Url = Annotated[str, msgspec.Meta(max_length=8192)]
"""An absolute URL, or empty where the article has none; 8 KiB is what servers accept."""

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
"""A similarity, confidence or salience from 0 to 1."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What every record and its parts derive from: frozen, keyword-only, validated on decoding.

    A record grows only by fields with defaults; a reader ignores fields that
    it does not know (`tests/streams/records/test_evolution.py`).
    """


class Receipt(Record, frozen=True, kw_only=True):
    """What one stage decided about an article, and why.

    Attributes:
        stage: Name of the stage, such as ``clean``.
        decision: What it did, a verb phrase in snake case: ``kept``, ``merged``.
        rule: What decided: the name of a rule, method or extractor.
        evidence: What the decision rests on, for people; may be empty.
    """

    stage: Name
    decision: Name
    rule: str = ""
    evidence: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class Origin(NamedTuple):
    """Where an article entered: its position in the raw topic, the same for all that comes of it.

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
        """Read an origin from its header.

        Raises:
            ValueError: If ``text`` is not ``topic-partition-offset``.
        """
        topic, partition, offset = text.rsplit("-", 2)
        return cls(topic, int(partition), int(offset))
