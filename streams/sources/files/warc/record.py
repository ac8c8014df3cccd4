"""One record of a WARC in, the page it holds out, unpacked, or what it is instead."""

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

GOOD: Final = frozenset((200, 203))
"""Statuses under which a body is the page (RFC 9110, section 15.3)."""

MAX_BLOCK_BYTES: Final = MAX_BODY_BYTES + 1024 * 1024
"""Largest block that is read: a body and its headers."""

_HTTP = ("http://", "https://")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    """What came with a body."""

    content_type: str
    encoding: str = ""
    chunked: bool = False
    http: HttpInfo | None = None


def page_of_record(
    record: Any, place: str, *, source: str, now: datetime
) -> RawArticle | Rejected | str:
    """Read the page out of a record.

    Args:
        record: As warcio gives it, its headers read and its block not yet.
        place: File and number, for people.
        source: Who delivers it.
        now: When it was fetched, if the record has no date.

    Returns:
        The article; a problem, if it is a page that cannot be read; else why it
        is none: the type of record, ``empty``, ``not_http``, ``other_status``, ``not_html``.

    Raises:
        EOFError: If the block ends before its HTTP headers begin.

    References:
        WARC 1.1 (ISO 28500:2017), 6.3 (response), 6.4 (resource).
    """
    kind = record.rec_type or "unknown"
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if kind not in {"response", "resource"}:
        return str(kind)[:40].lower()
    if not record.length or not url.lower().startswith(_HTTP):
        return "not_http" if record.length else "empty"
    said = _Said(content_type=record.content_type or "")
    if kind == "response":
        said = _said(StatusAndHeadersParser([], verify=False).parse(record.raw_stream))
        if said.http is None:
            return "other_status"
    if mime_type(said.content_type) not in {*PAGE_TYPES, ""}:
        return "not_html"
    if record.length > MAX_BLOCK_BYTES:
        return _too_large(record.raw_stream, place, record.length)
    fetched = _time(record.rec_headers.get_header("WARC-Date") or "") or now
    return _article(
        record.raw_stream.read(MAX_BLOCK_BYTES),
        said,
        place,
        source=source,
        url=url,
        fetched=fetched,
    )


def _article(
    block: bytes, said: _Said, place: str, *, source: str, url: str, fetched: datetime
) -> RawArticle | Rejected | str:
    try:
        body = _body(block, said)
    except BodyError as error:
        detail = f"{place}: {url[:200]}: {error}"
        reason = RejectReason.UNREADABLE_BODY
        return Rejected(reason=reason, detail=detail, value=block[:KEPT_BYTES])
    if not body.strip():
        return "empty"
    if not said.content_type and not looks_like_page(body):
        return "not_html"
    article = raw_article(
        source=source,
        fetched=fetched,
        url=url,
        body=body,
        content_type=mime_type(said.content_type) or "text/html",
        charset=declared_charset(said.content_type),
        http=said.http,
    )
    return validate(article, place=place)


def _said(headers: StatusAndHeaders) -> _Said:
    def header(name: str) -> str:
        return headers.get_header(name) or ""

    code = headers.get_statuscode()
    good = code.isascii() and code.isdigit() and int(code[:4]) in GOOD
    return _Said(
        content_type=header("content-type"),
        encoding=header("content-encoding"),
        chunked="chunked" in header("transfer-encoding").lower(),
        http=HttpInfo(status=int(code), etag=header("etag"), last_modified=header("last-modified"))
        if good
        else None,
    )


def _body(block: bytes, said: _Said) -> bytes:
    """Undo what was done to a body on its way.

    Raises:
        BodyError: If it cannot be unpacked, or is too large.
    """
    if said.chunked:
        block = ChunkedDataReader(io.BytesIO(block)).read()
    try:
        body = BoundedBody(said.encoding, max_bytes=MAX_BODY_BYTES)
        body.feed(block)
        return body.finish()
    except BodyError:
        # Some crawlers unpack the body, and leave the header as it was.
        if looks_like_page(block):
            return block
        raise


def _time(text: str) -> datetime | None:
    """Read WARC-Date: UTC, to the second or finer (WARC 1.1, section 5.4)."""
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
    detail = f"{place}: its block has {n_bytes} bytes, sha256 of the body {digest.hexdigest()}"
    return Rejected(reason=RejectReason.TOO_LARGE, detail=detail, value=start)
