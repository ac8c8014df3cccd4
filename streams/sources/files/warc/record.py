"""Read the page in a WARC record, decompressed."""

import hashlib
import io
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from streams.fetch.body import BodyError, BoundedBody
from streams.outcome import RejectReason
from streams.records import HttpInfo, RawArticle
from streams.sources.article import raw_article, validate
from streams.sources.bounded_reading import CHUNK_BYTES, KEPT_BYTES, MAX_BODY_BYTES
from streams.sources.rejection import Rejected
from streams.text.content_type import PAGE_TYPES, declared_charset, looks_like_page, mime_type

PAGE_STATUSES: Final = frozenset((200, 203))
"""Statuses whose body is the page (RFC 9110, section 15.3)."""

MAX_BLOCK_BYTES: Final = MAX_BODY_BYTES + 1024 * 1024
"""Largest block that is read: body and headers."""

_HTTP = ("http://", "https://")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Headers:
    """The headers of a body."""

    content_type: str
    encoding: str = ""
    chunked: bool = False
    http: HttpInfo | None = None


def page_of_record(
    record: Any, place: str, *, source: str, now: datetime
) -> RawArticle | Rejected | str:
    """Return the page in a record.

    Args:
        record: Record of warcio, with the headers read but not the block.
        place: File and number, for messages.
        source: Source of the article.
        now: Time of fetching, if the record has no date.

    Returns:
        The article; a rejection, if a page cannot be read; otherwise the kind of the record: its
        type, ``empty``, ``not_http``, ``other_status`` or ``not_html``.

    Raises:
        EOFError: If the block ends before its HTTP headers.

    References:
        WARC 1.1 (ISO 28500:2017), 6.3 (response), 6.4 (resource).
    """
    kind = record.rec_type or "unknown"
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if kind not in {"response", "resource"}:
        return str(kind)[:40].lower()
    if not record.length or not url.lower().startswith(_HTTP):
        return "not_http" if record.length else "empty"
    headers = _Headers(content_type=record.content_type or "")
    if kind == "response":
        headers = _http_headers(StatusAndHeadersParser([], verify=False).parse(record.raw_stream))
        if headers.http is None:
            return "other_status"
    if mime_type(headers.content_type) not in {*PAGE_TYPES, ""}:
        return "not_html"
    if record.length > MAX_BLOCK_BYTES:
        return _too_large(record.raw_stream, place, record.length)
    fetched = _time(record.rec_headers.get_header("WARC-Date") or "") or now
    return _article(
        record.raw_stream.read(MAX_BLOCK_BYTES),
        headers,
        place,
        source=source,
        url=url,
        fetched=fetched,
    )


def _article(
    block: bytes, headers: _Headers, place: str, *, source: str, url: str, fetched: datetime
) -> RawArticle | Rejected | str:
    try:
        body = _body(block, headers)
    except BodyError as error:
        detail = f"{place}: {url[:200]}: {error}"
        reason = RejectReason.UNREADABLE_BODY
        return Rejected(reason=reason, detail=detail, value=block[:KEPT_BYTES])
    if not body.strip():
        return "empty"
    if not headers.content_type and not looks_like_page(body):
        return "not_html"
    article = raw_article(
        source=source,
        fetched=fetched,
        url=url,
        body=body,
        content_type=mime_type(headers.content_type) or "text/html",
        charset=declared_charset(headers.content_type),
        http=headers.http,
    )
    return validate(article, place=place)


def _http_headers(parsed: StatusAndHeaders) -> _Headers:
    def header(name: str) -> str:
        return parsed.get_header(name) or ""

    code = parsed.get_statuscode()
    is_page = code.isascii() and code.isdigit() and int(code[:4]) in PAGE_STATUSES
    return _Headers(
        content_type=header("content-type"),
        encoding=header("content-encoding"),
        chunked="chunked" in header("transfer-encoding").lower(),
        http=HttpInfo(status=int(code), etag=header("etag"), last_modified=header("last-modified"))
        if is_page
        else None,
    )


def _body(block: bytes, headers: _Headers) -> bytes:
    """Return a body without transfer and content encoding.

    Raises:
        BodyError: If it cannot be decompressed, or is too large.
    """
    if headers.chunked:
        block = ChunkedDataReader(io.BytesIO(block)).read()
    try:
        body = BoundedBody(headers.encoding, max_bytes=MAX_BODY_BYTES)
        body.feed(block)
        return body.finish()
    except BodyError:
        # Some crawlers store the decompressed body with the original header.
        if looks_like_page(block):
            return block
        raise


def _time(text: str) -> datetime | None:
    """Parse WARC-Date: in UTC, to the second or finer (WARC 1.1, section 5.4)."""
    with suppress(ValueError):
        time = datetime.fromisoformat(text.strip())
        return time if time.tzinfo else time.replace(tzinfo=UTC)
    return None


def _too_large(block: Any, place: str, n_bytes: int) -> Rejected:
    digest = hashlib.sha256()
    start = b""
    while part := block.read(CHUNK_BYTES):
        start = start or part[:KEPT_BYTES]
        digest.update(part)
    detail = f"{place}: the block has {n_bytes} bytes, sha256 of the body {digest.hexdigest()}"
    return Rejected(reason=RejectReason.TOO_LARGE, detail=detail, value=start)
