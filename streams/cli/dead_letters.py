"""``streams dead-letters``: what could not be read, why, and how to send it again."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.paths import readable_file
from streams.errors import UsageError

app = typer.Typer(
    help="See what could not be read, and send it again once it is mended.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Reason = Annotated[str, typer.Option(help="Only those with this reason.")]


@app.command("list")
def list_(
    *,
    reason: Reason = "",
    stage: Annotated[str, typer.Option(help="Only those of this stage.")] = "",
    n: Annotated[int, typer.Option("-n", min=0, help="The latest so many; 0: all.")] = 50,
    json_: Json = False,
) -> None:
    """List dead letters: id, time, stage, reason, detail; the latest last.

    **Examples:** `streams dead-letters list`, `streams dead-letters list --reason timed_out`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.cli.dead_letters_run import run_list  # noqa: PLC0415

    asyncio.run(run_list(settings_with_broker(), reason=reason, stage=stage, n=n, json=json_))


@app.command()
def show(
    letter: Annotated[str, typer.Argument(help="Its id, such as 3-17.")],
    *,
    raw: Annotated[
        bool, typer.Option("--raw", help="Write only the bytes as they came, for mending.")
    ] = False,
    json_: Json = False,
) -> None:
    """Show all of a dead letter: where it came from, why it is here, its bytes.

    **Examples:** `streams dead-letters show 3-17`,
    `streams dead-letters show 3-17 --raw > mended.json`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.cli.dead_letters_run import run_show  # noqa: PLC0415

    asyncio.run(run_show(settings_with_broker(), letter, raw=raw, json=json_))


@app.command()
def redrive(
    letter: Annotated[str, typer.Argument(help="Its id, such as 3-17.")] = "",
    *,
    all_: Annotated[bool, typer.Option("--all", help="All of them, see --reason.")] = False,
    reason: Reason = "",
    value: Annotated[
        Path | None,
        typer.Option(callback=readable_file, help="Send this file's bytes instead."),
    ] = None,
    json_: Json = False,
) -> None:
    """Send a dead letter again to the topic it was read from, as it came or mended.

    It stays on its topic; sent twice, it is recognized as a repeat. The exit
    code is 1 when one could not be sent.

    **Examples:** `streams dead-letters redrive 3-17 --value mended.json`,
    `streams dead-letters redrive --all --reason timed_out`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.cli.dead_letters_run import run_redrive  # noqa: PLC0415

    if bool(letter) == all_:
        raise UsageError("redrive: give the id of one dead letter, or --all")
    if reason and not all_:
        raise UsageError("--reason goes with --all")
    if value is not None and all_:
        raise UsageError("--value mends one dead letter: give its id instead of --all")
    mended = None if value is None else value.read_bytes()
    running = run_redrive(settings_with_broker(), letter, reason=reason, value=mended, json=json_)
    raise typer.Exit(asyncio.run(running))
