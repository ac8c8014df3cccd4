"""Alert: a saved search matched an article."""

from datetime import datetime
from typing import Annotated

import msgspec

from schemas.enriched import Entity, Field
from schemas.record import ArticleId, Name, Record, Url

Offset = Annotated[int, msgspec.Meta(ge=0)]


class Clause(Record, frozen=True, kw_only=True):
    """A clause of the query that matched, as the subscriber wrote it."""

    text: Name


class Highlight(Record, frozen=True, kw_only=True):
    """A stretch of title or text that a clause matched, in characters."""

    field: Field
    start: Offset
    end: Offset


class Alert(Record, frozen=True, kw_only=True):
    """What a subscriber is told: which article matched, by what, where.

    Attributes:
        id: Same for the same subscription, article and revision: makes repeats recognisable.
        subscription_id: Whose search matched; the key of its record.
        article_id: What it matched.
        revision: Which version of the article.
        title: Its headline.
        url: Where to read it.
        published: When; null if unknown.
        source: Who delivered it.
        clauses: What matched.
        highlights: Where.
        entities: Whom the article names.
    """

    id: Name
    subscription_id: Name
    article_id: ArticleId
    revision: Annotated[int, msgspec.Meta(ge=1)] = 1
    title: str = ""
    url: Url = ""
    published: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    source: str = ""
    clauses: tuple[Clause, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    entities: tuple[Entity, ...] = ()
