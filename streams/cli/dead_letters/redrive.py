"""``streams dead-letters redrive``: send dead letters again."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

from streams.cli._arguments import JsonLines, readable_file
from streams.cli._output.console import err, out
from streams.cli._settings import settings_with_broker
from streams.cli.dead_letters._format import Reason
from streams.errors import UsageError
from streams.inspect.dead_letters import RedriveResult, read_dead_letter, read_dead_letters
from streams.inspect.dead_letters import redrive as send_again
from streams.settings import Settings
from streams.text.plural import plural


def redrive(
    letter: Annotated[
        str, typer.Argument(metavar="ID", help="Id of the dead letter, such as 3-17.")
    ] = "",
    *,
    all_: Annotated[
        bool, typer.Option("--all", help="Redrive all dead letters, or all with --reason.")
    ] = False,
    reason: Reason = "",
    value: Annotated[
        Path | None,
        typer.Option(callback=readable_file, help="Send the content of this file instead."),
    ] = None,
    json_: JsonLines = False,
) -> None:
    """Send a dead letter again to the topic it was read from, unchanged or corrected.

    The dead letter stays on its topic. A record that is sent twice is recognized as a duplicate.
    Exit code 1 if one could not be sent.

    **Examples:**

    - `streams dead-letters redrive 3-17 --value corrected.json`
    - `streams dead-letters redrive --all --reason timed_out`
    """
    if bool(letter) == all_:
        raise UsageError("redrive: expected the id of a dead letter, or --all")
    if reason and not all_:
        raise UsageError("--reason requires --all")
    if value is not None and all_:
        raise UsageError("--value corrects one dead letter; give its id instead of --all")
    corrected = None if value is None else value.read_bytes()
    redriving = redrive_letters(
        settings_with_broker(), letter, reason=reason, value=corrected, json=json_
    )
    raise typer.Exit(asyncio.run(redriving))


async def redrive_letters(
    settings: Settings, id_: str, *, reason: str, value: bytes | None, json: bool
) -> int:
    """Send one dead letter again, or all with a reason if no id is given.

    Returns:
        The exit code: 1 if one could not be sent.

    Raises:
        UsageError: If there is no dead letter of this id.
    """
    if id_:
        letters = [await read_dead_letter(settings, id_)]
    else:
        letters = [letter async for letter in read_dead_letters(settings, reason=reason)]
    results = await send_again(settings, letters, value=value)
    for result in results:
        if json:
            sys.stdout.write(_result_json(result) + "\n")
        elif result.place:
            out.print(f"{result.letter.id}: sent to {result.place}, attempt {result.attempt}")
        else:
            failure = f"{result.letter.id}: not sent: {result.problem}"
            err.print(failure, highlight=False, markup=False)
    n_sent = sum(bool(result.place) for result in results)
    err.print(f"sent {n_sent:,} of {plural(len(results), 'dead letter')}", highlight=False)
    return 0 if n_sent == len(results) else 1


def _result_json(result: RedriveResult) -> str:
    fields = {
        "id": result.letter.id,
        "sent_to": result.place,
        "attempt": result.attempt,
        "problem": result.problem,
    }
    return orjson.dumps(fields).decode()
