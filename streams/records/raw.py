"""RawArticle: an article as it was found, before anyone looked into it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.record import ArticleId, Name, Record, Url


class Encoding(StrEnum):
    """How the bytes of a raw body are wrapped."""

    IDENTITY = "identity"
    """As they are."""
    GZIP = "gzip"
    """Compressed with gzip (RFC 1952); used above 64 KiB."""


class HttpInfo(Record, frozen=True, kw_only=True):
    """What the server said when the body was fetched.

    Attributes:
        status: HTTP status code.
        etag: Validator for the next conditional request; empty if none.
        last_modified: ``Last-Modified`` as sent; empty if none.
    """

    status: Annotated[int, msgspec.Meta(ge=100, le=599)]
    etag: str = ""
    last_modified: str = ""


class RawArticle(Record, frozen=True, kw_only=True):
    """An article as a source found it: bytes and what came beside them, nothing interpreted.

    Attributes:
        id: See `streams.records.identity.article_id`; the key of its record.
        source: Who delivered it: name of a feed, folder, producer.
        fetched: When the source got it.
        url: Where it is published, as given; empty if unknown.
        external_id: Feed guid or wire number within the source; empty if none.
        published: Publication time as given, any format; empty if none.
        title: Title as given; empty if it is only in the body.
        summary: Teaser as given (a feed's description).
        authors: Names as given.
        content_type: MIME type of the body: ``text/html``, ``text/plain``.
        charset: Character set as the server declared it; empty if it did not.
        encoding: How the body's bytes are wrapped.
        body: The page or text, base64 in JSON.
        feed_url: The feed that announced it; empty if none.
        http: What the server said; null if it was not fetched over HTTP.
        replayed_from: Origin of the record that this one repeats; empty if it is no replay.
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
