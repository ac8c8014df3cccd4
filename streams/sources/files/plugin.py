"""Formats that other packages read: entry points of the group `news_streams.source_formats`."""

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
"""Each format is also read packed; it gets the unpacked bytes."""

MAX_FORMAT_BYTES: Final = MAX_SKIPPED_BYTES
"""What a format may read of a file, unpacked: a reader that takes a file whole, or that follows a
bomb, ends here."""


class SourceFormat(Protocol):
    """What the entry point of a format is: a function that reads a file."""

    def __call__(
        self, stream: BinaryIO, *, source: str, fetched: datetime
    ) -> Iterable[RawArticle | Rejected]:
        """Read the articles of a file, one after the other.

        Holds as little as it can in memory, and builds articles by
        `streams.sources.article.raw_article`. It yields a problem for an article that
        it cannot read, and raises whatever it likes when it cannot go on: both become
        dead letters with the file and the number of the article.

        Args:
            stream: The unpacked bytes of the file, from its beginning.
            source: Who delivers them.
            fetched: When, for articles that do not say so.
        """
        ...


class FormatLimitError(ValueError):
    """A format wants to read more of a file than it may."""


class _LimitedStream(io.RawIOBase):
    """The first bytes of a stream; reading beyond raises."""

    def __init__(self, stream: io.BufferedIOBase, max_bytes: int) -> None:
        self._stream = stream
        self._max_bytes = self._n_left = max_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # Buffer is 3.12
        data = self._stream.read(min(len(buffer), self._n_left + 1))
        if len(data) > self._n_left:
            raise FormatLimitError(f"more than {self._max_bytes} bytes once unpacked")
        self._n_left -= len(data)
        buffer[: len(data)] = data
        return len(data)


def plugin_suffixes() -> dict[str, str]:
    """List the ends of names that installed packages read, each with the name of its format."""
    return {
        f".{name.lower()}{packed}": name for name in installed(SOURCE_FORMATS) for packed in PACKED
    }


def load_format(name: str) -> tuple[SourceFormat, str]:
    """Import a format.

    Returns:
        Its function, and the name and version of its package for messages.

    Raises:
        ExtensionError: If it cannot be loaded, or two packages offer it.
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
    """Read a file by the format of another package.

    Bounded by what the format keeps, and by ``max_bytes``. What it cannot read becomes a
    problem that names the file, the number of the article and the package; after an
    exception the rest is not read.

    Args:
        path: The file.
        read: From `load_format`.
        package: Whose it is.
        source: Who delivers the articles.
        now: The clock.
        meter: Counts what is read from disk.
        start: A position that came with a piece of this file; a format begins at the
            beginning, and what comes before is passed over.
        max_bytes: What the format may read.

    Raises:
        OSError: If the file cannot be read, or one of `bounded_reading.UNPACKING_ERRORS`.
    """
    with (
        unpacked(path, meter) as packed,
        io.BufferedReader(_LimitedStream(packed, max_bytes)) as stream,
    ):
        items = _items(read, stream, package, source=source, fetched=now())
        for number, item in enumerate(items, start=1):
            if number > start.number:
                sound = _sound(item, package, place=f"{path}:{number}")
                yield Piece(item=sound, position=Position(number=number))


def _items(
    read: SourceFormat, stream: BinaryIO, package: str, *, source: str, fetched: datetime
) -> Iterator[object]:
    """Give what a format gives, and a problem in the place of an exception of its own."""
    try:
        yield from read(stream, source=source, fetched=fetched)
    except UNPACKING_ERRORS:
        raise
    except FormatLimitError as error:
        yield Rejected(reason=RejectReason.TOO_LARGE, detail=f"{error}; the rest was not read")
    except Exception as error:  # noqa: BLE001  # a stranger's code
        detail = f"{type(error).__name__}: {error} ({package}); the rest was not read"
        yield Rejected(reason=RejectReason.UNREADABLE_BODY, detail=detail)


def _sound(item: object, package: str, *, place: str) -> RawArticle | Rejected:
    if isinstance(item, RawArticle):
        return validate(item, place=place)
    if isinstance(item, Rejected):
        detail = f"{place}: {item.detail}"
        return Rejected(reason=item.reason, detail=detail, value=item.value[:KEPT_BYTES])
    detail = f"{place}: {package} gave {type(item).__name__}, neither an article nor a problem"
    return Rejected(reason=RejectReason.NOT_THIS_RECORD, detail=detail)
