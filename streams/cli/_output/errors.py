"""Errors as one sentence on stderr."""

import os

import typer

from streams.errors import NewsStreamsError


def print_error(error: NewsStreamsError) -> None:
    """Print an error. This needs no Rich, which `main` must not import."""
    color = None if os.environ.get("NO_COLOR") else typer.colors.RED
    typer.secho("streams:", fg=color, nl=False, err=True)
    typer.echo(f" {error}", err=True)
