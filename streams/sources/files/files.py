"""Read raw articles from files and folders, one after the other, in bounded memory."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from streams.errors import UsageError
from streams.outcome import RejectReason
from streams.records import RawArticle
from streams.runtime.regular_file import irregular_kind
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
"""Kind of a file by the end of its name; other packages may add formats (`plugin_suffixes`)."""

PLUGIN: Final = "format "
"""Prefix of the kind of a file that another package reads."""


@dataclass(frozen=True)
class FoundFiles:
    """The files under a path.

    Attributes:
        files: Files that can be read, sorted by path.
        n_others: Number of files that are ignored because of their names.
    """

    files: tuple[Path, ...]
    n_others: int = 0


def find_files(path: Path) -> FoundFiles:
    """Return the files to read: the path itself, or all files under a folder, except hidden ones.

    Raises:
        UsageError: If the path does not exist, or a file's suffix is unknown.
    """
    if path.is_dir():
        visible = sorted(entry for entry in path.rglob("*") if _is_visible_file(entry, path))
        files = tuple(entry for entry in visible if kind_of(entry))
        return FoundFiles(files, len(visible) - len(files))
    try:
        kind = irregular_kind(path)
    except OSError:
        raise UsageError(f"{path}: no such file or folder") from None
    if kind:
        raise UsageError(f"{path}: {kind}")
    if not kind_of(path):
        raise UsageError(
            f"{path}: unknown suffix; expected {', '.join((*SUFFIXES, *plugin_suffixes()))}"
        )
    return FoundFiles((path,))


def utc_now() -> datetime:
    """Return the current time in UTC; the default of parameters ``now``."""
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
    """Yield the pieces of a file from a position on, each with the position after it.

    Memory is bounded: one article at a time, at most 24 MiB of a line or 16 MiB of a page. A
    larger or unreadable article is yielded as a rejection, and reading continues. If a file
    cannot be read to its end, the last rejection has the position before it.

    Args:
        path: ``.txt`` (see `article_from_text`), ``.html``, ``.jsonl`` (see
            `article_from_line`) or ``.warc`` (see `pieces_of_warc`), also compressed; or a format
            of another package (see `pieces_of_plugin`).
        now: Returns the current time: the time of fetching for articles without one.
        source: Source of the articles. By default, JSON lines and WARCs are named after their
            file, other files after their folder.
        meter: Counts the bytes read from disk.
        indexes: Indexes of saved pages. Defaults to the index in the file's folder.
        start: Position of a piece of this file; reading continues after it.

    Raises:
        UsageError: If an index of pages is invalid, or the package of a format cannot be loaded.
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
"""Readers of files with many articles, by kind."""


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
    """Yield the articles of a file, or of every file under a folder in the order of their paths.

    The arguments are those of `pieces_of_file`.

    Raises:
        UsageError: If the path does not exist, or a file's suffix is unknown.
    """
    indexes = PageIndexes(path)
    for file in find_files(path).files:
        pieces = pieces_of_file(file, now=now, source=source, meter=meter, indexes=indexes)
        yield from (piece.item for piece in pieces if piece.item is not None)


def kind_of(path: Path) -> str:
    """Return the kind of a file by its name: text, page, lines, warc, or ``format NAME``.

    Empty if the suffix is unknown.
    """
    suffix = _suffix(path)
    if not suffix:
        return ""
    return SUFFIXES.get(suffix) or PLUGIN + plugin_suffixes()[suffix]


def _suffix(path: Path) -> str:
    """Return the known suffix of a file, or an empty string; built-in ones have precedence."""
    name = path.name.lower()
    for suffixes in (SUFFIXES, plugin_suffixes()):
        known = next((suffix for suffix in suffixes if name.endswith(suffix)), "")
        if known:
            return known
    return ""


def _stem(path: Path) -> str:
    suffix = _suffix(path)
    return path.name[: -len(suffix)] or path.resolve().parent.name or "files"


def _is_visible_file(path: Path, folder: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    # Links, pipes and devices are not read, but named: `open_regular` refuses them.
    return not is_hidden and not path.is_dir()
