"""Read the bytes of a WARC file, decompressed member by member in bounded memory."""

import io
from typing import Final

from streams.fetch.body import MAX_RATIO
from streams.sources.bounded_reading import CHUNK_BYTES, MAX_SKIPPED_BYTES
from streams.sources.files.piece import Position
from streams.text.gunzip import PIECE_BYTES, Member

MAX_LINE_BYTES: Final = 64 * 1024
"""Longest line of a header; nginx accepts 8 KiB of a header, curl 100 KiB of all."""

MAX_HEADER_BYTES: Final = 1024 * 1024
"""Largest size of all headers of a record together."""


class LongLineError(ValueError):
    """A header is longer than the limit."""


class BombError(ValueError):
    """A record decompresses to far more than its size; the rest of the file is given up."""


class WarcStream:
    """A stream of the bytes of a WARC file, which ends at each gzip member.

    A compressed file should have one gzip member for each record, so that the record's position
    on disk is known. A file with one member for all records is supported; resuming in it
    decompresses it again from the beginning.

    Args:
        file: File that is not decompressed, and seekable.
        packed: Whether it is compressed with gzip.
        start: Position returned by `position`.

    Raises:
        OSError: If the file cannot be read.
        UnreadableError: If the file cannot be decompressed up to the position.
        EOFError: If the file ends before the position.

    References:
        WARC 1.1 (ISO 28500:2017), annex D: record-at-time compression.
    """

    def __init__(self, file: io.BufferedIOBase, *, packed: bool, start: Position) -> None:
        self._file = file
        self._packed = packed
        self._member = start.offset
        self._gzip_member = Member()
        self._disk = start.offset
        self._rest = b""
        self._buffer = b""
        self._at = 0
        self._n_unpacked = 0
        self._n_header_bytes = 0
        self._mark = (0, start.offset)
        file.seek(start.offset)
        self._skip(start.inner)

    def position(self, number: int) -> Position:
        """Return the position of the next byte, after a number of records."""
        inner = self._n_unpacked - (len(self._buffer) - self._at)
        if self._packed:
            return Position(offset=self._member, inner=inner, number=number)
        return Position(offset=self._member + inner, number=number)

    def tell(self) -> int:
        """Return the number of bytes read from this member."""
        return self._n_unpacked - (len(self._buffer) - self._at)

    def begin_record(self) -> bool:
        """Skip blank lines and ends of members up to the next record; return False at the end."""
        while True:
            while self._at < len(self._buffer) or self._fill():
                if self._buffer[self._at] not in b"\r\n":
                    self._mark = (self._n_unpacked, self._disk)
                    self._n_header_bytes = 0
                    return True
                self._at += 1
            if not self._next_member():
                return False

    def read(self, n_bytes: int) -> bytes:
        """Read up to a number of bytes; fewer at the end of the member, and none after it."""
        parts: list[bytes] = []
        while n_bytes > 0 and (self._at < len(self._buffer) or self._fill()):
            part = self._buffer[self._at : self._at + n_bytes]
            self._at += len(part)
            n_bytes -= len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readline(self, n_bytes: int | None = None) -> bytes:
        """Read a line of a header, up to its end or the member's, and up to a number of bytes.

        Raises:
            LongLineError: If the line has more than 64 KiB, or all headers more than 1 MiB.
        """
        most = MAX_LINE_BYTES if n_bytes is None else min(n_bytes, MAX_LINE_BYTES)
        line = self.read_line_part(most)
        self._n_header_bytes += len(line)
        if self._n_header_bytes > MAX_HEADER_BYTES:
            raise LongLineError(f"the headers have more than {MAX_HEADER_BYTES} bytes")
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            raise LongLineError(f"a line of a header has more than {MAX_LINE_BYTES} bytes")
        return line

    def read_line_part(self, most: int) -> bytes:
        """Read up to the end of the line or member, and up to a number of bytes."""
        line = b""
        while len(line) < most and (self._at < len(self._buffer) or self._fill()):
            end = self._buffer.find(b"\n", self._at, self._at + most - len(line))
            stop = end + 1 if end >= 0 else self._at + most - len(line)
            part = self._buffer[self._at : stop]
            self._at += len(part)
            line += part
            if end >= 0:
                break
        return line

    def skip_to_next_header(self) -> None:
        """Skip to the next line that may begin a record, or to the end of the member."""
        while line := self.read_line_part(MAX_LINE_BYTES):
            if line.startswith(b"WARC/"):
                self._buffer = line + self._buffer[self._at :]
                self._at = 0
                return

    def _skip(self, n_bytes: int) -> None:
        while n_bytes > 0:
            part = self.read(min(n_bytes, PIECE_BYTES))
            if not part:
                raise EOFError("the file has become shorter")
            n_bytes -= len(part)
            self._mark = (self._n_unpacked, self._disk)

    def _fill(self) -> bool:
        """Read the next bytes of this member into the buffer; return whether there are any."""
        self._at = 0
        self._buffer = b""
        if not self._packed:
            self._buffer = self._file.read(PIECE_BYTES)
            self._disk += len(self._buffer)
        while self._packed and not self._buffer and not self._gzip_member.ended:
            packed = b""
            if not self._gzip_member.has_more:
                packed, self._rest = self._rest or self._from_disk(), b""
                if not packed:
                    if not self._gzip_member.started:  # an empty file is not a truncated member
                        return False
                    raise EOFError("the gzip stream is truncated")
            self._buffer = self._gzip_member.unpack(packed)
        self._n_unpacked += len(self._buffer)
        self._check()
        return bool(self._buffer)

    def _next_member(self) -> bool:
        rest = self._gzip_member.rest.lstrip(b"\0")
        while self._packed and not rest:
            rest = self._from_disk()
            if not rest:
                break
            rest = rest.lstrip(b"\0")  # padding to tape blocks, which gzip accepts too
        if not rest:
            return False
        self._member = self._disk - len(rest)
        self._gzip_member = Member()
        self._rest = rest
        self._buffer, self._at, self._n_unpacked = b"", 0, 0
        self._mark = (0, self._member)
        return True

    def _from_disk(self) -> bytes:
        data = self._file.read(CHUNK_BYTES)
        self._disk += len(data)
        return data

    def _check(self) -> None:
        n_unpacked, n_packed = self._n_unpacked - self._mark[0], self._disk - self._mark[1]
        if n_unpacked > MAX_SKIPPED_BYTES and n_unpacked > MAX_RATIO * n_packed:
            raise BombError(f"{n_packed} bytes decompress to more than {n_unpacked}")
