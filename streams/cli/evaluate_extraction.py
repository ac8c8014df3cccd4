"""``streams evaluate extraction``: how well pages are read."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli.paths import readable_file, readable_folder

DEFAULT_MAX_PAGE_BYTES = 8 * 1024 * 1024
"""Labelled sets have pages above the pipeline's limit; they are to be scored, too."""


def extraction(
    folder: Annotated[Path, typer.Argument(help="gold.jsonl and html/", callback=readable_folder)],
    save: Annotated[Path | None, typer.Option(help="Write what was read, a page a line.")] = None,
    compare: Annotated[
        Path | None, typer.Option(help="Such a file of an older run.", callback=readable_file)
    ] = None,
    max_page_bytes: Annotated[int, typer.Option(min=1024)] = DEFAULT_MAX_PAGE_BYTES,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Score body, title, date and authors of labelled pages, read as `clean` reads them.

    **Example:** `streams evaluate extraction ../shared/evals/extraction/fundus-dev`
    """
    import orjson  # noqa: PLC0415  # start fast

    from streams.evaluate.extraction import (  # noqa: PLC0415
        changes,
        evaluate,
        page_rows,
        summary,
    )

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


def _print_table(figures: dict[str, object]) -> None:
    from rich.table import Table  # noqa: PLC0415

    from streams.cli.context import out  # noqa: PLC0415

    table = Table("field", "score")
    for name, value in figures.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        for part, score in parts:
            shown = f"{score:.4f}" if isinstance(score, float) else str(score)
            table.add_row(f"{name} {part}".strip(), shown)
    out.print(table)
