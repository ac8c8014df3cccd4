"""Files and folders in, raw articles out, one after the other and in bounded memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from schemas import RawArticle
from streams.errors import UsageError
from streams.outcome import RejectReason
from streams.sources.article import checked, raw_article
from streams.sources.bounded import (
    KEPT_BYTES,
    MAX_BODY_BYTES,
    MAX_SKIPPED_BYTES,
    UNPACKING_ERRORS,
    Meter,
    Oversized,
    body_within,
    file_digest,
    lines_within,
    unpacked,
)
from streams.sources.json_lines import article_from_line
from streams.sources.plain_text import article_from_text
from streams.sources.problem import SourceProblem

SUFFIXES: Final = {
    ".txt": "text",
    ".html": "page",
    ".html.gz": "page",
    ".htm": "page",
    ".jsonl": "lines",
    ".jsonl.gz": "lines",
    ".jsonl.xz": "lines",
}
"""What a file holds, by the end of its name."""


@dataclass(frozen=True)
class Found:
    """The files under a path.

    Attributes:
        files: Those that can be read, sorted by path.
        n_others: How many were left alone because of their names.
    """

    files: tuple[Path, ...]
    n_others: int = 0


def find_files(path: Path) -> Found:
    """List the files to read: the path itself, or all under the folder, hidden ones left out.

    Raises:
        UsageError: If there is no such path, or its name does not say what it holds.
    """
    if path.is_dir():
        inside = sorted(entry for entry in path.rglob("*") if _is_visible_file(entry, path))
        files = tuple(entry for entry in inside if _kind(entry))
        return Found(files, len(inside) - len(files))
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    if not _kind(path):
        raise UsageError(f"{path}: its name must end in {', '.join(SUFFIXES)}")
    return Found((path,))


def utc_now() -> datetime:
    """Give the time; where a clock is asked for, tests give another."""
    return datetime.now(UTC)


def read_articles(
    path: Path,
    *,
    now: Callable[[], datetime] = utc_now,
    source: str = "",
    meter: Meter | None = None,
) -> Iterator[RawArticle | SourceProblem]:
    """Read a file, or every file under a folder in the order of their paths.

    Bounded: holds one article at a time, at most 24 MiB of a line or 16 MiB
    of a page; what is larger, or cannot be read, comes as a problem in its
    place, and the rest goes on.

    Args:
        path: ``.txt`` (see `article_from_text`), ``.html``, ``.jsonl`` (see
            `article_from_line`), packed ones, or a folder.
        now: The clock; an article without a time of its own was fetched then.
        source: Who delivers them; empty: JSON lines are named after their
            file, other files after their folder.
        meter: Counts what is read from disk.

    Raises:
        UsageError: If there is no such path, or its name does not say what it holds.
    """
    for file in find_files(path).files:
        yield from _read_file(file, now=now, source=source, meter=meter or Meter())


def _read_file(
    path: Path, *, now: Callable[[], datetime], source: str, meter: Meter
) -> Iterator[RawArticle | SourceProblem]:
    kind = _kind(path)
    try:
        if kind == "lines":
            yield from _read_lines(path, now=now, source=source or _stem(path), meter=meter)
        else:
            source = source or path.resolve().parent.name or "files"
            yield _read_one(path, kind, now=now, source=source, meter=meter)
    except UNPACKING_ERRORS as error:
        detail = f"{path}: cannot be read to its end: {error}"
        yield SourceProblem(
            reason=RejectReason.UNREADABLE_BODY, detail=detail, value=_first_bytes(path)
        )


def _read_one(
    path: Path, kind: str, *, now: Callable[[], datetime], source: str, meter: Meter
) -> RawArticle | SourceProblem:
    with unpacked(path, meter) as stream:
        body = body_within(stream)
    if body is None:
        return _too_large(path, f"unpacks to more than {MAX_BODY_BYTES} bytes")
    if kind == "text":
        article = article_from_text(body, source=source, fetched=now())
    else:
        article = raw_article(source=source, fetched=now(), body=body, content_type="text/html")
    sound = checked(article, place=str(path))
    if isinstance(sound, SourceProblem) and sound.reason is RejectReason.TOO_LARGE:
        return _too_large(path, "its record would be larger than 4 MiB")
    return sound


def _read_lines(
    path: Path, *, now: Callable[[], datetime], source: str, meter: Meter
) -> Iterator[RawArticle | SourceProblem]:
    packed = path.suffix in {".gz", ".xz"}
    with unpacked(path, meter) as stream:
        lines = lines_within(stream, max_skipped_bytes=MAX_SKIPPED_BYTES if packed else None)
        for number, line in enumerate(lines, 1):
            place = f"{path}:{number}"
            if isinstance(line, Oversized):
                yield _oversized_line(line, place)
            elif line.strip():
                yield article_from_line(line, source=source, fetched=now(), place=place)


def _oversized_line(line: Oversized, place: str) -> SourceProblem:
    detail = f"{place}: the line has {line.n_bytes} bytes, sha256 {line.sha256}"
    if line.given_up:
        detail = (
            f"{place}: the line unpacks to more than {line.n_bytes} bytes, sha256 of these "
            f"{line.sha256}; the rest of the file was not read"
        )
    return SourceProblem(reason=RejectReason.TOO_LARGE, detail=detail, value=line.start)


def _too_large(path: Path, why: str) -> SourceProblem:
    n_bytes, sha256 = file_digest(path)
    return SourceProblem(
        reason=RejectReason.TOO_LARGE,
        detail=f"{path}: {why}; {n_bytes} bytes, sha256 {sha256}",
        value=_first_bytes(path),
    )


def _first_bytes(path: Path) -> bytes:
    """Give the start of a file, unpacked where that goes, for people to look at."""
    try:
        with unpacked(path) as stream:
            return stream.read(KEPT_BYTES)
    except UNPACKING_ERRORS:
        pass
    try:
        with path.open("rb") as packed:
            return packed.read(KEPT_BYTES)
    except OSError:
        return b""


def _kind(path: Path) -> str:
    name = path.name.lower()
    return next((kind for suffix, kind in SUFFIXES.items() if name.endswith(suffix)), "")


def _stem(path: Path) -> str:
    return path.name.split(".jsonl")[0] or path.resolve().parent.name or "files"


def _is_visible_file(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.is_file()
