"""``streams evaluate feeds``: the feed parser compared with feedparser."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from streams.cli._arguments import JsonObject, readable_folder
from streams.cli._output.console import out
from streams.evaluate.feeds import evaluate_feeds, rows, summary


def feeds(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="Folder of feeds: .xml, .rss, .atom, .rdf, .json.",
            callback=readable_folder,
        ),
    ],
    save: Annotated[
        Path | None, typer.Option(help="Write the parsed feeds to this file, one feed per line.")
    ] = None,
    *,
    json: JsonObject = False,
) -> None:
    """Compare the feed parser with feedparser on a folder of feeds: agreement and speed.

    **Examples:**

    - `streams evaluate feeds feeds/`
    """
    results = evaluate_feeds(folder)
    if save:
        save.write_bytes(rows(results))
    report = summary(results)
    if json:
        typer.echo(orjson.dumps(report))
        return
    differing: dict[str, list[str]] = report.pop("differ")
    for path, lines in differing.items():
        for line in lines:
            typer.echo(f"{path}: {line}")
    _print_report(report)


def _print_report(report: dict[str, object]) -> None:
    table = Table("", "")
    for name, value in report.items():
        table.add_row(name.replace("_", " "), str(value))
    out.print(table)
