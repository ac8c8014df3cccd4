"""``streams evaluate feeds``: how feeds are read, beside feedparser."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli.paths import readable_folder


def feeds(
    folder: Annotated[
        Path,
        typer.Argument(help="Feeds: .xml, .rss, .atom, .rdf, .json.", callback=readable_folder),
    ],
    save: Annotated[Path | None, typer.Option(help="Write what was read, a file a line.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Read every feed below a folder, by us and by feedparser: agreement, speed, differences.

    **Example:** `streams evaluate feeds feeds/`
    """
    import orjson  # noqa: PLC0415  # start fast

    from streams.evaluate.feeds import evaluate_feeds, rows, summary  # noqa: PLC0415

    readings = evaluate_feeds(folder)
    if save:
        save.write_bytes(rows(readings))
    report = summary(readings)
    if json:
        typer.echo(orjson.dumps(report))
        return
    differing: dict[str, list[str]] = report.pop("differ")
    for path, found in differing.items():
        for line in found:
            typer.echo(f"{path}: {line}")
    _print(report)


def _print(report: dict[str, object]) -> None:
    from rich.table import Table  # noqa: PLC0415

    from streams.cli.context import out  # noqa: PLC0415

    table = Table("", "")
    for name, value in report.items():
        table.add_row(name.replace("_", " "), str(value))
    out.print(table)
