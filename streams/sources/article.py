"""Build raw articles: records with an id and a compressed body."""

import gzip
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from streams.outcome import RejectReason
from streams.records import DecodeError, Encoding, HttpInfo, RawArticle, article_id, decode, encode
from streams.records.topics import RAW
from streams.sources.bounded_reading import MAX_BODY_BYTES
from streams.sources.rejection import Rejected
from streams.text.gunzip import TooLargeError, UnreadableError, gunzip
from streams.text.urls import canonical_url

PACKED_ABOVE_BYTES: Final = 64 * 1024
"""Larger bodies are compressed with gzip (architecture, Topics: sizes)."""

PACKING_LEVEL: Final = 6
"""Level of gzip: level 9 made the 122 pages of evals/extraction/fundus-dev 0.8 % smaller in 1.6
times the time (2026-11)."""


def raw_article(
    *,
    source: str,
    fetched: datetime,
    body: bytes,
    id: str = "",  # noqa: A002  # the field's name
    url: str = "",
    external_id: str = "",
    published: str = "",
    title: str = "",
    summary: str = "",
    authors: Iterable[str] = (),
    content_type: str = "text/plain",
    charset: str = "",
    feed_url: str = "",
    http: HttpInfo | None = None,
    claimed_by: str = "",
    announced_by: str = "",
    page_problem: str = "",
) -> RawArticle:
    """Return the record of an article as its source delivered it; values are not validated.

    Deterministic: the same arguments return the same bytes.

    Args:
        source: Name of the feed, file or program that delivers it.
        fetched: Time at which the source received it, aware.
        body: Page or text, unchanged and not compressed.
        id: Id of the article. By default, made by `streams.records.article_id`.
        url: Address of the article; empty if unknown.
        external_id: Feed guid or wire number; empty if none.
        published: Publication time as delivered.
        title: Headline as delivered.
        summary: Teaser as delivered.
        authors: Names as delivered.
        content_type: ``text/plain`` or ``text/html``.
        charset: Declared charset; empty if none.
        feed_url: Feed in which it was found.
        http: Status and headers of the response.
        claimed_by: Source whose words these are, if it may not speak for the publisher.
        announced_by: Feed whose title and teaser these are, if it may not speak for the publisher.
        page_problem: Why the page is not the body.

    Examples:
        >>> from datetime import UTC
        >>> now = datetime(2026, 3, 2, tzinfo=UTC)
        >>> page = raw_article(source="x", fetched=now, url="HTTP://News.Test/a#b", body=b"Rain.")
        >>> page.id == article_id(url="http://news.test/a")
        True
    """
    packed = len(body) > PACKED_ABOVE_BYTES
    return RawArticle(
        id=id or _id(url=url, source=source, external_id=external_id, title=title, body=body),
        source=source,
        fetched=fetched,
        url=url,
        external_id=external_id,
        published=published,
        title=title,
        summary=summary,
        authors=tuple(authors),
        content_type=content_type,
        charset=charset,
        encoding=Encoding.GZIP if packed else Encoding.IDENTITY,
        # Without the time of compression, so that the same page results in the same bytes.
        body=gzip.compress(body, PACKING_LEVEL, mtime=0) if packed else body,
        feed_url=feed_url,
        http=http,
        claimed_by=claimed_by,
        announced_by=announced_by,
        page_problem=page_problem,
    )


def unpacked_body(body: bytes, encoding: Encoding) -> bytes:
    """Return the decompressed body of a raw article.

    Raises:
        ValueError: If it cannot be decompressed, or is larger than 16 MiB.
    """
    if encoding is Encoding.IDENTITY or not body:
        return body
    try:
        return gunzip(body, max_bytes=MAX_BODY_BYTES)
    except (UnreadableError, TooLargeError) as error:
        raise ValueError(f"the body cannot be decompressed: {error}") from error


def validate(article: RawArticle, *, place: str) -> RawArticle | Rejected:
    """Return the article if Kafka and every reader accept it, otherwise the rejection.

    Args:
        article: Article with values that are not validated.
        place: Location for messages: path and line.
    """
    try:
        data = encode(article)
    except (ValueError, TypeError, msgspec.MsgspecError) as error:
        return Rejected(reason=RejectReason.NOT_THIS_RECORD, detail=f"{place}: {error}")
    if len(data) > RAW.max_bytes:
        detail = f"{place}: the record has {len(data)} bytes, more than {RAW.max_bytes}"
        return Rejected(reason=RejectReason.TOO_LARGE, detail=detail, value=data)
    try:
        return decode(data, RawArticle)
    except DecodeError as error:
        detail = f"{place}: {error.detail}"
        return Rejected(reason=RejectReason(error.problem.value), detail=detail, value=data)


def _id(*, url: str, source: str, external_id: str, title: str, body: bytes) -> str:
    try:
        canonical = canonical_url(url) if url else ""
    except ValueError:  # rejected by cleaning; until then the id is made from the content
        canonical = ""
    return article_id(url=canonical, source=source, external_id=external_id, title=title, body=body)
