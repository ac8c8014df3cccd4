"""Read messages whose header names are not UTF-8, which aiokafka takes for damaged batches.

Kafka stores the names of headers as any bytes, and aiokafka decodes them strictly: one such
message of another program would end each reader of its topic, again after each restart. Batches
are read as fast as before; only one that aiokafka refuses is read again, with the invalid bytes of
names replaced. A batch that is damaged otherwise is refused then, too.
"""

from collections.abc import Iterator
from typing import Any, SupportsIndex

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch, _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy


class _LenientText(bytes):
    """Bytes whose parts are decoded with invalid bytes replaced."""

    def __getitem__(self, key: SupportsIndex | slice) -> Any:
        part = super().__getitem__(key)
        return _LenientText(part) if isinstance(part, bytes) else part

    def decode(self, encoding: str = "utf-8", _: str = "strict") -> str:
        return super().decode(encoding, "replace")


class _LenientBatch:
    """A batch as aiokafka reads it, but for the names of headers.

    Args:
        data: The batch, packed.
        batch: The same for aiokafka.
    """

    def __init__(self, data: bytes, batch: Any) -> None:
        self._data = data
        self._batch = batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        n_read = 0
        try:
            for message in self._batch:
                n_read += 1
                yield message
        except (UnicodeDecodeError, CorruptRecordException):
            yield from _read_leniently(self._data, n_read)


def _read_leniently(data: bytes, n_read: int) -> Iterator[Any]:
    """Yield the messages of a batch after the first ones."""
    batch: Any = _DefaultRecordBatchPy(data)
    batch._maybe_uncompress()  # noqa: SLF001  # the class has no other way to its bytes
    batch._buffer = _LenientText(batch._buffer)  # noqa: SLF001  # the same
    for number, message in enumerate(batch):
        if number >= n_read:
            yield message


class LenientRecords:
    """Batches that were fetched, in the place of aiokafka's ``MemoryRecords``.

    Args:
        data: Batches; the last one may be cut off.
    """

    def __init__(self, data: bytes) -> None:
        self._records: Any = _MemoryRecordsPy(data)

    def has_next(self) -> bool:
        """Return whether there is another whole batch."""
        return bool(self._records.has_next())

    def size_in_bytes(self) -> int:
        """Return the size of all batches."""
        return int(self._records.size_in_bytes())

    def next_batch(self) -> Any:
        """Return the next batch; None after the last."""
        data = self._records._next_slice  # noqa: SLF001  # the class has no other way to it
        batch = self._records.next_batch()
        return _LenientBatch(bytes(data), batch) if isinstance(batch, DefaultRecordBatch) else batch


def read_header_names_leniently() -> None:
    """Read like this in every consumer of this process, also those of Faust."""
    fetcher.MemoryRecords = LenientRecords
