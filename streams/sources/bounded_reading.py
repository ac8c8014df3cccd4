"""Read bodies and lines from compressed files of any size in bounded memory."""

import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from streams.records.topics import MIB
from streams.runtime.regular_file import open_regular, regular_descriptor
from streams.text.gunzip import UnreadableError

MAX_BODY_BYTES: Final = 16 * MIB
"""Largest decompressed body: 3 MiB compressed are 4 MiB in base64, a raw record's limit, and gzip
makes a news page 5.2 times smaller (median of the 122 pages of evals/extraction/fundus-dev,
2026-11)."""

MAX_LINE_BYTES: Final = 24 * MIB
"""Longest line of a JSON lines file: a body of that size in base64, and the other fields."""

MAX_SKIPPED_BYTES: Final = 256 * MIB
"""Bytes of a compressed line that are skipped before the rest of its file is given up: a bomb of
1.5 MB of xz contains 10 GB, which would take minutes to skip."""

XZ_MEMORY_BYTES: Final = 256 * MIB
"""Memory limit of xz: ``xz -9`` takes 65 MiB (man xz), a forged header may ask for 4 GiB."""

KEPT_BYTES: Final = 64 * 1024
"""Bytes of an oversized value that a dead letter contains."""

CHUNK_BYTES: Final = 64 * 1024

UNPACKING_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError, UnreadableError)
"""Exceptions raised by reading an unreadable, corrupt or truncated file."""


@dataclass(slots=True)
class Meter:
    """Counts the bytes read from disk, before decompression, for progress."""

    n_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Oversized:
    """A value that is too large to be read completely.

    Attributes:
        n_bytes: Number of bytes that were read.
        sha256: SHA-256 of these bytes in hexadecimal.
        start: The first 64 KiB.
        given_up: Whether reading stopped before the end of the value.
    """

    n_bytes: int
    sha256: str
    start: bytes
    given_up: bool = False


class _MeteredFile(io.FileIO):
    def __init__(self, path: Path, meter: Meter) -> None:
        super().__init__(regular_descriptor(path))
        self._meter = meter

    def readinto(self, buffer: "memoryview") -> int | None:  # type: ignore[override]  # Buffer is 3.12
        n_bytes = super().readinto(buffer)
        self._meter.n_bytes += n_bytes or 0
        return n_bytes


class _XzFile(io.RawIOBase):
    """An xz file decompressed in bounded memory; `lzma.LZMAFile` has no memory limit."""

    def __init__(self, packed: io.BufferedIOBase) -> None:
        self._packed = packed
        self._unpacker = self._fresh()

    @staticmethod
    def _fresh() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(memlimit=XZ_MEMORY_BYTES)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # Buffer is 3.12
        while True:
            if self._unpacker.eof:
                rest = self._unpacker.unused_data.lstrip(b"\0") or self._packed.read(CHUNK_BYTES)
                if not rest.strip(b"\0"):
                    return 0
                self._unpacker = self._fresh()
            elif self._unpacker.needs_input:
                rest = self._packed.read(CHUNK_BYTES)
                if not rest:
                    raise EOFError("the xz stream is truncated")
            else:
                rest = b""
            data = self._unpacker.decompress(rest, len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)


@contextmanager
def metered(path: Path, meter: Meter) -> Iterator[io.BufferedIOBase]:
    """Open a file without decompression, and count the bytes read.

    Raises:
        OSError: If the file cannot be opened.
    """
    with _MeteredFile(path, meter) as raw, io.BufferedReader(raw, CHUNK_BYTES) as stream:
        yield stream


@contextmanager
def unpacked(path: Path, meter: Meter | None = None) -> Iterator[io.BufferedIOBase]:
    """Open a file for reading, decompressed by its suffix (``.gz``, ``.xz``).

    Args:
        path: An existing file.
        meter: Counts the bytes read from disk.

    Raises:
        OSError: If the file cannot be opened. Reading raises one of `UNPACKING_ERRORS`.
    """
    with ExitStack() as stack:
        stream = stack.enter_context(metered(path, meter or Meter()))
        if path.suffix == ".gz":
            stream = stack.enter_context(gzip.GzipFile(fileobj=stream, mode="rb"))
        elif path.suffix == ".xz":
            stream = stack.enter_context(io.BufferedReader(_XzFile(stream), CHUNK_BYTES))
        yield stream


def body_within(stream: io.BufferedIOBase, *, max_bytes: int = MAX_BODY_BYTES) -> bytes | None:
    """Read a stream to its end; return None if it is longer than ``max_bytes``.

    Examples:
        >>> body_within(io.BytesIO(b"abc"), max_bytes=3)
        b'abc'
        >>> body_within(io.BytesIO(b"abcd"), max_bytes=3)
    """
    body = stream.read(max_bytes + 1)
    return None if len(body) > max_bytes else body


def lines_within(
    stream: io.BufferedIOBase,
    *,
    max_bytes: int = MAX_LINE_BYTES,
    max_skipped_bytes: int | None = None,
) -> Iterator[bytes | Oversized]:
    r"""Yield the lines of a stream, with at most ``max_bytes`` of a line in memory.

    Args:
        stream: Bytes; lines end with a line feed.
        max_bytes: Longest line that is yielded completely.
        max_skipped_bytes: Length at which a longer line, and the rest of the stream, is given
            up. By default, longer lines are skipped to their end.

    Yields:
        Each line with its line feed; an `Oversized` in place of a longer one.

    Examples:
        >>> list(lines_within(io.BytesIO(b"a\nb"), max_bytes=2))
        [b'a\n', b'b']
        >>> [oversized] = lines_within(io.BytesIO(b"abcdef\n"), max_bytes=2)
        >>> oversized.n_bytes
        7
    """
    while line := stream.readline(max_bytes + 1):
        if len(line) <= max_bytes:
            yield line
            continue
        oversized = _skipped(line, stream, max_skipped_bytes)
        yield oversized
        if oversized.given_up:
            return


def _skipped(line: bytes, stream: io.BufferedIOBase, max_skipped_bytes: int | None) -> Oversized:
    digest = hashlib.sha256(line)
    n_bytes = len(line)
    start = line[:KEPT_BYTES]
    while not line.endswith(b"\n"):
        if max_skipped_bytes is not None and n_bytes > max_skipped_bytes:
            return Oversized(n_bytes, digest.hexdigest(), start, given_up=True)
        line = stream.readline(CHUNK_BYTES)
        if not line:
            break
        digest.update(line)
        n_bytes += len(line)
    return Oversized(n_bytes, digest.hexdigest(), start)


def file_digest(path: Path) -> tuple[int, str]:
    """Return size and SHA-256 of a file, not decompressed, in bounded memory."""
    with open_regular(path) as stream:
        return path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()
