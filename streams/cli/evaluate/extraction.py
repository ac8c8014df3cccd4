"""``streams evaluate extraction``: scores of page extraction."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from streams.cli._arguments import JsonObject, readable_file, readable_folder
from streams.cli._output.console import out
from streams.evaluate.extraction import changes, evaluate, page_rows, summary

DEFAULT_MAX_PAGE_BYTES = 8 * 1024 * 1024
"""Labeled sets contain pages above the pipeline's limit, which are scored, too."""


def extraction(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="Folder with gold.jsonl and html/.", callback=readable_folder
        ),
    ],
    save: Annotated[
        Path | None,
        typer.Option(help="Write the extracted fields to this file, one page per line."),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            help="File written by --save in an earlier run, to list the changes.",
            callback=readable_file,
        ),
    ] = None,
    max_page_bytes: Annotated[
        int, typer.Option(min=1024, help="Maximum size of a page, in bytes.")
    ] = DEFAULT_MAX_PAGE_BYTES,
    *,
    json: JsonObject = False,
) -> None:
    """Score body, title, date and authors on labeled pages, extracted as in `clean`.

    **Examples:**

    - `streams evaluate extraction ../shared/evals/extraction/fundus-dev`
    """
    report = evaluate(folder, max_page_bytes=max_page_bytes)
    rows = list(page_rows(report))
    old = compare.read_bytes().splitlines() if compare else []
    if save:
        save.write_bytes(b"\n".join(rows) + b"\n")
    if json:
        typer.echo(orjson.dumps(summary(report)))
        return
    _print_table(summary(report))
    for page, name, before, after in changes(old, rows):
        typer.echo(f"{after - before:+.3f}  {name:8} {before:.3f} -> {after:.3f}  {page}")


def _print_table(scores: dict[str, object]) -> None:
    table = Table("field", "score")
    for name, value in scores.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        for part, score in parts:
            text = f"{score:.4f}" if isinstance(score, float) else str(score)
            table.add_row(f"{name} {part}".strip(), text)
    out.print(table)
