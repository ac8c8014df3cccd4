"""WARC files in, raw articles out: the pages that a crawler found, each with its place."""

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
    """Read the pages of a WARC file.

    A page is the body of a ``response`` with status 200 (or a ``resource``)
    over HTTP whose type is HTML, unpacked; everything else is passed over and
    says what it was. Bounded: holds one record of at most 17 MiB; what is
    larger or broken comes as a problem in its place, and the rest goes on.

    Args:
        path: ``.warc`` or ``.warc.gz``.
        source: Who delivers the articles.
        now: The clock, for records without a date.
        meter: Counts what is read from disk.
        start: A position that came with a piece of this file; the rest follows.

    Raises:
        OSError: If the file cannot be read; UnreadableError or EOFError if it cannot
            be unpacked to its end; BombError if a record swells without end.

    References:
        WARC 1.1 (ISO 28500:2017): 5.5 WARC-Type, 6.3 response, 6.7 revisit.
    """
    with metered(path, meter) as file:
        stream = WarcStream(file, packed=path.suffix == ".gz", start=start)
        number = start.number
        more = stream.begin_record()
        while more:
            before, number = stream.place(number), number + 1
            place = f"{path}:{number}"
            broken = False
            found: RawArticle | Rejected | str
            try:
                found = _read_record(stream, place, source=source, now=now)
            except _BROKEN as error:
                broken = True
                found = _no_record(place, error)
                stream.to_next_header()
            try:
                more = stream.begin_record()
            except (*UNPACKING_ERRORS, BombError):
                # What came before the cut is sound.
                yield _piece(found, stream.place(number))
                raise
            # A file that still grows may end in the middle of a record: it is read again then.
            yield _piece(found, before if broken and not more else stream.place(number))


def _piece(found: RawArticle | Rejected | str, position: Position) -> Piece:
    if isinstance(found, str):
        return Piece(passed_over=found, position=position)
    return Piece(item=found, position=position)


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
            raise EOFError(f"the record is {block.limit} bytes shorter than it says")


def _no_record(place: str, error: Exception) -> Rejected:
    said = str(error).strip() or type(error).__name__
    detail = f"{place}: no sound WARC record: {said[:500]}"
    return Rejected(reason=RejectReason.UNREADABLE_BODY, detail=detail)
