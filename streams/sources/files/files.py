"""Files and folders in, raw articles out, one after the other and in bounded memory."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from streams.errors import UsageError
from streams.outcome import RejectReason
from streams.records import RawArticle
from streams.sources.bounded_reading import UNPACKING_ERRORS, Meter
from streams.sources.files.jsonl import pieces_of_lines
from streams.sources.files.page import PageIndexes, article_from_file
from streams.sources.files.piece import START, Piece, Position
from streams.sources.files.plugin import load_format, pieces_of_plugin, plugin_suffixes
from streams.sources.files.warc.articles import pieces_of_warc
from streams.sources.files.warc.stream import BombError
from streams.sources.rejection import Rejected, unreadable_file

SUFFIXES: Final = {
    ".txt": "text",
    ".txt.gz": "text",
    ".html": "page",
    ".html.gz": "page",
    ".htm": "page",
    ".htm.gz": "page",
    ".jsonl": "lines",
    ".jsonl.gz": "lines",
    ".jsonl.xz": "lines",
    ".warc": "warc",
    ".warc.gz": "warc",
}
"""What a file holds, by the end of its name; other packages may add to it (`plugin_suffixes`)."""

PLUGIN: Final = "format "
"""Stands before the name of a format that another package reads."""


@dataclass(frozen=True)
class FoundFiles:
    """The files under a path.

    Attributes:
        files: Those that can be read, sorted by path.
        n_others: How many were left alone because of their names.
    """

    files: tuple[Path, ...]
    n_others: int = 0


def find_files(path: Path) -> FoundFiles:
    """List the files to read: the path itself, or all under the folder, hidden ones left out.

    Raises:
        UsageError: If there is no such path, or its name does not say what it holds.
    """
    if path.is_dir():
        inside = sorted(entry for entry in path.rglob("*") if _is_visible_file(entry, path))
        files = tuple(entry for entry in inside if kind_of(entry))
        return FoundFiles(files, len(inside) - len(files))
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    if not kind_of(path):
        raise UsageError(
            f"{path}: its name must end in {', '.join((*SUFFIXES, *plugin_suffixes()))}"
        )
    return FoundFiles((path,))


def utc_now() -> datetime:
    """Give the time; where a clock is asked for, tests give another."""
    return datetime.now(UTC)


def pieces_of_file(
    path: Path,
    *,
    now: Callable[[], datetime] = utc_now,
    source: str = "",
    meter: Meter | None = None,
    indexes: PageIndexes | None = None,
    start: Position = START,
) -> Generator[Piece, None, None]:
    """Read one file, from a position on, with the position after each piece.

    Bounded: holds one article at a time, at most 24 MiB of a line or 16 MiB
    of a page; what is larger, or cannot be read, comes as a problem in its
    place, and the rest goes on. Where a file cannot be read to its end the
    last problem keeps the position before it.

    Args:
        path: ``.txt`` (see `article_from_text`), ``.html``, ``.jsonl`` (see
            `article_from_line`), ``.warc`` (see `pieces_of_warc`), or packed ones; what other
            packages read (see `pieces_of_plugin`).
        now: The clock; an article without a time of its own was fetched then.
        source: Who delivers them; empty: JSON lines and WARCs are named after
            their file, other files after their folder.
        meter: Counts what is read from disk.
        indexes: What is known of saved pages beside them; None: what their own folder says.
        start: A position that came with a piece of this file; the rest follows.

    Raises:
        UsageError: If an index of pages cannot be used, or the package of a format.
    """
    meter = meter or Meter()
    kind = kind_of(path)
    latest = start
    try:
        if kind in _MANY or kind.startswith(PLUGIN):
            source = source or _stem(path)
            for piece in _reader(kind)(path, source=source, now=now, meter=meter, start=start):
                latest = piece.position
                yield piece
        else:
            item = article_from_file(
                path,
                is_page=kind == "page",
                source=source or path.resolve().parent.name or "files",
                now=now,
                meter=meter,
                listed=(indexes or PageIndexes(path.parent)).find(path),
            )
            yield Piece(item=item, position=Position(offset=path.stat().st_size, number=1))
    except UNPACKING_ERRORS as error:
        yield Piece(item=unreadable_file(path, error), position=latest)
    except BombError as error:
        detail = f"{path}: record {latest.number + 1}: {error}; the rest was not read"
        bomb = Rejected(reason=RejectReason.TOO_LARGE, detail=detail)
        yield Piece(item=bomb, position=latest)


_MANY: Final = {"lines": pieces_of_lines, "warc": pieces_of_warc}
"""Who reads files of many articles."""


def _reader(kind: str) -> Callable[..., Iterator[Piece]]:
    if kind in _MANY:
        return _MANY[kind]
    read, package = load_format(kind.removeprefix(PLUGIN))
    return partial(pieces_of_plugin, read=read, package=package)


def read_articles(
    path: Path,
    *,
    now: Callable[[], datetime] = utc_now,
    source: str = "",
    meter: Meter | None = None,
) -> Iterator[RawArticle | Rejected]:
    """Read a file, or every file under a folder in the order of their paths (`pieces_of_file`).

    Raises:
        UsageError: If there is no such path, or its name does not say what it holds.
    """
    indexes = PageIndexes(path)
    for file in find_files(path).files:
        pieces = pieces_of_file(file, now=now, source=source, meter=meter, indexes=indexes)
        yield from (piece.item for piece in pieces if piece.item is not None)


def kind_of(path: Path) -> str:
    """Say what a file holds, by its name: text, page, lines, warc, or ``format NAME``.

    Returns:
        Its kind; empty: nothing that is read.
    """
    suffix = _suffix(path)
    if not suffix:
        return ""
    return SUFFIXES.get(suffix) or PLUGIN + plugin_suffixes()[suffix]


def _suffix(path: Path) -> str:
    """Give the end of a name that is known; empty: none. What we read ourselves comes first."""
    name = path.name.lower()
    for suffixes in (SUFFIXES, plugin_suffixes()):
        found = next((suffix for suffix in suffixes if name.endswith(suffix)), "")
        if found:
            return found
    return ""


def _stem(path: Path) -> str:
    suffix = _suffix(path)
    return path.name[: -len(suffix)] or path.resolve().parent.name or "files"


def _is_visible_file(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.is_file()
