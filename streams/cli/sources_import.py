"""``streams sources import``: archives into the pipeline, each article once."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…",
            help="Files or folders: .warc, .html, .jsonl, .txt; .gz of each, .jsonl.xz.",
        ),
    ],
    *,
    source: Annotated[
        str, typer.Option(help="Name of the source; else that of the file or folder.")
    ] = "",
    again: Annotated[bool, typer.Option("--again", help="Also what was imported before.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Bring archives in: WARC files, saved pages, JSON lines; what was imported stays so.

    How far each file is in Kafka is remembered there: a second run sends
    nothing, one that was stopped or killed goes on, and a file that has grown
    is read from where it ended. What cannot be read becomes a dead letter, and
    the exit code is 1. Saved pages are named by `index.csv` (file,url,fetched)
    beside them, else by their canonical link.

    **Examples:** `streams sources import crawl-2026-11.warc.gz`,
    `streams sources import pages/ --source archive`, `streams sources import wire.jsonl --again`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.cli.import_run import run_import  # noqa: PLC0415

    code = run_import(settings_with_broker, paths, source=source, again=again, json=json_)
    raise typer.Exit(asyncio.run(code))
