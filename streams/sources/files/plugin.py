"""Read formats of other packages: entry points of the group `news_streams.source_formats`."""

import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from streams.extensions import SOURCE_FORMATS, installed, load_installed
from streams.outcome import RejectReason
from streams.records import RawArticle
from streams.sources.article import validate
from streams.sources.bounded_reading import (
    KEPT_BYTES,
    MAX_SKIPPED_BYTES,
    UNPACKING_ERRORS,
    Meter,
    unpacked,
)
from streams.sources.files.piece import START, Piece, Position
from streams.sources.rejection import Rejected

PACKED: Final = ("", ".gz", ".xz")
"""Suffixes of compression: each format is also read compressed, and gets the decompressed bytes."""

MAX_FORMAT_BYTES: Final = MAX_SKIPPED_BYTES
"""Largest number of decompressed bytes that a format may read from a file: a limit for readers that
load an entire file, and for decompression bombs."""


class SourceFormat(Protocol):
    """The entry point of a format: a function that reads a file."""

    def __call__(
        self, stream: BinaryIO, *, source: str, fetched: datetime
    ) -> Iterable[RawArticle | Rejected]:
        """Yield the articles of a file, one after the other.

        The function should hold little in memory, and create articles with
        `streams.sources.article.raw_article`. It yields a rejection for an article that it
        cannot read, and may raise any exception if it cannot continue: both become dead letters
        with the file and the number of the article.

        Args:
            stream: Decompressed bytes of the file, from its beginning.
            source: Source of the articles.
            fetched: Time of fetching for articles without one.
        """
        ...


class FormatLimitError(ValueError):
    """A format reads more than the allowed number of bytes."""


class _LimitedStream(io.RawIOBase):
    """The first bytes of a stream; raises an error when more are read."""

    def __init__(self, stream: io.BufferedIOBase, max_bytes: int) -> None:
        self._stream = stream
        self._max_bytes = self._n_left = max_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # Buffer is 3.12
        data = self._stream.read(min(len(buffer), self._n_left + 1))
        if len(data) > self._n_left:
            raise FormatLimitError(f"decompresses to more than {self._max_bytes} bytes")
        self._n_left -= len(data)
        buffer[: len(data)] = data
        return len(data)


def plugin_suffixes() -> dict[str, str]:
    """Return the suffixes of files that installed packages read, with the names of the formats."""
    return {
        f".{name.lower()}{packed}": name for name in installed(SOURCE_FORMATS) for packed in PACKED
    }


def load_format(name: str) -> tuple[SourceFormat, str]:
    """Import a format.

    Returns:
        The function of the format, and name and version of its package for messages.

    Raises:
        ExtensionError: If the format cannot be loaded, or two packages offer it.
    """
    return load_installed(SOURCE_FORMATS, name)


def pieces_of_plugin(
    path: Path,
    read: SourceFormat,
    *,
    package: str,
    source: str,
    now: Callable[[], datetime],
    meter: Meter,
    start: Position = START,
    max_bytes: int = MAX_FORMAT_BYTES,
) -> Iterator[Piece]:
    """Yield the pieces of a file in a format of another package.

    Memory is bounded by what the format keeps, and by ``max_bytes``. An unreadable article
    becomes a rejection that names the file, the number of the article and the package; after an
    exception the rest is not read.

    Args:
        path: The file.
        read: Function from `load_format`.
        package: Name and version of the package.
        source: Source of the articles.
        now: Returns the current time.
        meter: Counts the bytes read from disk.
        start: Position of a piece of this file; the format reads from the beginning, and
            articles up to the position are skipped.
        max_bytes: Largest number of decompressed bytes that the format may read.

    Raises:
        OSError: If the file cannot be read, or another of `bounded_reading.UNPACKING_ERRORS`.
    """
    with (
        unpacked(path, meter) as packed,
        io.BufferedReader(_LimitedStream(packed, max_bytes)) as stream,
    ):
        items = _items(read, stream, package, source=source, fetched=now())
        for number, item in enumerate(items, start=1):
            if number > start.number:
                validated = _validated(item, package, place=f"{path}:{number}")
                yield Piece(item=validated, position=Position(number=number))


def _items(
    read: SourceFormat, stream: BinaryIO, package: str, *, source: str, fetched: datetime
) -> Iterator[object]:
    """Yield the items of a format, and a rejection in place of an exception."""
    try:
        yield from read(stream, source=source, fetched=fetched)
    except UNPACKING_ERRORS:
        raise
    except FormatLimitError as error:
        yield Rejected(reason=RejectReason.TOO_LARGE, detail=f"{error}; the rest was not read")
    except Exception as error:  # noqa: BLE001  # code of another package
        detail = f"{type(error).__name__}: {error} ({package}); the rest was not read"
        yield Rejected(reason=RejectReason.UNREADABLE_BODY, detail=detail)


def _validated(item: object, package: str, *, place: str) -> RawArticle | Rejected:
    if isinstance(item, RawArticle):
        return validate(item, place=place)
    if isinstance(item, Rejected):
        detail = f"{place}: {item.detail}"
        return Rejected(reason=item.reason, detail=detail, value=item.value[:KEPT_BYTES])
    detail = f"{place}: {package} returned {type(item).__name__}, not RawArticle or Rejected"
    return Rejected(reason=RejectReason.NOT_THIS_RECORD, detail=detail)
