"""``streams dead-letters show``: one dead letter with its bytes."""

import asyncio
import sys
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from streams.cli._arguments import JsonObject
from streams.cli._output.console import out, printable
from streams.cli._settings import settings_with_broker
from streams.cli.dead_letters._format import letter_json, readable
from streams.inspect.dead_letter_article import article_in
from streams.inspect.dead_letters import StoredDeadLetter, read_dead_letter
from streams.settings import Settings


def show(
    letter: Annotated[
        str, typer.Argument(metavar="ID", help="Id of the dead letter, such as 3-17.")
    ],
    *,
    raw: Annotated[
        bool, typer.Option("--raw", help="Write only the original bytes, for correction.")
    ] = False,
    json_: JsonObject = False,
) -> None:
    """Show a dead letter with its origin, reason, headers and bytes.

    **Examples:**

    - `streams dead-letters show 3-17`
    - `streams dead-letters show 3-17 --raw > corrected.json`
    """
    asyncio.run(print_letter(settings_with_broker(), letter, raw=raw, json=json_))


async def print_letter(settings: Settings, id_: str, *, raw: bool, json: bool) -> None:
    """Print a dead letter, or only its bytes.

    Raises:
        UsageError: If there is no dead letter of this id.
    """
    letter = await read_dead_letter(settings, id_)
    value = letter.record.value
    if raw:
        sys.stdout.buffer.write(value or b"")
        sys.stdout.flush()
    elif json:
        sys.stdout.write(letter_json(letter) + "\n")
    else:
        out.print(_facts(letter))
        head = "no value" if value is None else f"value, {len(value):,} bytes"
        out.print(Text(f"\n{head}", "dim"))
        out.print(Text(readable(value or b"")), soft_wrap=True)


def _facts(letter: StoredDeadLetter) -> Table:
    record, article = letter.record, article_in(letter.record)
    position = f"{record.topic}-{record.partition}-{record.offset}" if record.topic else "a source"
    table = Table.grid(padding=(0, 2))
    rows: dict[str, Any] = {
        "id": letter.id,
        "time": f"{record.time:%Y-%m-%d %H:%M:%S %Z}",
        "stage": record.stage,
        "reason": record.reason,
        "detail": record.detail,
        "source": article.source or "unknown",
        "url": article.url or "unknown",
        "read from": position,
        "origin": record.origin or "none: the article never reached Kafka",
        "attempt": record.attempt,
        "key": "none" if record.key is None else readable(record.key),
    }
    rows |= {f"header {name}": readable(value) for name, value in record.headers}
    for name, value in rows.items():
        table.add_row(Text(name, "dim"), Text(printable(str(value)), overflow="fold"))
    return table
