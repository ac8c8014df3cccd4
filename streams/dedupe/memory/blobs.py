"""Store the bulk of the memory's records as blobs, in memory or where the caller decides."""

from typing import Protocol


class BlobStore(Protocol):
    """A store of bytes under numbers that the store chooses."""

    def put(self, value: bytes) -> int:
        """Store a value and return its number, 0 to ``2 ** 63 - 1``."""

    def put_all(self, values: list[bytes]) -> list[int]:
        """Store values and return their numbers, in the same order."""

    def get(self, number: int) -> bytes:
        """Return the value with a number."""

    def drop(self, number: int) -> None:
        """Delete the value with a number; the number may be used again."""


class MemoryBlobStore:
    """A blob store in the memory of this process.

    Examples:
        >>> blobs = MemoryBlobStore()
        >>> blobs.get(blobs.put(b"rain"))
        b'rain'
    """

    def __init__(self) -> None:
        self._values: dict[int, bytes] = {}
        self._next = 0

    def put(self, value: bytes) -> int:
        """Store a value and return its number."""
        number = self._next
        self._next += 1
        self._values[number] = value
        return number

    def put_all(self, values: list[bytes]) -> list[int]:
        """Store values and return their numbers, in the same order."""
        return [self.put(value) for value in values]

    def get(self, number: int) -> bytes:
        """Return the value with a number."""
        return self._values[number]

    def drop(self, number: int) -> None:
        """Delete the value with a number."""
        del self._values[number]
