"""``streams schemas``: JSON Schemas and the AsyncAPI document of the topics."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from streams.errors import UsageError
from streams.records.asyncapi import FILE_NAME, asyncapi_file
from streams.records.describe import schema_files
from streams.records.examples import examples_folder, read_examples
from streams.topology import readers_of, writers_of

DEFAULT_FOLDER = Path("schemas/json")
"""Folder of the JSON Schemas in the repository; the AsyncAPI document is in its parent."""

app = typer.Typer(help="Export the JSON Schemas and the AsyncAPI document.", no_args_is_help=True)


@app.callback()
def schemas() -> None:
    """Export the JSON Schemas of the records."""


@app.command()
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to write the files to.")
    ] = DEFAULT_FOLDER,
    *,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; list differences and exit with code 1."),
    ] = False,
) -> None:
    """Write a JSON Schema (2020-12) of each topic and an AsyncAPI 3 document of all topics.

    The AsyncAPI document is `DIR/asyncapi.json`; without `DIR` it is `schemas/asyncapi.json`.

    **Examples:**

    - `streams schemas export`
    - `streams schemas export --check`
    """
    files = contract_files(folder)
    changes = drift(folder, files)
    if check:
        for change in changes:
            typer.echo(change)
        raise typer.Exit(1 if changes else 0)
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"writing schemas to {folder}: {error.strerror}") from error
    for change in changes:
        typer.echo(change)
    typer.echo(f"{len(files) - 1} schemas in {folder}, AsyncAPI document in {next(iter(files))}")


def contract_files(folder: Path) -> dict[Path, bytes]:
    """Return the content of each file to export: the AsyncAPI document, then the JSON Schemas."""
    parent = folder.parent if folder == DEFAULT_FOLDER else folder
    asyncapi = asyncapi_file(
        read_examples(examples_folder()), writers=writers_of, readers=readers_of
    )
    return {parent / FILE_NAME: asyncapi} | {
        folder / name: content for name, content in schema_files().items()
    }


def drift(folder: Path, files: Mapping[Path, bytes]) -> list[str]:
    """Return one line for each file in the folder that differs from these."""
    changes = []
    for path, content in sorted(files.items()):
        if not path.is_file():
            changes.append(f"{path}: missing")
        elif path.read_bytes() != content:
            changes.append(f"{path}: differs")
    return changes + [
        f"{path}: no such topic" for path in sorted(folder.glob("*.json")) if path not in files
    ]
