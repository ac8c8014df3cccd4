"""A shelf in a file: what dedupe remembers of a million articles need not lie in memory."""

import os
import weakref
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

BLOCK_BYTES: Final = 64
AT_ONCE_BYTES: Final = 1 << 18
_COUNT_BITS: Final = 20
_LENGTH_BYTES: Final = 4
_PADDING: Final = bytes(BLOCK_BYTES)


class BlobFile:
    """Values under numbers, in a file without a name that goes with the process.

    It needs no recovery: the topic is the truth, and at the next start the
    shelf is filled anew. Room that is given up is used again for values of the
    same size, so the file is as large as the most that lay on it at one time.
    The operating system keeps what is used often in its page cache.

    Examples:
        >>> shelf = BlobFile()
        >>> shelf.get(shelf.put(b"rain"))
        b'rain'
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Start empty.

        Args:
            folder: Where the file lies, on a disk with some GB of room; if not
                given, where temporary files go.

        Raises:
            OSError: If no file can be made there.
        """
        self._file = TemporaryFile(  # noqa: SIM115  # it lives as long as the shelf
            dir=folder, prefix="news-streams-shelf-", buffering=0
        )
        weakref.finalize(self, self._file.close)
        self._written = 0
        self._waiting = bytearray()
        self._free: defaultdict[int, list[int]] = defaultdict(list)

    def put(self, value: bytes) -> int:
        """Keep a value and give its number."""
        count = -(-(_LENGTH_BYTES + len(value)) // BLOCK_BYTES)
        length = len(value).to_bytes(_LENGTH_BYTES, "little")
        free = self._free.get(count)
        if free:
            block = free.pop()
            os.pwrite(self._file.fileno(), length + value, block * BLOCK_BYTES)
        else:
            block = self._written + len(self._waiting) // BLOCK_BYTES
            self._waiting += length
            self._waiting += value
            self._waiting += bytes(count * BLOCK_BYTES - _LENGTH_BYTES - len(value))
            if len(self._waiting) > AT_ONCE_BYTES:
                self._write()
        return (block << _COUNT_BITS) | count

    def put_all(self, values: list[bytes]) -> list[int]:
        """Keep values and give the number of each; where no room was given up, in half the time."""
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
        """Give back the value with this number."""
        block, count = number >> _COUNT_BITS, number & ((1 << _COUNT_BITS) - 1)
        if block >= self._written:
            start = (block - self._written) * BLOCK_BYTES
            data = bytes(self._waiting[start : start + count * BLOCK_BYTES])
        else:
            data = os.pread(self._file.fileno(), count * BLOCK_BYTES, block * BLOCK_BYTES)
        length = int.from_bytes(data[:_LENGTH_BYTES], "little")
        return data[_LENGTH_BYTES : _LENGTH_BYTES + length]

    def drop(self, number: int) -> None:
        """Forget the value with this number."""
        block, count = number >> _COUNT_BITS, number & ((1 << _COUNT_BITS) - 1)
        if block >= self._written:
            self._write()
        self._free[count].append(block)

    def _write(self) -> None:
        os.pwrite(self._file.fileno(), self._waiting, self._written * BLOCK_BYTES)
        self._written += len(self._waiting) // BLOCK_BYTES
        self._waiting.clear()
