"""Feeds on disk in, agreement and speed beside feedparser out."""

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
"""What a file of a feed may end with; others are no feeds by their own words."""

Row = tuple[str, str, str, str]
"""Title, link, id and date of an entry, white space made even, the date in UTC to the second."""

T = TypeVar("T")

REPEATS: Final = 2
"""Times that a file is read by each for the time it takes, after once to warm up."""

FIELDS: Final = ("title", "link", "id", "date")


@dataclass(frozen=True, kw_only=True)
class FeedComparison:
    """What two parsers made of one file.

    Attributes:
        path: Below the folder.
        n_bytes: Its size.
        ours: Entries as we read them.
        theirs: Entries as feedparser reads them.
        error: Why we read none at all; empty if we did.
        seconds: CPU time of ours.
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
    """Parse every feed below a folder, by us and by feedparser.

    Args:
        folder: Files by `SUFFIXES`, at any depth; others are left alone.

    Raises:
        UsageError: If there is none.
    """
    paths = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    if not paths:
        raise UsageError(f"{folder}: no file ends in {', '.join(sorted(SUFFIXES))}")
    return [_reading(path, folder) for path in paths]


def differences(reading: FeedComparison) -> Iterator[str]:
    """Say how the two differ on a file, a sentence each; nothing where they agree."""
    if len(reading.ours) != len(reading.theirs):
        why = f" ({reading.error})" if reading.error else ""
        yield f"entries: {len(reading.ours)}{why}, feedparser {len(reading.theirs)}"
        return
    for number, (ours, theirs) in enumerate(zip(reading.ours, reading.theirs, strict=True), 1):
        for name, our, their in zip(FIELDS, ours, theirs, strict=True):
            if our != their:
                yield f"entry {number}, {name}: {our[:120]!r}, feedparser {their[:120]!r}"


def summary(readings: Sequence[FeedComparison]) -> dict[str, Any]:
    """Count: files, errors, agreement, megabytes a second of CPU time, and who differs how."""
    differing = {reading.path: list(differences(reading)) for reading in readings}
    n_bytes = sum(reading.n_bytes for reading in readings)
    return {
        "files": len(readings),
        "errors": sum(bool(reading.error) for reading in readings),
        "same_entry_count": sum(len(one.ours) == len(one.theirs) for one in readings),
        "same_fields": sum(not found for found in differing.values()),
        "mb_per_second": _rate(n_bytes, sum(one.seconds for one in readings)),
        "feedparser_mb_per_second": _rate(n_bytes, sum(one.their_seconds for one in readings)),
        "differ": {path: found for path, found in differing.items() if found},
    }


def rows(readings: Sequence[FeedComparison]) -> bytes:
    """Write what we read of each file, a JSON line a file."""
    return b"".join(
        orjson.dumps(
            {
                "file": one.path,
                "error": one.error,
                "entries": [dict(zip(FIELDS, row, strict=True)) for row in one.ours],
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for one in readings
    )


def _reading(path: Path, folder: Path) -> FeedComparison:
    body = path.read_bytes()
    seconds, (ours, error) = _timed(_ours, body)
    their_seconds, theirs = _timed(lambda given: _theirs(given, resolving=False), body)
    if ours != theirs:
        # We complete links within titles. So does feedparser if it is asked to, but then it also
        # spells tags anew: either of its readings is feedparser's, the faster one is timed.
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
    """Read a body, and give the CPU seconds of the fastest of several times."""
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
        # Unsanitized: closest to what is written.
        found = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=resolving)
        return tuple(
            (
                _even(entry.get("title")),
                _even(entry.get("link")),
                _even(entry.get("id")),
                _date(_time(entry.get("published_parsed") or entry.get("updated_parsed"))),
            )
            for entry in found.entries
        )


def _even(text: object) -> str:
    return " ".join(text.split()) if isinstance(text, str) else ""


def _time(parsed: Any) -> datetime | None:
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None


def _date(when: datetime | None) -> str:
    return when.isoformat() if when else ""


def _rate(n_bytes: int, seconds: float) -> float:
    return round(n_bytes / max(seconds, 1e-9) / 1e6, 2)
