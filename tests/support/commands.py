"""Run a command in this process, with the settings of a live test."""

import asyncio
from collections.abc import Callable

import typer
from click.testing import Result
from typer.testing import CliRunner

from streams.settings import Settings


async def run_command(
    command: Callable[..., object] | typer.Typer, *arguments: object, live: Settings
) -> Result:
    """Run a command with these arguments, and the settings of a test in its environment.

    Args:
        command: A command function, or a sub-app.
        arguments: Arguments of the command.
        live: Settings of the test.

    Returns:
        Exit code, stdout, stderr and, for an error that `main` would print, ``exception``.
    """
    app = command
    if not isinstance(command, typer.Typer):
        app = typer.Typer()
        app.command()(command)
    names = ("broker", "topic_prefix", "data")
    environment = {f"NEWS_{name.upper()}": str(getattr(live, name)) for name in names}
    words = [str(argument) for argument in arguments]
    # In a separate thread, because the command runs an event loop and the test has one.
    return await asyncio.to_thread(CliRunner().invoke, app, words, env=environment)
