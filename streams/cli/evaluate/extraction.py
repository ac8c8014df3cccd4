"""``streams evaluate extraction``: scores of page extraction."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from streams.cli._arguments import JsonObject, readable_file, readable_folder
from streams.cli._output.console import out
from streams.evaluate.extraction import changes, evaluate, page_rows, summary
from streams.evaluate.extraction_folds import cross_validate as cross_validated
from streams.evaluate.extraction_folds import folds_summary

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
    snippets: Annotated[
        Path | None,
        typer.Option(
            help="trafilatura-eval.tar.xz, to train and score on its pages too.",
            callback=readable_file,
        ),
    ] = None,
    *,
    cross_validate: Annotated[
        bool,
        typer.Option(
            "--cross-validate",
            help="Score each publisher with weights trained on the others.",
        ),
    ] = False,
    json: JsonObject = False,
) -> None:
    """Score body, title, date and authors on labeled pages, extracted as in `clean`.

    **Examples:**

    - `streams evaluate extraction ../shared/evals/extraction/fundus-dev`
    - `streams evaluate extraction ../shared/evals/extraction/fundus-dev --cross-validate`
    """
    if cross_validate:
        folds = cross_validated(
            folder,
            max_page_bytes=max_page_bytes,
            fetched=datetime.now(UTC) + timedelta(days=1),
            archive=snippets,
        )
        if json:
            typer.echo(orjson.dumps(folds_summary(folds)))
        else:
            _print_folds(folds_summary(folds))
        return
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


def _print_folds(scores: dict[str, Any]) -> None:
    table = Table("body", "precision", "recall", "F1")
    for name in ("rules", "learned"):
        body = scores[name]["body"] or {}
        table.add_row(name, *(f"{body.get(part, 0):.4f}" for part in ("precision", "recall", "f1")))
    for name, values in scores["snippets"].items():
        table.add_row(f"{name}, snippets", *(f"{value:.4f}" for value in values))
    out.print(table)
    languages = Table("language", "pages", "rules", "learned")
    for code, found in sorted(scores["learned"]["languages"].items()):
        before = scores["rules"]["languages"].get(code, {}).get("f1", 0.0)
        languages.add_row(code, str(found["pages"]), f"{before:.3f}", f"{found['f1']:.3f}")
    out.print(languages)
    for page in scores["worst"]:
        typer.echo(f"{page['f1']:.3f}  {page['id']}")
        typer.echo(f"       missing: {page['missing']}")
        typer.echo(f"       extra:   {page['extra']}")
