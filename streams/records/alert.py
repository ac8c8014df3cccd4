"""Alert: a saved search matched an article."""

from datetime import datetime
from typing import Annotated

import msgspec

from streams.records.enriched import Entity, Field
from streams.records.record import ArticleId, Name, Record, Url
from streams.records.subscription import AlertKind

Offset = Annotated[int, msgspec.Meta(ge=0)]


class Clause(Record, frozen=True, kw_only=True):
    """A clause of the query that matched, as the subscriber wrote it.

    Attributes:
        text: With ``not`` before it when the article was to be without it.
    """

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Highlight(Record, frozen=True, kw_only=True):
    """A stretch of title or text that a clause matched, in characters."""

    field: Field
    start: Offset
    end: Offset


class Alert(Record, frozen=True, kw_only=True):
    """What a subscriber is told: which article matched, by what, where.

    Attributes:
        id: ``subscription/article/version``: makes repeats recognizable. The version is the
            revision's number; for a duplicate what it is, ``copy``.
        subscription_id: Whose search matched; the key of its record.
        article_id: What it matched.
        kind: What the article is among those before it.
        revision: Which version of the article.
        title: Its headline.
        url: Where to read it.
        published: When; null if unknown.
        source: Who delivered it.
        language: Its language, ISO 639 code.
        summary: How it begins, some 300 characters.
        clauses: What matched, in the order of the query; not all of many.
        highlights: Where these clauses matched, title first, without overlap; not all of many.
        entities: Whom the article names, the most salient first; not all of many.
        passage: What stands around the first place in its text that a clause matched, as written
            there; empty where none did.
        passage_start: Where the passage begins in the text, in characters.
    """

    id: Name
    subscription_id: Name
    article_id: ArticleId
    kind: AlertKind = AlertKind.NEW
    revision: Annotated[int, msgspec.Meta(ge=1)] = 1
    title: str = ""
    url: Url = ""
    published: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    source: str = ""
    language: str = "und"
    summary: str = ""
    clauses: tuple[Clause, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    entities: tuple[Entity, ...] = ()
    passage: str = ""
    passage_start: Offset = 0
