"""CleanArticle: the content and metadata of an article, each field with its provenance."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.record import ArticleId, AwareTime, Name, Offset, Receipt, Record, Share, Url


class ParagraphKind(StrEnum):
    """Role of a paragraph in the text.

    Attributes:
        SUMMARY: Standfirst, the text between title and body.
        HEADING: Subheading in the body; the title of the article is not part of the text.
        PARAGRAPH: Running text.
        QUOTE: Block quotation.
        LIST_ITEM: One item of a list.
    """

    SUMMARY = "summary"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    QUOTE = "quote"
    LIST_ITEM = "list_item"


class TimePrecision(StrEnum):
    """Precision of a publication time.

    Attributes:
        SECOND: Known to the second.
        MINUTE: Known to the minute.
        DAY: Only the day is known.
        UNKNOWN: No publication time is known.
    """

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    UNKNOWN = "unknown"


class AuthorKind(StrEnum):
    """Kind of author.

    Attributes:
        PERSON: A person.
        ORGANIZATION: An organization, such as a news agency or a newsroom.
    """

    PERSON = "person"
    ORGANIZATION = "organization"


class Agreement(StrEnum):
    """Agreement of the candidates for the value of a field.

    Attributes:
        ONLY: There was one candidate.
        AGREED: At least two places of the page gave the same value.
        DISPUTED: The candidates differed; the value is the candidate with the highest rank.
    """

    ONLY = "only"
    AGREED = "agreed"
    DISPUTED = "disputed"


class Site(Record, frozen=True, kw_only=True):
    """Site that published the article.

    Attributes:
        name: Name of the site; empty if unknown.
        domain: Registrable domain, such as ``example.co.uk``; empty if unknown.
    """

    name: str = ""
    domain: str = ""


class Paragraph(Record, frozen=True, kw_only=True):
    """A part of the field ``text``.

    Attributes:
        kind: Role of the paragraph.
        start: Offset of the first character in ``text``, in Unicode code points.
        end: Offset after the last character, in Unicode code points.
    """

    kind: ParagraphKind
    start: Offset
    end: Offset


class PublicationTime(Record, frozen=True, kw_only=True):
    """Publication time of the article.

    Attributes:
        time: Time with offset; midnight UTC if only the day is known; null if unknown.
        precision: Precision of the time.
        source: Place that the time was read from, such as ``json-ld``, ``meta`` or ``seed``; empty
            if unknown.
    """

    time: AwareTime | None = None
    precision: TimePrecision = TimePrecision.UNKNOWN
    source: str = ""


class Language(Record, frozen=True, kw_only=True):
    """Language of title and text.

    Attributes:
        code: ISO 639 code in lower case, two letters where there are; ``und`` if undetermined.
        confidence: Confidence in the code, from 0 to 1.
    """

    code: Annotated[str, msgspec.Meta(pattern="^[a-z]{2,3}$")] = "und"
    confidence: Share = 0.0


class Author(Record, frozen=True, kw_only=True):
    """Author of the article.

    Attributes:
        name: Name as published.
        kind: Kind of author.
    """

    name: Name
    kind: AuthorKind = AuthorKind.PERSON


class Provenance(Record, frozen=True, kw_only=True):
    """Origin of the value of a field.

    Attributes:
        source: Place that the value was read from, such as ``json-ld``, ``og``, ``h1``, ``feed`` or
            ``sign-off``.
        confidence: Confidence in the value, from 0 to 1.
        agreement: Agreement of the candidates.
        alternatives: Other candidates, each as ``SOURCE: VALUE``; at most five.
    """

    source: Name
    confidence: Share = 1.0
    agreement: Agreement = Agreement.ONLY
    alternatives: tuple[str, ...] = ()


class CleanArticle(Record, frozen=True, kw_only=True):
    """An article without page furniture, each field with its provenance.

    Attributes:
        id: Id of the article, the same for all its versions; the key of the record.
        source: Name of the source that delivered the article.
        fetched: Time when the source got the article.
        url: Canonical URL; empty if none.
        site: Site that published the article.
        title: Headline without the name of the site; empty if none.
        text: Standfirst, subheadings and paragraphs, separated by blank lines; without the title.
        summary: Standfirst, as in ``text``; empty if none.
        paragraphs: Parts of ``text`` in order, without overlap.
        published: Publication time and its precision.
        modified: Time of the last change, as published; null if unknown.
        language: Language of title and text.
        authors: Authors as published, without generic bylines such as "Staff" and without e-mail
            addresses.
        agency: News agency that the article credits, such as ``ANI``; empty if none.
        section: Section of the site; empty if unknown.
        image: URL of the lead image; empty if none.
        paywalled: Whether a paywall truncates the text; null if unknown.
        provenance: Origin of each value, by the name of its field.
        receipts: Decisions of the stages so far, in order.
        claimed_by: Name of the source whose words these are, if it may not speak for the publisher
            of ``url``: a claim about what that publisher wrote. Empty if title and text come from
            the publisher's own server or feed, or from a source that the operator trusts.
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
    claimed_by: str = ""


def event_time(article: CleanArticle) -> datetime:
    """Return the event time of an article: its publication time, else its fetch time.

    The event time is never later than the fetch time: a publication time in the future is an
    error of the publisher.

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
