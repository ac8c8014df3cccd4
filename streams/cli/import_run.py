"""Run an import before a person's eyes: bytes, articles, rate, and a summary whatever happens."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from streams.cli.context import err, interactive, out
from streams.cli.replay_run import INTERRUPTED, LINE_EVERY
from streams.cli.signals import stopped_by_signals
from streams.errors import UsageError
from streams.settings import Settings
from streams.sources.bounded import Meter
from streams.sources.files import find_files, utc_now
from streams.sources.import_journal import ImportTally
from streams.sources.importing import import_files

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
class _Course:
    tally: ImportTally = field(default_factory=ImportTally)
    meter: Meter = field(default_factory=Meter)
    n_bytes: int = 0
    n_others: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return max(time.monotonic() - self.started, 1e-6)

    def __str__(self) -> str:
        rate = self.tally.n_sent / self.seconds
        return f"{self.tally.n_sent:,} sent, {self.tally.n_refused:,} refused, {rate:,.0f}/s"


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
        course.n_bytes += sum(file.stat().st_size for file in found.files)
        course.n_others += found.n_others
    settings = settings_with_broker()
    stop = asyncio.Event()
    try:
        with stopped_by_signals(stop):
            async with _progress(course):
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


@asynccontextmanager
async def _progress(course: _Course) -> AsyncIterator[None]:
    showing = asyncio.create_task(_bar(course) if interactive() else _lines(course))
    try:
        yield
    finally:
        showing.cancel()
        with suppress(asyncio.CancelledError):
            await showing


async def _bar(course: _Course) -> None:
    said = TextColumn("{task.fields[said]}")
    columns = (BarColumn(), DownloadColumn(), said, TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("", total=course.n_bytes, said="")
        while True:
            done = min(course.meter.n_bytes, course.n_bytes)
            progress.update(task, completed=done, said=str(course))
            await asyncio.sleep(0.2)


async def _lines(course: _Course) -> None:
    while True:
        await asyncio.sleep(LINE_EVERY.total_seconds())
        share = 100 * course.meter.n_bytes / max(course.n_bytes, 1)
        err.print(f"{min(share, 100):.0f} %: {course}", highlight=False)


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
