"""The records on the Kafka topics, the registry of the topics, and the JSON codec.

This package is the public contract. It imports nothing else of ``streams``: a program that
reads or writes the topics needs only this package.
"""

from streams.records.alert import Alert, Clause, Highlight
from streams.records.clean import (
    Agreement,
    Author,
    AuthorKind,
    CleanArticle,
    Language,
    Paragraph,
    ParagraphKind,
    Provenance,
    PublicationTime,
    Site,
    TimePrecision,
    event_time,
)
from streams.records.codec import DecodeError, DecodeProblem, decode, encode
from streams.records.dead_letter import DeadLetter
from streams.records.dropped import DroppedArticle
from streams.records.duplicate import Change, CopyGroup, DuplicateArticle
from streams.records.enriched import (
    UNNAMED_TYPES,
    EnrichedArticle,
    Entity,
    EntityType,
    Field,
    Mention,
    named_entities,
)
from streams.records.feed_state import FeedHealth, FeedState, Push, PushPhase
from streams.records.identity import article_id
from streams.records.import_position import ImportPosition
from streams.records.memory import Answer, Memory
from streams.records.raw import Encoding, HttpInfo, RawArticle
from streams.records.record import (
    ATTEMPT_HEADER,
    ORIGIN_HEADER,
    REDRIVEN_HEADER,
    REDRIVEN_TO_HEADER,
    REPLAY_HEADER,
    SENDER_HEADER,
    TAKEN_HEADER,
    Origin,
    Receipt,
    Record,
)
from streams.records.subscription import AlertKind, QuietHours, Subscription
from streams.records.topics import TOPICS, Topic, routed_topic, topic_named
from streams.records.unique import Revision, RevisionKind, UniqueArticle

__all__ = [
    "ATTEMPT_HEADER",
    "ORIGIN_HEADER",
    "REDRIVEN_HEADER",
    "REDRIVEN_TO_HEADER",
    "REPLAY_HEADER",
    "SENDER_HEADER",
    "TAKEN_HEADER",
    "TOPICS",
    "UNNAMED_TYPES",
    "Agreement",
    "Alert",
    "AlertKind",
    "Answer",
    "Author",
    "AuthorKind",
    "Change",
    "Clause",
    "CleanArticle",
    "CopyGroup",
    "DeadLetter",
    "DecodeError",
    "DecodeProblem",
    "DroppedArticle",
    "DuplicateArticle",
    "Encoding",
    "EnrichedArticle",
    "Entity",
    "EntityType",
    "FeedHealth",
    "FeedState",
    "Field",
    "Highlight",
    "HttpInfo",
    "ImportPosition",
    "Language",
    "Memory",
    "Mention",
    "Origin",
    "Paragraph",
    "ParagraphKind",
    "Provenance",
    "PublicationTime",
    "Push",
    "PushPhase",
    "QuietHours",
    "RawArticle",
    "Receipt",
    "Record",
    "Revision",
    "RevisionKind",
    "Site",
    "Subscription",
    "TimePrecision",
    "Topic",
    "UniqueArticle",
    "article_id",
    "decode",
    "encode",
    "event_time",
    "named_entities",
    "routed_topic",
    "topic_named",
]
