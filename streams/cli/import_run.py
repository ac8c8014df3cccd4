"""Run an import before a person's eyes: bytes, articles, rate, and a summary whatever happens."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
import typer
from rich.table import Table

from streams.cli.context import out
from streams.cli.course import Course, shown
from streams.cli.replay_run import INTERRUPTED
from streams.errors import UsageError
from streams.runtime.signals import stop_on_signals
from streams.settings import Settings
from streams.sources.files.files import find_files, utc_now
from streams.sources.imports.importer import import_files
from streams.sources.imports.journal import ImportCounts

PASSED_OVER: Final = {
    "not_html": "no page: image, script, style, PDF …",
    "other_status": "redirect, error, not modified",
    "not_http": "not fetched over HTTP",
    "empty": "without a body",
    "revisit": "unchanged since an earlier capture (revisit)",
    "empty_line": "empty line",
}
"""What is passed over, in words; the rest are types of records, which speak for themselves."""


@dataclass
class _Course(Course[ImportCounts]):
    """How far an import is, in bytes of files; and how many files are of other kinds."""

    tally: ImportCounts = field(default_factory=ImportCounts)
    n_others: int = 0


async def run_import(
    settings_with_broker: Callable[[], Settings],
    paths: Sequence[Path],
    *,
    source: str,
    again: bool,
    json: bool,
) -> int:
    """Import, and print what was done, also when it ends early.

    Args:
        settings_with_broker: Called once the paths are known to exist.
        paths: Files and folders.
        source: Name of the source; empty: that of file or folder.
        again: Whether what was imported before is sent again.
        json: Whether the summary is one JSON object on stdout.

    Returns:
        The exit code: 0, 1 if something was refused, 130 after Ctrl-C.

    Raises:
        UsageError: If a path cannot be read.
        BrokerError: If Kafka cannot be reached or does not acknowledge.
    """
    course = _Course()
    roots = {}
    for path in paths:
        found = find_files(path)
        if not found.files:
            raise UsageError(f"{path}: holds no file that can be read")
        roots[path] = found.files
        course.total += sum(file.stat().st_size for file in found.files)
        course.n_others += found.n_others
    settings = settings_with_broker()
    stop = asyncio.Event()
    try:
        with stop_on_signals(stop):
            async with shown(course):
                await import_files(
                    settings,
                    roots,
                    now=utc_now,
                    tally=course.tally,
                    meter=course.meter,
                    stop=stop,
                    source=source,
                    again=again,
                )
    finally:
        _summary(course, stopped=stop.is_set(), json=json)
    if stop.is_set():
        return INTERRUPTED
    return 1 if course.tally.n_refused else 0


def _summary(course: _Course, *, stopped: bool, json: bool) -> None:
    tally = course.tally
    if json:
        row: dict[str, Any] = {
            "sent": tally.n_sent,
            "refused": tally.n_refused,
            "reasons": dict(tally.refused),
            "passed_over": dict(tally.passed_over),
            "files": tally.n_files,
            "files_known": tally.n_files_known,
            "files_left_alone": course.n_others,
            "bytes": course.meter.n_bytes,
            "seconds": round(course.seconds, 3),
            "interrupted": stopped,
        }
        typer.echo(orjson.dumps(row))
        return
    state = "stopped; the same command goes on" if stopped else "imported"
    megabytes = course.meter.n_bytes / 1e6
    title = f"{state}: {course}, {megabytes:,.1f} MB in {course.seconds:.1f} s"
    table = Table("count", "of", "what", title=title, title_justify="left", box=None)
    for count, of, what in _rows(course):
        table.add_row(f"{count:,}", of, what)
    out.print(table)


def _rows(course: _Course) -> list[tuple[int, str, str]]:
    tally = course.tally
    rows = [
        (tally.n_sent, "articles", "sent to articles.raw.v1"),
        (tally.n_files, "files", "read"),
        (tally.n_files_known, "files", "imported before (--again sends them again)"),
        (course.n_others, "files", "of other kinds, left alone"),
    ]
    rows += [
        (count, "refused", f"{reason}; see `streams dead-letters list`")
        for reason, count in tally.refused.most_common()
    ]
    rows += [
        (count, "passed over", PASSED_OVER.get(kind, f"record of type {kind}"))
        for kind, count in tally.passed_over.most_common()
    ]
    return [row for row in rows if row[0]]
