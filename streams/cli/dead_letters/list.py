"""``streams dead-letters list``: a table of dead letters."""

import asyncio
import sys
from collections import deque
from typing import Annotated, Final

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.cli._arguments import JsonLines
from streams.cli._output.console import err, out, printable
from streams.cli._settings import settings_with_broker
from streams.cli.dead_letters._format import Reason, letter_json
from streams.inspect.dead_letter_article import article_in
from streams.inspect.dead_letters import StoredDeadLetter, read_dead_letters, read_index
from streams.settings import Settings
from streams.text.plural import plural

WIDE: Final = 110
"""Columns of a terminal from which a table is shown."""


def list_(
    *,
    reason: Reason = "",
    stage: Annotated[str, typer.Option(help="Only this stage.")] = "",
    n: Annotated[
        int, typer.Option("-n", min=0, help="Number of dead letters to show (0: all).")
    ] = 50,
    all_: Annotated[bool, typer.Option("--all", help="Also those that were redriven.")] = False,
    json_: JsonLines = False,
) -> None:
    """List dead letters with time, stage, reason, source, URL and detail, the latest last.

    Source and URL are those of the article, as far as the original bytes can be read. Dead letters
    that were redriven are left out: a record that was rejected again has a later one.

    **Examples:**

    - `streams dead-letters list`
    - `streams dead-letters list --reason timed_out`
    """
    printing = print_letters(
        settings_with_broker(), reason=reason, stage=stage, n=n, all_=all_, json=json_
    )
    asyncio.run(printing)


async def print_letters(
    settings: Settings, *, reason: str, stage: str, n: int, all_: bool, json: bool
) -> None:
    """Print the latest dead letters, or all of them."""
    letters: deque[StoredDeadLetter] = deque(maxlen=n or None)
    n_letters = n_redriven = 0
    index = await read_index(settings)
    async for letter in read_dead_letters(settings, reason=reason, stage=stage):
        if not all_ and not index.is_open(letter.id):
            n_redriven += 1
            continue
        letters.append(letter)
        n_letters += 1
    if json:
        for letter in letters:
            sys.stdout.write(letter_json(letter) + "\n")
        return
    if out.width >= WIDE:
        out.print(_table(letters))
    else:
        for letter in letters:
            _print_letter(letter)
    shown = f", showing the latest {len(letters):,}" if len(letters) < n_letters else ""
    redriven = f"; {n_redriven:,} redriven before (--all shows them)" if n_redriven else ""
    err.print(f"{plural(n_letters, 'dead letter')}{shown}{redriven}", highlight=False)


def _print_letter(letter: StoredDeadLetter) -> None:
    """Print a dead letter as paragraphs, for a terminal too narrow for the table."""
    record, article = letter.record, article_in(letter.record)
    attempt = f"  attempt {record.attempt}" if record.attempt > 1 else ""
    head = Text.assemble(
        (f"{letter.id:<6}", "bold"),
        f"{record.time:%m-%d %H:%M:%S}  {record.stage}  ",
        (record.reason, "red"),
        attempt,
    )
    out.print(head)
    for line, style in ((f"{article.source}  {article.url}", ""), (record.detail, "dim")):
        if line.strip():
            out.print(
                Padding(
                    Text(printable(line.strip()), style, overflow="fold"),
                    (0, 0, 0, 6),
                    expand=False,
                )
            )


def _table(letters: deque[StoredDeadLetter]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    for name in ("id", "time", "stage", "reason"):
        table.add_column(name, no_wrap=True)
    table.add_column("try", no_wrap=True, justify="right")
    table.add_column("source", overflow="fold", max_width=24)
    table.add_column("url", overflow="fold", ratio=1)
    table.add_column("detail", overflow="fold", ratio=1)
    for letter in letters:
        record, article = letter.record, article_in(letter.record)
        table.add_row(
            letter.id,
            f"{record.time:%m-%d %H:%M:%S}",
            record.stage,
            record.reason,
            str(record.attempt),
            Text(printable(article.source)),
            Text(printable(article.url)),
            Text(printable(record.detail), "dim"),
        )
    return table
