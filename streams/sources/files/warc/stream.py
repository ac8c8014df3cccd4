"""A WARC file in, its bytes out: unpacked member by member, in bounded memory, with places."""

import io
from typing import Final

from streams.fetch.body import MAX_RATIO
from streams.sources.bounded_reading import CHUNK_BYTES, MAX_SKIPPED_BYTES
from streams.sources.files.piece import Position
from streams.text.gunzip import PIECE_BYTES, Member

MAX_LINE_BYTES: Final = 64 * 1024
"""Longest line of a header; nginx bears 8 KiB of a header, curl 100 KiB of all."""

MAX_HEADER_BYTES: Final = 1024 * 1024
"""All headers of a record together."""


class LongLineError(ValueError):
    """A header is longer than any honest one."""


class BombError(ValueError):
    """A record unpacks to far more than it should; the rest of the file is given up."""


class WarcStream:
    """Reads a WARC file as records see it: a member ends where a reader must not go on by itself.

    A packed file should have a member of gzip for each record, so that its
    place on disk is known; one member for all is read as well, and come back
    to by unpacking it again.

    References:
        WARC 1.1 (ISO 28500:2017), annex D: record-at-time compression.
    """

    def __init__(self, file: io.BufferedIOBase, *, packed: bool, start: Position) -> None:
        """Go to a place.

        Args:
            file: As it lies on disk; can be sought.
            packed: Whether it is gzip.
            start: One that `place` gave.

        Raises:
            OSError: If it cannot be read; UnreadableError or EOFError if it cannot be unpacked.
        """
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

    def place(self, number: int) -> Position:
        """Give the place of the next byte, after so many records."""
        inner = self._n_unpacked - (len(self._buffer) - self._at)
        if self._packed:
            return Position(offset=self._member, inner=inner, number=number)
        return Position(offset=self._member + inner, number=number)

    def tell(self) -> int:
        """Give how many bytes of this member were read."""
        return self._n_unpacked - (len(self._buffer) - self._at)

    def begin_record(self) -> bool:
        """Go over blank lines, and from member to member, to the next record; False at the end."""
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
        """Read up to so many bytes; fewer where the member ends, none after that."""
        parts: list[bytes] = []
        while n_bytes > 0 and (self._at < len(self._buffer) or self._fill()):
            part = self._buffer[self._at : self._at + n_bytes]
            self._at += len(part)
            n_bytes -= len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readline(self, n_bytes: int | None = None) -> bytes:
        """Read a line of a header, to its end or that of the member, up to so many bytes.

        Raises:
            LongLineError: If it has more than 64 KiB, or all of a record more than 1 MiB.
        """
        most = MAX_LINE_BYTES if n_bytes is None else min(n_bytes, MAX_LINE_BYTES)
        line = self.line_start(most)
        self._n_header_bytes += len(line)
        if self._n_header_bytes > MAX_HEADER_BYTES:
            raise LongLineError(f"its headers have more than {MAX_HEADER_BYTES} bytes")
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            raise LongLineError(f"a line of a header has more than {MAX_LINE_BYTES} bytes")
        return line

    def line_start(self, most: int) -> bytes:
        """Read to the end of the line or of the member, up to so many bytes."""
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

    def to_next_header(self) -> None:
        """After something that is no record: go to where one may begin, in this member or next."""
        while line := self.line_start(MAX_LINE_BYTES):
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
        """Take the next bytes of this member into the buffer."""
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
                    if not self._gzip_member.started:  # an empty file is not a member cut off
                        return False
                    raise EOFError("the gzip stream is cut off")
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
            rest = rest.lstrip(b"\0")  # padding to blocks of tapes, as gzip itself bears it
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
            raise BombError(f"{n_packed} bytes of it unpack to more than {n_unpacked}")
