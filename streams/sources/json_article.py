"""Parse a line of JSON as a raw article: with our own fields, or those of common collections."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec

from streams.outcome import RejectReason
from streams.records import DecodeError, Encoding, HttpInfo, RawArticle, Record, decode
from streams.sources.article import raw_article, unpacked_body, validate
from streams.sources.bounded_reading import KEPT_BYTES
from streams.sources.rejection import Rejected

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

MILLISECONDS_FROM: Final = 1e11
"""Smallest number that is a time in milliseconds: in seconds it would be the year 5138."""


class ArticleLine(Record, frozen=True, kw_only=True):
    """The fields of a line; other fields are ignored.

    The fields are those of `streams.records.raw.RawArticle`, all optional, and:

    Attributes:
        id: UUID of the article; any other value is its external id.
        published: Text, or a number of seconds or milliseconds since 1970.
        text: The body as plain text, instead of ``body``.
        html: The body as a page, instead of ``body``.
        dateline: Place and date before the text: ``GENEVA, March 1 -``.
    """

    id: str | int | None = None
    source: str | None = None
    fetched: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    url: str | None = None
    external_id: str | None = None
    published: str | int | float | None = None
    title: str | None = None
    summary: str | None = None
    authors: tuple[str, ...] | str | None = None
    content_type: str | None = None
    charset: str | None = None
    encoding: Encoding = Encoding.IDENTITY
    body: bytes | None = None
    text: str | None = None
    html: str | None = None
    dateline: str | None = None
    feed_url: str | None = None
    http: HttpInfo | None = None
    claimed_by: str | None = None
    announced_by: str | None = None
    page_problem: str | None = None


def article_from_line(
    data: bytes, *, source: str, fetched: datetime, place: str
) -> RawArticle | Rejected:
    """Return the article of a line of a JSON lines file.

    Args:
        data: A JSON object; see `ArticleLine`.
        source: Source of the article, unless the line names one.
        fetched: Time of fetching, unless the line has an earlier one: a sender whose clock is ahead
            must not make all later versions the older ones.
        place: Path and line, for messages.

    Returns:
        The article; or a rejection with reason ``not_json``, ``not_this_record``,
        ``unreadable_body`` or ``too_large``.

    Examples:
        >>> now = datetime(2026, 3, 2, tzinfo=UTC)
        >>> line = b'{"id": "wire-7", "title": "Rain", "dateline": "OSLO -", "text": "It rained."}'
        >>> article = article_from_line(line, source="wire", fetched=now, place="a.jsonl:1")
        >>> article.external_id, article.title, article.body
        ('wire-7', 'Rain', b'OSLO - It rained.')
        >>> article_from_line(b"{", source="wire", fetched=now, place="a.jsonl:1").detail
        'a.jsonl:1: Input data was truncated'
    """
    kept = data[:KEPT_BYTES]
    try:
        line = decode(data, ArticleLine)
    except DecodeError as error:
        detail = f"{place}: {error.detail}"
        reason = RejectReason(error.problem.value)
        return Rejected(reason=reason, detail=detail, value=kept)
    if (line.title, line.summary, line.body, line.text, line.html) == (None,) * 5:
        detail = f"{place}: none of title, summary, text, html, body"
        return Rejected(reason=RejectReason.NOT_THIS_RECORD, detail=detail, value=kept)
    try:
        body, content_type = _body(line)
    except ValueError as error:
        detail = f"{place}: {error}"
        return Rejected(reason=RejectReason.UNREADABLE_BODY, detail=detail, value=kept)
    article = _article(line, body, content_type, source=source, fetched=fetched)
    return validate(article, place=place)


def _article(
    line: ArticleLine, body: bytes, content_type: str, *, source: str, fetched: datetime
) -> RawArticle:
    name = "" if line.id is None else str(line.id)
    is_uuid = _UUID.fullmatch(name) is not None
    return raw_article(
        id=name if is_uuid else "",
        external_id=line.external_id or ("" if is_uuid else name),
        source=line.source or source,
        fetched=min(line.fetched, fetched) if line.fetched else fetched,
        url=line.url or "",
        published=_published(line.published),
        title=line.title or "",
        summary=line.summary or "",
        authors=(line.authors,) if isinstance(line.authors, str) else line.authors or (),
        content_type=content_type,
        charset=line.charset or "",
        body=body,
        feed_url=line.feed_url or "",
        http=line.http,
        claimed_by=line.claimed_by or "",
        announced_by=line.announced_by or "",
        page_problem=line.page_problem or "",
    )


def _body(line: ArticleLine) -> tuple[bytes, str]:
    """Return the decompressed body and its type.

    Raises:
        ValueError: If the body cannot be decompressed.
    """
    if line.body is not None:
        return unpacked_body(line.body, line.encoding), line.content_type or "text/html"
    if line.html is not None:
        return line.html.encode(), line.content_type or "text/html"
    text = line.text or ""
    if line.dateline:
        text = f"{line.dateline} {text}"
    return text.encode(), line.content_type or "text/plain"


def _published(value: str | float | None) -> str:
    """Return a time as text: a number in ISO 8601, a text unchanged."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    seconds = value / 1000 if abs(value) >= MILLISECONDS_FROM else value
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        return str(value)
