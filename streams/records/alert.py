"""Alert: a match of a saved search with an article."""

from datetime import datetime
from typing import Annotated

import msgspec

from streams.records.enriched import Entity, Field
from streams.records.record import ArticleId, Name, Offset, Record, Url
from streams.records.subscription import AlertKind


class Clause(Record, frozen=True, kw_only=True):
    """A clause of the saved search that matched, as the subscriber wrote it.

    Attributes:
        text: Text of the clause; starts with ``not`` if the clause is negated.
    """

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Highlight(Record, frozen=True, kw_only=True):
    """A span of the title or the text that a clause matched.

    Attributes:
        field: Field of the article that the span is in.
        start: Offset of the first character, in Unicode code points.
        end: Offset after the last character, in Unicode code points.
    """

    field: Field
    start: Offset
    end: Offset


class Alert(Record, frozen=True, kw_only=True):
    """A match of a saved search with one version of an article.

    Attributes:
        id: Unique id of the alert, ``SUBSCRIPTION_ID/ARTICLE_ID/VERSION``; a redelivered alert has
            the same id. The version is the revision number, or the kind of a duplicate, such as
            ``copy``.
        subscription_id: Id of the saved search that matched; the key of the record.
        article_id: Id of the article that matched.
        kind: Relation of the article to the articles before it.
        revision: Revision number of the article, from 1.
        title: Headline of the article.
        url: URL of the article; empty if unknown.
        published: Publication time; null if unknown.
        source: Name of the source that delivered the article.
        language: Language of the article, an ISO 639 code; ``und`` if undetermined.
        summary: Beginning of the article, about 300 characters.
        clauses: Clauses that matched, in the order of the query; a long list is truncated.
        highlights: Spans that these clauses matched, title first, without overlap; a long list is
            truncated.
        entities: Entities in the article, most salient first; a long list is truncated.
        passage: Excerpt of the text around the first match; empty if no clause matched in the text.
        passage_start: Offset of the passage in the text, in Unicode code points.
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
