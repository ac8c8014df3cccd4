"""Read articles from files of JSON lines, with the position of the next line."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from streams.outcome import RejectReason
from streams.sources.bounded_reading import (
    CHUNK_BYTES,
    MAX_SKIPPED_BYTES,
    Meter,
    Oversized,
    lines_within,
    unpacked,
)
from streams.sources.files.piece import START, Piece, Position
from streams.sources.json_article import article_from_line
from streams.sources.rejection import Rejected

PACKED: Final = frozenset((".gz", ".xz"))


def pieces_of_lines(
    path: Path,
    *,
    source: str,
    now: Callable[[], datetime],
    meter: Meter,
    start: Position = START,
) -> Iterator[Piece]:
    """Yield the articles of a file of JSON lines; empty lines are passed over.

    An invalid last line without a line feed has the position before it, and is read again the
    next time: the program that writes the file may not have finished it.

    Args:
        path: ``.jsonl``, ``.jsonl.gz`` or ``.jsonl.xz``.
        source: Source of articles whose line has none.
        now: Returns the current time: the time of fetching for lines without one.
        meter: Counts the bytes read from disk.
        start: Position of a piece of this file; reading continues after it.

    Raises:
        OSError: If the file cannot be read, or another of `bounded_reading.UNPACKING_ERRORS`.
    """
    packed = path.suffix in PACKED
    with unpacked(path, meter) as stream:
        if packed:
            _skip(stream.read, start.inner)
        else:
            stream.seek(start.offset)
        n_bytes, number = start.inner if packed else start.offset, start.number
        for line in lines_within(stream, max_skipped_bytes=MAX_SKIPPED_BYTES if packed else None):
            number += 1
            n_bytes += line.n_bytes if isinstance(line, Oversized) else len(line)
            position = _position(n_bytes, number, packed=packed)
            place = f"{path}:{number}"
            if isinstance(line, Oversized):
                yield Piece(item=_oversized(line, place), position=position)
            elif not line.strip():
                yield Piece(passed_over="empty_line", position=position)
            else:
                item = article_from_line(line, source=source, fetched=now(), place=place)
                if isinstance(item, Rejected) and not line.endswith(b"\n"):
                    position = _position(n_bytes - len(line), number - 1, packed=packed)
                yield Piece(item=item, position=position)


def _position(n_bytes: int, number: int, *, packed: bool) -> Position:
    if packed:
        return Position(inner=n_bytes, number=number)
    return Position(offset=n_bytes, number=number)


def _skip(read: Callable[[int], bytes], n_bytes: int) -> None:
    while n_bytes > 0:
        part = read(min(n_bytes, CHUNK_BYTES))
        if not part:
            raise EOFError("the file has become shorter")
        n_bytes -= len(part)


def _oversized(line: Oversized, place: str) -> Rejected:
    detail = f"{place}: the line has {line.n_bytes} bytes, sha256 {line.sha256}"
    if line.given_up:
        detail = (
            f"{place}: the line decompresses to more than {line.n_bytes} bytes, sha256 of these "
            f"{line.sha256}; the rest of the file was not read"
        )
    return Rejected(reason=RejectReason.TOO_LARGE, detail=detail, value=line.start)
