"""A blob store in a file, so that dedupe need not hold a million articles in memory."""

import os
import weakref
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

BLOCK_BYTES: Final = 64
AT_ONCE_BYTES: Final = 1 << 18
_COUNT_BITS: Final = 20
_LENGTH_BYTES: Final = 4
_PADDING: Final = bytes(BLOCK_BYTES)


class BlobFile:
    """A store of numbered values, in an unnamed file that is deleted when the process ends.

    The file needs no recovery: the topic is the source of truth, and the store is filled again
    at the next start. The space of a dropped value is reused for values of the same size, so the
    file is as large as the largest total stored at one time. The operating system keeps the
    blocks in frequent use in its page cache.

    Args:
        folder: Folder for the file, on a disk with several GB free; defaults to the folder for
            temporary files.
        pwrite: Writes to a file descriptor at a position, and returns the number of bytes.

    Raises:
        OSError: If the file cannot be created; from `put`, `put_all` and `drop` also if it cannot
            be written. Then the store is unusable.

    Examples:
        >>> store = BlobFile()
        >>> store.get(store.put(b"rain"))
        b'rain'
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        pwrite: Callable[[int, memoryview, int], int] = os.pwrite,
    ) -> None:
        self._pwrite = pwrite
        self._file = TemporaryFile(  # noqa: SIM115  # open as long as the store
            dir=folder, prefix="news-streams-blobs-", buffering=0
        )
        weakref.finalize(self, self._file.close)
        self._written = 0
        self._waiting = bytearray()
        self._free: defaultdict[int, list[int]] = defaultdict(list)

    def put(self, value: bytes) -> int:
        """Store a value and return its number."""
        count = -(-(_LENGTH_BYTES + len(value)) // BLOCK_BYTES)
        length = len(value).to_bytes(_LENGTH_BYTES, "little")
        free = self._free.get(count)
        if free:
            block = free.pop()
            self._write_at(block * BLOCK_BYTES, length + value)
        else:
            block = self._written + len(self._waiting) // BLOCK_BYTES
            self._waiting += length
            self._waiting += value
            self._waiting += bytes(count * BLOCK_BYTES - _LENGTH_BYTES - len(value))
            if len(self._waiting) > AT_ONCE_BYTES:
                self._write()
        return (block << _COUNT_BITS) | count

    def put_all(self, values: list[bytes]) -> list[int]:
        """Store values and return their numbers; twice as fast if no space can be reused."""
        if any(self._free.values()):
            return [self.put(value) for value in values]
        parts: list[bytes | bytearray] = [self._waiting]
        numbers = []
        block = self._written + len(self._waiting) // BLOCK_BYTES
        for value in values:
            count = -(-(_LENGTH_BYTES + len(value)) // BLOCK_BYTES)
            padding = count * BLOCK_BYTES - _LENGTH_BYTES - len(value)
            parts += (len(value).to_bytes(_LENGTH_BYTES, "little"), value, _PADDING[:padding])
            numbers.append((block << _COUNT_BITS) | count)
            block += count
        self._waiting = bytearray().join(parts)
        if len(self._waiting) > AT_ONCE_BYTES:
            self._write()
        return numbers

    def get(self, number: int) -> bytes:
        """Return the value with this number."""
        block, count = number >> _COUNT_BITS, number & ((1 << _COUNT_BITS) - 1)
        if block >= self._written:
            start = (block - self._written) * BLOCK_BYTES
            data = bytes(self._waiting[start : start + count * BLOCK_BYTES])
        else:
            data = os.pread(self._file.fileno(), count * BLOCK_BYTES, block * BLOCK_BYTES)
        length = int.from_bytes(data[:_LENGTH_BYTES], "little")
        return data[_LENGTH_BYTES : _LENGTH_BYTES + length]

    def drop(self, number: int) -> None:
        """Delete the value with this number and release its space."""
        block, count = number >> _COUNT_BITS, number & ((1 << _COUNT_BITS) - 1)
        if block >= self._written:
            self._write()
        self._free[count].append(block)

    def _write(self) -> None:
        self._write_at(self._written * BLOCK_BYTES, self._waiting)
        self._written += len(self._waiting) // BLOCK_BYTES
        self._waiting.clear()

    def _write_at(self, position: int, data: bytes | bytearray) -> None:
        """Write all of the data: on a disk that is nearly full, a write may be short (POSIX)."""
        with memoryview(data) as view:
            n_written = 0
            while n_written < len(view):
                n_written += self._pwrite(
                    self._file.fileno(), view[n_written:], position + n_written
                )
