"""RawArticle: an article as a source found it, before parsing."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.record import ArticleId, Name, Record, Url


class Encoding(StrEnum):
    """Content coding of a raw body.

    Attributes:
        IDENTITY: Not compressed.
        GZIP: Compressed with gzip (RFC 1952); used for bodies above 64 KiB.
    """

    IDENTITY = "identity"
    GZIP = "gzip"


class HttpInfo(Record, frozen=True, kw_only=True):
    """HTTP response that the body was fetched with.

    Attributes:
        status: HTTP status code.
        etag: ``ETag`` of the response; empty if none.
        last_modified: ``Last-Modified`` of the response; empty if none.
        url: URL of the response after redirects; empty if there were none.
    """

    status: Annotated[int, msgspec.Meta(ge=100, le=599)]
    etag: str = ""
    last_modified: str = ""
    url: Url = ""


class RawArticle(Record, frozen=True, kw_only=True):
    """An article as a source found it: original bytes and metadata, not parsed.

    Attributes:
        id: Id of the article; the key of the record. A UUIDv5 (`streams.records.article_id`): in
            the URL namespace, of the canonical URL, else of source and external id, else of title
            and body.
        source: Name of the source: a feed, a folder or a producer.
        fetched: Time when the source got the article.
        url: URL as given; empty if unknown.
        external_id: Feed GUID or wire number, unique within the source; empty if none.
        published: Publication time as given, in any format; empty if none.
        title: Title as given; empty if only the body contains it.
        summary: Summary as given, such as the description in a feed; empty if none.
        authors: Author names as given.
        content_type: Media type of the body, such as ``text/html`` or ``text/plain``.
        charset: Character encoding as declared by the server; empty if undeclared.
        encoding: Content coding of the body.
        body: Page or text in base64.
        feed_url: URL of the feed that announced the article; empty if none.
        http: HTTP response; null if the article was not fetched over HTTP.
        replayed_from: Origin of the record that this one replays, ``TOPIC-PARTITION-OFFSET``; empty
            if it is not a replay.
        claimed_by: Name of the source whose words these are, if it may not speak for the publisher
            of ``url``: a feed of another site, or a token. Empty if the body comes from the
            publisher, or the operator trusts the source.
        announced_by: Name of the feed whose title, summary, authors and time these are, if it may
            not speak for the publisher from whose server the body comes; else empty.
        page_problem: Why the body is the feed's own text although its page was wanted; empty if it
            was not, or was fetched.
    """

    id: ArticleId
    source: Name
    fetched: Annotated[datetime, msgspec.Meta(tz=True)]
    url: Url = ""
    external_id: str = ""
    published: str = ""
    title: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    content_type: str = "text/html"
    charset: str = ""
    encoding: Encoding = Encoding.IDENTITY
    body: bytes = b""
    feed_url: Url = ""
    http: HttpInfo | None = None
    replayed_from: str = ""
    claimed_by: str = ""
    announced_by: str = ""
    page_problem: str = ""
