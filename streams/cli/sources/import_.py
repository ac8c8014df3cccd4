"""``streams sources import``: archives into the pipeline, each article once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer
from rich.table import Table

from streams.cli._arguments import JsonSummary
from streams.cli._files import require_files
from streams.cli._output.console import INTERRUPTED, out
from streams.cli._output.progress import Progress, show_progress
from streams.cli._settings import settings_with_broker
from streams.runtime.signals import stop_on_signals
from streams.settings import Settings
from streams.sources.files.files import utc_now
from streams.sources.imports.importer import import_files
from streams.sources.imports.journal import ImportCounts

SKIPPED: Final = {
    "not_html": "not a page: image, script, style, PDF …",
    "other_status": "redirect, error, not modified",
    "not_http": "not fetched over HTTP",
    "empty": "without a body",
    "revisit": "unchanged since an earlier capture (revisit)",
    "empty_line": "empty line",
}
"""Descriptions of what is skipped in a file; all other keys are types of WARC records."""


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="Files or folders: .warc, .html, .jsonl, .txt, each also as .gz; .jsonl.xz.",
        ),
    ],
    *,
    source: Annotated[
        str, typer.Option(help="Name of the source (default: name of the file or folder).")
    ] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Import files again that were imported before.")
    ] = False,
    json_: JsonSummary = False,
) -> None:
    """Import archives: WARC files, saved pages, JSON Lines; files already imported are skipped.

    Kafka remembers the position in each file: an interrupted import resumes, and a file that has
    grown is read from its former end. What cannot be read becomes a dead letter (exit code 1).
    The URLs of saved pages come from `index.csv` (file,url,fetched) in their folder, otherwise from
    their canonical links.

    **Examples:**

    - `streams sources import crawl-2026-11.warc.gz`
    - `streams sources import pages/ --source archive`
    - `streams sources import wire.jsonl --again`
    """
    importing = import_archives(settings_with_broker, paths, source=source, again=again, json=json_)
    raise typer.Exit(asyncio.run(importing))


@dataclass
class _Progress(Progress[ImportCounts]):
    """Progress in bytes of files, with the number of files of other types."""

    tally: ImportCounts = field(default_factory=ImportCounts)
    n_others: int = 0


async def import_archives(
    settings_with_broker: Callable[[], Settings],
    paths: Sequence[Path],
    *,
    source: str,
    again: bool,
    json: bool,
) -> int:
    """Import archives, and print a summary, even after an error.

    Args:
        settings_with_broker: Called once the paths are known to exist.
        paths: Files and folders.
        source: Name of the source; empty for the name of the file or folder.
        again: Whether to import files again that were imported before.
        json: Whether to print the summary as JSON.

    Returns:
        The exit code: 0, 1 if something was refused, 130 after Ctrl-C.

    Raises:
        UsageError: If a path cannot be read.
        BrokerError: If Kafka is unreachable or does not acknowledge.
    """
    progress = _Progress()
    roots = {}
    for path in paths:
        found = require_files(path)
        roots[path] = found.files
        progress.total += sum(file.stat().st_size for file in found.files)
        progress.n_others += found.n_others
    settings = settings_with_broker()
    stop = asyncio.Event()
    try:
        with stop_on_signals(stop):
            async with show_progress(progress):
                await import_files(
                    settings,
                    roots,
                    now=utc_now,
                    tally=progress.tally,
                    meter=progress.meter,
                    stop=stop,
                    source=source,
                    again=again,
                )
    finally:
        _print_summary(progress, stopped=stop.is_set(), json=json)
    if stop.is_set():
        return INTERRUPTED
    return 1 if progress.tally.n_refused else 0


def _print_summary(progress: _Progress, *, stopped: bool, json: bool) -> None:
    tally = progress.tally
    if json:
        row: dict[str, Any] = {
            "sent": tally.n_sent,
            "refused": tally.n_refused,
            "reasons": dict(tally.refused),
            "passed_over": dict(tally.passed_over),
            "files": tally.n_files,
            "files_known": tally.n_files_known,
            "files_left_alone": progress.n_others,
            "bytes": progress.meter.n_bytes,
            "seconds": round(progress.seconds, 3),
            "interrupted": stopped,
        }
        typer.echo(orjson.dumps(row))
        return
    state = "stopped; run the same command to resume" if stopped else "imported"
    megabytes = progress.meter.n_bytes / 1e6
    title = f"{state}: {progress}, {megabytes:,.1f} MB in {progress.seconds:.1f} s"
    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right")
    for count, unit, description in _rows(progress):
        table.add_row(f"{count:,}", unit, description)
    out.print(table)


def _rows(progress: _Progress) -> list[tuple[int, str, str]]:
    tally = progress.tally
    rows = [
        (tally.n_sent, "articles", "sent to articles.raw.v1"),
        (tally.n_files, "files", "read"),
        (tally.n_files_known, "files", "skipped, imported before (--again imports them again)"),
        (progress.n_others, "files", "skipped, unsupported file type"),
    ]
    rows += [
        (count, "refused", f"{reason}; see `streams dead-letters list`")
        for reason, count in tally.refused.most_common()
    ]
    rows += [
        (count, "skipped", SKIPPED.get(kind, f"record of type {kind}"))
        for kind, count in tally.passed_over.most_common()
    ]
    return [row for row in rows if row[0]]
