"""What travels: the records on the topics, the registry of topics and the codec.

This package is the contract with everyone outside. It imports nothing of the
pipeline; whoever reads or writes our topics needs only this.
"""

from schemas.alert import Alert, Clause, Highlight
from schemas.clean import (
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
from schemas.codec import DecodeError, DecodeProblem, decode, encode
from schemas.dead_letter import DeadLetter
from schemas.dropped import DroppedArticle
from schemas.duplicate import Change, CopyGroup, DuplicateArticle
from schemas.enriched import EnrichedArticle, Entity, EntityType, Field, Mention
from schemas.feed_state import FeedHealth, FeedState, Push, PushPhase
from schemas.identity import article_id
from schemas.import_position import ImportPosition
from schemas.memory import Answer, Memory
from schemas.raw import Encoding, HttpInfo, RawArticle
from schemas.record import ORIGIN_HEADER, REPLAY_HEADER, Origin, Receipt, Record
from schemas.subscription import AlertKind, QuietHours, Subscription
from schemas.topics import TOPICS, Topic, routed_topic, topic_named
from schemas.unique import Revision, RevisionKind, UniqueArticle

__all__ = [
    "ORIGIN_HEADER",
    "REPLAY_HEADER",
    "TOPICS",
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
    "routed_topic",
    "topic_named",
]
