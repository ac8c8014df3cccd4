"""Read the pages in WARC files, each with its position."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from streams.outcome import RejectReason
from streams.records import RawArticle
from streams.sources.bounded_reading import CHUNK_BYTES, UNPACKING_ERRORS, Meter, metered
from streams.sources.files.piece import START, Piece, Position
from streams.sources.files.warc.record import page_of_record
from streams.sources.files.warc.stream import BombError, LongLineError, WarcStream
from streams.sources.rejection import Rejected

_BROKEN: Final = (ArchiveLoadFailed, StatusAndHeadersParserException, LongLineError, EOFError)


def pieces_of_warc(
    path: Path,
    *,
    source: str,
    now: Callable[[], datetime],
    meter: Meter,
    start: Position = START,
) -> Iterator[Piece]:
    """Yield the pages of a WARC file.

    A page is the decompressed body of a ``response`` with status 200 (or a ``resource``) over
    HTTP whose type is HTML; other records are passed over with their kind. Memory is bounded by
    one record of at most 17 MiB. A larger or corrupt record is yielded as a rejection, and
    reading continues.

    Args:
        path: ``.warc`` or ``.warc.gz``.
        source: Source of the articles.
        now: Returns the current time, for records without a date.
        meter: Counts the bytes read from disk.
        start: Position of a piece of this file; reading continues after it.

    Raises:
        OSError: If the file cannot be read.
        UnreadableError: If the file cannot be decompressed.
        EOFError: If the compressed file is truncated.
        BombError: If a record decompresses to far more than its size.

    References:
        WARC 1.1 (ISO 28500:2017): 5.5 WARC-Type, 6.3 response, 6.7 revisit.
    """
    with metered(path, meter) as file:
        stream = WarcStream(file, packed=path.suffix == ".gz", start=start)
        number = start.number
        more = stream.begin_record()
        while more:
            before, number = stream.position(number), number + 1
            place = f"{path}:{number}"
            is_broken = False
            content: RawArticle | Rejected | str
            try:
                content = _read_record(stream, place, source=source, now=now)
            except _BROKEN as error:
                is_broken = True
                content = _invalid_record(place, error)
                stream.skip_to_next_header()
            try:
                more = stream.begin_record()
            except (*UNPACKING_ERRORS, BombError):
                # The record before the error is complete.
                yield _piece(content, stream.position(number))
                raise
            # A growing file may end in the middle of a record, which is then read again later.
            yield _piece(content, before if is_broken and not more else stream.position(number))


def _piece(content: RawArticle | Rejected | str, position: Position) -> Piece:
    if isinstance(content, str):
        return Piece(passed_over=content, position=position)
    return Piece(item=content, position=position)


def _read_record(
    stream: WarcStream, place: str, *, source: str, now: Callable[[], datetime]
) -> RawArticle | Rejected | str:
    """Read one record to its end."""
    record = ArcWarcRecordLoader().parse_record_stream(
        stream, known_format="warc", no_record_parse=True
    )
    if record.length is None:
        raise ArchiveLoadFailed("no Content-Length")
    block = record.raw_stream
    try:
        return page_of_record(record, place, source=source, now=now())
    finally:
        while block.read(CHUNK_BYTES):
            pass
        if block.limit > 0:
            raise EOFError(f"the record is {block.limit} bytes shorter than its Content-Length")


def _invalid_record(place: str, error: Exception) -> Rejected:
    message = str(error).strip() or type(error).__name__
    detail = f"{place}: invalid WARC record: {message[:500]}"
    return Rejected(reason=RejectReason.UNREADABLE_BODY, detail=detail)
