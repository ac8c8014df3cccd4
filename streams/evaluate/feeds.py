"""Compare our feed parser with feedparser on files: agreement and speed."""

import calendar
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import feedparser
import orjson

from streams.errors import UsageError
from streams.sources.feeds.parsing.model import FeedError
from streams.sources.feeds.parsing.parse import parse_feed

SUFFIXES: Final = frozenset((".xml", ".rss", ".atom", ".rdf", ".json"))
"""Suffixes of feed files; other files are ignored."""

Row = tuple[str, str, str, str]
"""Title, link, id and date of an entry, with single spaces, the date in UTC to the second."""

T = TypeVar("T")

REPEATS: Final = 2
"""Timed runs of each parser on a file, after one run to warm up."""

FIELDS: Final = ("title", "link", "id", "date")


@dataclass(frozen=True, kw_only=True)
class FeedComparison:
    """The results of two parsers on one file.

    Attributes:
        path: Path of the file below the folder.
        n_bytes: Size of the file.
        ours: Entries of our parser.
        theirs: Entries of feedparser.
        error: Error of our parser; empty if there is none.
        seconds: CPU time of our parser.
        their_seconds: CPU time of feedparser.
    """

    path: str
    n_bytes: int
    ours: tuple[Row, ...]
    theirs: tuple[Row, ...]
    error: str
    seconds: float
    their_seconds: float


def evaluate_feeds(folder: Path) -> list[FeedComparison]:
    """Parse every feed below a folder with our parser and with feedparser.

    Args:
        folder: Folder with files that end in `SUFFIXES`, at any depth; others are ignored.

    Raises:
        UsageError: If there is no such file.
    """
    paths = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    if not paths:
        raise UsageError(f"{folder}: no file ends in {', '.join(sorted(SUFFIXES))}")
    return [_compare(path, folder) for path in paths]


def differences(file: FeedComparison) -> Iterator[str]:
    """Describe each difference between the parsers on a file in one line."""
    if len(file.ours) != len(file.theirs):
        why = f" ({file.error})" if file.error else ""
        yield f"entries: {len(file.ours)}{why}, feedparser {len(file.theirs)}"
        return
    for number, (ours, theirs) in enumerate(zip(file.ours, file.theirs, strict=True), 1):
        for name, our, their in zip(FIELDS, ours, theirs, strict=True):
            if our != their:
                yield f"entry {number}, {name}: {our[:120]!r}, feedparser {their[:120]!r}"


def summary(files: Sequence[FeedComparison]) -> dict[str, Any]:
    """Count files, errors and agreement, with megabytes per CPU second and all differences."""
    lines = {file.path: list(differences(file)) for file in files}
    n_bytes = sum(file.n_bytes for file in files)
    return {
        "files": len(files),
        "errors": sum(bool(file.error) for file in files),
        "same_entry_count": sum(len(file.ours) == len(file.theirs) for file in files),
        "same_fields": sum(not differing for differing in lines.values()),
        "mb_per_second": _rate(n_bytes, sum(file.seconds for file in files)),
        "feedparser_mb_per_second": _rate(n_bytes, sum(file.their_seconds for file in files)),
        "differ": {path: differing for path, differing in lines.items() if differing},
    }


def rows(files: Sequence[FeedComparison]) -> bytes:
    """Return the entries of our parser as JSON lines, one for each file."""
    return b"".join(
        orjson.dumps(
            {
                "file": file.path,
                "error": file.error,
                "entries": [dict(zip(FIELDS, row, strict=True)) for row in file.ours],
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for file in files
    )


def _compare(path: Path, folder: Path) -> FeedComparison:
    body = path.read_bytes()
    seconds, (ours, error) = _timed(_ours, body)
    their_seconds, theirs = _timed(lambda data: _theirs(data, resolving=False), body)
    if ours != theirs:
        # Our parser completes links within titles. feedparser does so on request, but then it
        # also rewrites tags: both results count as feedparser's, the faster one is timed.
        completed = _theirs(body, resolving=True)
        theirs = completed if ours == completed else theirs
    return FeedComparison(
        path=str(path.relative_to(folder)),
        n_bytes=len(body),
        ours=ours,
        theirs=theirs,
        error=error,
        seconds=seconds,
        their_seconds=their_seconds,
    )


def _timed(read: Callable[[bytes], T], body: bytes) -> tuple[float, T]:
    """Parse a body several times; return the CPU seconds of the fastest run, and the result."""
    best, result = float("inf"), read(body)
    for _ in range(REPEATS):
        start = time.process_time()
        result = read(body)
        best = min(best, time.process_time() - start)
    return best, result


def _ours(body: bytes) -> tuple[tuple[Row, ...], str]:
    try:
        feed = parse_feed(body)
    except FeedError as error:
        return (), str(error)
    return tuple(
        (_even(entry.title), _even(entry.link), _even(entry.id), _date(entry.time))
        for entry in feed.entries
    ), ""


def _theirs(body: bytes, *, resolving: bool) -> tuple[Row, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Unsanitized text is the closest to the file.
        feed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=resolving)
        return tuple(
            (
                _even(entry.get("title")),
                _even(entry.get("link")),
                _even(entry.get("id")),
                _date(_time(entry.get("published_parsed") or entry.get("updated_parsed"))),
            )
            for entry in feed.entries
        )


def _even(text: object) -> str:
    return " ".join(text.split()) if isinstance(text, str) else ""


def _time(parsed: Any) -> datetime | None:
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None


def _date(when: datetime | None) -> str:
    return when.isoformat() if when else ""


def _rate(n_bytes: int, seconds: float) -> float:
    return round(n_bytes / max(seconds, 1e-9) / 1e6, 2)
