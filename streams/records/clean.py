"""CleanArticle: what a reader would call the article, and how sure we are of each part."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.record import ArticleId, Name, Receipt, Record, Share, Url

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
Offset = Annotated[int, msgspec.Meta(ge=0)]


class ParagraphKind(StrEnum):
    """What a stretch of the text is."""

    SUMMARY = "summary"
    """The standfirst: what stands between title and body."""
    HEADING = "heading"
    """A subheading; the title is none."""
    PARAGRAPH = "paragraph"
    """Running text."""
    QUOTE = "quote"
    """A quotation set as a block."""
    LIST_ITEM = "list_item"
    """One item of a list."""


class TimePrecision(StrEnum):
    """How exactly a publication time is known."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    UNKNOWN = "unknown"


class AuthorKind(StrEnum):
    """Who signs: a person, or an organization such as an agency or the newsroom."""

    PERSON = "person"
    ORGANIZATION = "organization"


class Agreement(StrEnum):
    """How the candidates for a field stood to each other."""

    ONLY = "only"
    """There was one candidate."""
    AGREED = "agreed"
    """At least two sources said the same."""
    DISPUTED = "disputed"
    """Sources differed and the best ranked was taken."""


class Site(Record, frozen=True, kw_only=True):
    """Where the article stands: the site's name and its registrable domain, empty if unknown."""

    name: str = ""
    domain: str = ""


class Paragraph(Record, frozen=True, kw_only=True):
    """A stretch of ``text``, from ``start`` up to, not including, ``end`` (characters)."""

    kind: ParagraphKind
    start: Offset
    end: Offset


class PublicationTime(Record, frozen=True, kw_only=True):
    """When the article was published.

    Attributes:
        time: Aware; midnight UTC of the day when only the day is known; null
            when nothing is known.
        precision: How exactly.
        source: Where it was read: ``json-ld``, ``meta``, ``seed`` …; empty when unknown.
    """

    time: AwareTime | None = None
    precision: TimePrecision = TimePrecision.UNKNOWN
    source: str = ""


class Language(Record, frozen=True, kw_only=True):
    """The language of the text: ISO 639-1 code, ``und`` when undetermined."""

    code: Annotated[str, msgspec.Meta(pattern="^[a-z]{2,3}$")] = "und"
    confidence: Share = 0.0


class Author(Record, frozen=True, kw_only=True):
    """Who signed the article."""

    name: Name
    kind: AuthorKind = AuthorKind.PERSON


class Provenance(Record, frozen=True, kw_only=True):
    """Where the value of a field came from.

    Attributes:
        source: The place it was read from: ``json-ld``, ``og``, ``h1``, ``feed``, ``sign-off`` …
        confidence: From 0 to 1.
        agreement: How the candidates stood to each other.
        alternatives: What other sources said, as ``source: value``; at most five.
    """

    source: Name
    confidence: Share = 1.0
    agreement: Agreement = Agreement.ONLY
    alternatives: tuple[str, ...] = ()


class CleanArticle(Record, frozen=True, kw_only=True):
    """An article as a reader would see it, each part with its provenance.

    Attributes:
        id: Same id for all versions of the article; the key of its record.
        source: Who delivered it.
        fetched: When the source got it.
        url: Canonical URL; empty if none.
        site: Where it stands.
        title: Headline without the site's name; empty if there is none.
        text: Summary, subheadings and paragraphs, a blank line between; not the title.
        summary: The standfirst, as in ``text``; empty if none.
        paragraphs: The parts of ``text`` in order, without overlap.
        published: When, and how exactly that is known.
        modified: Last change as published; null if not said.
        language: Of title and text.
        authors: Who signed; never "Staff" or an address.
        agency: News agency credited, such as ``ANI``; empty if none.
        section: Section of the site; empty if unknown.
        image: URL of the lead image; empty if none.
        paywalled: Whether the text is cut by a paywall; null if unknown.
        provenance: Field name to where its value came from.
        receipts: What the stages decided so far.
    """

    id: ArticleId
    source: Name
    fetched: AwareTime
    url: Url = ""
    site: Site = Site()
    title: str = ""
    text: str = ""
    summary: str = ""
    paragraphs: tuple[Paragraph, ...] = ()
    published: PublicationTime = PublicationTime()
    modified: AwareTime | None = None
    language: Language = Language()
    authors: tuple[Author, ...] = ()
    agency: str = ""
    section: str = ""
    image: str = ""
    paywalled: bool | None = None
    provenance: dict[str, Provenance] = {}
    receipts: tuple[Receipt, ...] = ()


def event_time(article: CleanArticle) -> datetime:
    """Give the time an article counts from: when it was published, else when it was fetched.

    Never later than the fetch: a date in the future is somebody's mistake.

    Examples:
        >>> from datetime import UTC
        >>> day = datetime(2026, 1, 2, tzinfo=UTC)
        >>> name = "00000000-0000-0000-0000-000000000000"
        >>> article = CleanArticle(id=name, source="x", fetched=day)
        >>> event_time(article) == day
        True
    """
    time = article.published.time
    return article.fetched if time is None else min(time, article.fetched)
