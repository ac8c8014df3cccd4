"""One line of JSON in, one raw article out: our own fields, or those of common collections."""

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
"""A number of this size is a time in milliseconds: in seconds it would be the year 5138."""


class ArticleLine(Record, frozen=True, kw_only=True):
    """What a line may say; other fields are ignored.

    The fields are those of `streams.records.raw.RawArticle`, all optional, and:

    Attributes:
        id: The article's UUID; anything else is its external id.
        published: As text, or as a number of seconds or milliseconds since 1970.
        text: The body as plain text, instead of ``body``.
        html: The body as a page, instead of ``body``.
        dateline: Stands before the text: ``GENEVA, March 1 -``.
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


def article_from_line(
    data: bytes, *, source: str, fetched: datetime, place: str
) -> RawArticle | Rejected:
    """Read one line of a JSON lines file.

    Args:
        data: A JSON object, see `ArticleLine`.
        source: Who delivers it, where the line does not say so.
        fetched: When, where the line does not say so.
        place: Path and line, for people.

    Returns:
        The article; a problem with reason ``not_json``, ``not_this_record``,
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
    known = _UUID.fullmatch(name) is not None
    return raw_article(
        id=name if known else "",
        external_id=line.external_id or ("" if known else name),
        source=line.source or source,
        fetched=line.fetched or fetched,
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
    )


def _body(line: ArticleLine) -> tuple[bytes, str]:
    """Give the unpacked body and its type.

    Raises:
        ValueError: If a packed one cannot be unpacked.
    """
    if line.body is not None:
        return unpacked_body(line.body, line.encoding), line.content_type or "text/html"
    if line.html is not None:
        return line.html.encode(), line.content_type or "text/html"
    text = line.text or ""
    if line.dateline:
        text = f"{line.dateline} {text}"
    return text.encode(), line.content_type or "text/plain"


def _published(given: str | float | None) -> str:
    """Spell a time that came as a number; text stays as it was given."""
    if given is None:
        return ""
    if isinstance(given, str):
        return given
    seconds = given / 1000 if abs(given) >= MILLISECONDS_FROM else given
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        return str(given)
