"""``streams dead-letters redrive``: send dead letters again."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer

from streams.cli._arguments import JsonLines, readable_file
from streams.cli._output.console import err, out
from streams.cli._settings import settings_with_broker
from streams.cli.dead_letters._format import Reason
from streams.errors import UsageError
from streams.inspect.dead_letters import (
    RedriveResult,
    StoredDeadLetter,
    read_dead_letter,
    read_dead_letters,
)
from streams.inspect.dead_letters import redrive as send_again
from streams.settings import Settings
from streams.text.plural import plural

MAX_ATTEMPTS: Final = 10
"""Attempts after which `--all` leaves a dead letter out: what fails this often needs a person."""


def redrive(
    letter: Annotated[
        str, typer.Argument(metavar="ID", help="Id of the dead letter, such as 3-17.")
    ] = "",
    *,
    all_: Annotated[
        bool, typer.Option("--all", help="Redrive all dead letters, or all with --reason.")
    ] = False,
    reason: Reason = "",
    again: Annotated[bool, typer.Option("--again", help="Also if it was redriven before.")] = False,
    max_attempts: Annotated[
        int,
        typer.Option(min=1, help="With --all, leave out letters that failed this many times."),
    ] = MAX_ATTEMPTS,
    value: Annotated[
        Path | None,
        typer.Option(callback=readable_file, help="Send the content of this file instead."),
    ] = None,
    json_: JsonLines = False,
) -> None:
    """Send a dead letter again to the topic it was read from, unchanged or corrected.

    The dead letter stays on its topic and is marked as redriven; a marked one is not redriven
    again. A record that is rejected again has a new dead letter with the next attempt. `--all`
    leaves out what has failed ten times. Exit code 1 if one could not be sent.

    **Examples:**

    - `streams dead-letters redrive 3-17 --value corrected.json`
    - `streams dead-letters redrive --all --reason timed_out`
    """
    if bool(letter) == all_:
        raise UsageError("redrive: expected the id of a dead letter, or --all")
    if reason and not all_:
        raise UsageError("--reason requires --all")
    if again and all_:
        raise UsageError("--again sends one dead letter again; give its id instead of --all")
    if value is not None and all_:
        raise UsageError("--value corrects one dead letter; give its id instead of --all")
    corrected = None if value is None else value.read_bytes()
    redriving = redrive_letters(
        settings_with_broker(),
        letter,
        reason=reason,
        value=corrected,
        again=again,
        max_attempts=max_attempts,
        json=json_,
    )
    raise typer.Exit(asyncio.run(redriving))


async def redrive_letters(
    settings: Settings,
    id_: str,
    *,
    reason: str,
    value: bytes | None,
    again: bool,
    max_attempts: int,
    json: bool,
) -> int:
    """Send one dead letter again, or all open ones with a reason if no id is given.

    Returns:
        The exit code: 1 if one could not be sent.

    Raises:
        UsageError: If there is no dead letter of this id.
    """
    attempts: Counter[int] = Counter()
    n_failed = n_too_often = 0

    async def letters() -> AsyncIterator[StoredDeadLetter]:
        if id_:
            yield await read_dead_letter(settings, id_)
            return
        async for letter in read_dead_letters(settings, reason=reason):
            yield letter

    limit = None if id_ else max_attempts
    results = send_again(settings, letters, value=value, again=again, max_attempts=limit)
    async for result in results:
        if result.is_left_out and not id_:
            n_too_often += result.attempt_limit_reached
            continue
        if result.place:
            attempts[result.attempt] += 1
        else:
            n_failed += 1
        _print_result(result, json=json)
    n_sent = attempts.total()
    by_attempt = ", ".join(f"{n:,} for attempt {number}" for number, n in sorted(attempts.items()))
    total = plural(n_sent + n_failed, "dead letter")
    err.print(f"sent {n_sent:,} of {total}{by_attempt and f': {by_attempt}'}", highlight=False)
    if n_too_often:
        left = f"left out {plural(n_too_often, 'dead letter')} that failed {max_attempts} times"
        err.print(f"{left}; raise --max-attempts to redrive them", highlight=False)
    return 1 if n_failed else 0


def _print_result(result: RedriveResult, *, json: bool) -> None:
    if json:
        sys.stdout.write(_result_json(result) + "\n")
    elif result.place:
        out.print(f"{result.letter.id}: sent to {result.place}, attempt {result.attempt}")
    else:
        hint = "; --again sends it all the same" if result.is_left_out else ""
        failure = f"{result.letter.id}: not sent: {result.problem}{hint}"
        err.print(failure, highlight=False, markup=False)


def _result_json(result: RedriveResult) -> str:
    fields = {
        "id": result.letter.id,
        "sent_to": result.place,
        "attempt": result.attempt,
        "problem": result.problem,
    }
    return orjson.dumps(fields).decode()
