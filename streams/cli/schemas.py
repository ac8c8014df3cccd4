"""``streams schemas``: JSON Schemas of the records."""

from pathlib import Path
from typing import Annotated

import typer

from streams.errors import UsageError
from streams.records.describe import schema_files

app = typer.Typer(help="Export the JSON Schemas of the records.", no_args_is_help=True)


@app.callback()
def schemas() -> None:
    """Export the JSON Schemas of the records."""


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to.")] = Path(
        "schemas/json"
    ),
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; list the differences (exit code 1).")
    ] = False,
) -> None:
    """Write a JSON Schema (2020-12) for each topic.

    **Examples:**

    - `streams schemas export`
    - `streams schemas export --check`
    """
    files = schema_files()
    changes = drift(folder, files)
    if check:
        for change in changes:
            typer.echo(change)
        raise typer.Exit(1 if changes else 0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise UsageError(f"writing schemas to {folder}: {error.strerror}") from error
    for change in changes:
        typer.echo(change)
    typer.echo(f"{len(files)} schemas in {folder}")


def drift(folder: Path, files: dict[str, bytes]) -> list[str]:
    """Return the differences between the schemas in a folder and these, one line per file."""
    changes = []
    for name, content in sorted(files.items()):
        path = folder / name
        if not path.is_file():
            changes.append(f"{path}: missing")
        elif path.read_bytes() != content:
            changes.append(f"{path}: differs")
    known = {folder / name for name in files}
    return changes + [
        f"{path}: no such topic" for path in sorted(folder.glob("*.json")) if path not in known
    ]
