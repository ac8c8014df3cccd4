"""``streams dead-letters list``: a table of dead letters."""

import asyncio
import sys
from collections import deque
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from streams.cli._arguments import JsonLines
from streams.cli._console import err, out, printable
from streams.cli._settings import settings_with_broker
from streams.cli.dead_letters._format import Reason, letter_json
from streams.inspect.dead_letters import StoredDeadLetter, read_dead_letters
from streams.settings import Settings
from streams.text.plural import plural


def list_(
    *,
    reason: Reason = "",
    stage: Annotated[str, typer.Option(help="Only this stage.")] = "",
    n: Annotated[
        int, typer.Option("-n", min=0, help="Number of dead letters to show (0: all).")
    ] = 50,
    json_: JsonLines = False,
) -> None:
    """List dead letters with time, stage, reason and detail, the latest last.

    **Examples:**

    - `streams dead-letters list`
    - `streams dead-letters list --reason timed_out`
    """
    printing = print_letters(settings_with_broker(), reason=reason, stage=stage, n=n, json=json_)
    asyncio.run(printing)


async def print_letters(settings: Settings, *, reason: str, stage: str, n: int, json: bool) -> None:
    """Print the latest dead letters, or all of them."""
    letters: deque[StoredDeadLetter] = deque(maxlen=n or None)
    n_letters = 0
    async for letter in read_dead_letters(settings, reason=reason, stage=stage):
        letters.append(letter)
        n_letters += 1
    if json:
        for letter in letters:
            sys.stdout.write(letter_json(letter) + "\n")
        return
    if letters:
        out.print(_table(letters))
    shown = f", showing the latest {len(letters):,}" if len(letters) < n_letters else ""
    err.print(f"{plural(n_letters, 'dead letter')}{shown}", highlight=False)


def _table(letters: deque[StoredDeadLetter]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("id", "time", "stage", "reason", "attempt"):
        table.add_column(name, no_wrap=True)
    table.add_column("detail", overflow="fold")
    for letter in letters:
        record = letter.record
        table.add_row(
            letter.id,
            f"{record.time:%m-%d %H:%M:%S}",
            record.stage,
            record.reason,
            str(record.attempt),
            Text(printable(record.detail)),
        )
    return table
