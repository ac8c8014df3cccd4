"""Where the bulk of a memory lies: bytes under numbers, wherever the shell says."""

from typing import Protocol


class BlobStore(Protocol):
    """Keeps bytes under numbers of its own choice."""

    def put(self, value: bytes) -> int:
        """Keep a value and give its number, 0 to ``2 ** 63 - 1``."""

    def put_all(self, values: list[bytes]) -> list[int]:
        """Keep values and give the number of each."""

    def get(self, number: int) -> bytes:
        """Give back the value with this number."""

    def drop(self, number: int) -> None:
        """Forget the value with this number, which may then be given to another."""


class MemoryBlobStore:
    """A shelf in the memory of this process.

    Examples:
        >>> shelf = MemoryBlobStore()
        >>> shelf.get(shelf.put(b"rain"))
        b'rain'
    """

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[int, bytes] = {}
        self._next = 0

    def put(self, value: bytes) -> int:
        """Keep a value and give its number."""
        number = self._next
        self._next += 1
        self._values[number] = value
        return number

    def put_all(self, values: list[bytes]) -> list[int]:
        """Keep values and give the number of each."""
        return [self.put(value) for value in values]

    def get(self, number: int) -> bytes:
        """Give back the value with this number."""
        return self._values[number]

    def drop(self, number: int) -> None:
        """Forget the value with this number."""
        del self._values[number]
