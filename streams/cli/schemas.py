"""``streams schemas``: what travels, described for other languages."""

from pathlib import Path
from typing import Annotated

import typer

from streams.errors import UsageError

app = typer.Typer(help="Describe the records for other languages.", no_args_is_help=True)


@app.callback()
def schemas() -> None:
    """Describe the records for other languages."""


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go.")] = Path(
        "schemas/json"
    ),
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say what differs, exit code 1.")
    ] = False,
) -> None:
    """Write a JSON Schema (2020-12) for each topic.

    **Examples:** `streams schemas export`, `streams schemas export --check`
    """
    from streams.records.describe import schema_files  # noqa: PLC0415  # start fast

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
    """Say how the schemas in a folder differ from these: one line a file."""
    changes = []
    for name, content in sorted(files.items()):
        path = folder / name
        if not path.is_file():
            changes.append(f"{path}: missing")
        elif path.read_bytes() != content:
            changes.append(f"{path}: differs")
    known = {folder / name for name in files}
    return changes + [
        f"{path}: no topic of that name"
        for path in sorted(folder.glob("*.json"))
        if path not in known
    ]
