"""Print dead letters, and what became of those sent again."""

import sys
from collections import deque
from typing import Any

import msgspec
import orjson
from rich.table import Table
from rich.text import Text

from streams.cli.context import err, out
from streams.cli.printable import printable
from streams.inspect.dead_letters import (
    RedriveResult,
    StoredDeadLetter,
    read_dead_letter,
    read_dead_letters,
    redrive,
)
from streams.settings import Settings

HEX_BYTES = 32
"""Bytes a line where they are no text."""


async def run_list(settings: Settings, *, reason: str, stage: str, n: int, json: bool) -> None:
    """Print the latest dead letters, or all of them."""
    letters: deque[StoredDeadLetter] = deque(maxlen=n or None)
    n_letters = 0
    async for letter in read_dead_letters(settings, reason=reason, stage=stage):
        letters.append(letter)
        n_letters += 1
    if json:
        for letter in letters:
            sys.stdout.write(_json(letter) + "\n")
        return
    if letters:
        out.print(_table(letters))
    shown = f", the latest {len(letters):,} shown" if len(letters) < n_letters else ""
    noun = "dead letter" if n_letters == 1 else "dead letters"
    err.print(f"{n_letters:,} {noun}{shown}", highlight=False)


def _json(letter: StoredDeadLetter) -> str:
    fields = msgspec.to_builtins(letter.record) | {"id": letter.id}
    return orjson.dumps(fields).decode()


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


async def run_show(settings: Settings, name: str, *, raw: bool, json: bool) -> None:
    """Print all of a dead letter, or its bytes alone.

    Raises:
        UsageError: If there is none of that id.
    """
    letter = await read_dead_letter(settings, name)
    value = letter.record.value
    if raw:
        sys.stdout.buffer.write(value or b"")
        sys.stdout.flush()
    elif json:
        sys.stdout.write(_json(letter) + "\n")
    else:
        out.print(_facts(letter))
        said = "no value" if value is None else f"value, {len(value):,} bytes"
        out.print(Text(f"\n{said}", "dim"))
        out.print(Text(readable(value or b"")), soft_wrap=True)


def _facts(letter: StoredDeadLetter) -> Table:
    record = letter.record
    place = f"{record.topic}-{record.partition}-{record.offset}" if record.topic else "a source"
    table = Table.grid(padding=(0, 2))
    rows: dict[str, Any] = {
        "id": letter.id,
        "time": f"{record.time:%Y-%m-%d %H:%M:%S %Z}",
        "stage": record.stage,
        "reason": record.reason,
        "detail": record.detail,
        "read from": place,
        "origin": record.origin or "none: it never reached Kafka",
        "attempt": record.attempt,
        "key": "none" if record.key is None else readable(record.key),
    }
    rows |= {f"header {name}": readable(value) for name, value in record.headers}
    for name, value in rows.items():
        table.add_row(Text(name, "dim"), Text(printable(str(value)), overflow="fold"))
    return table


def readable(data: bytes) -> str:
    r"""Give bytes as text where they are UTF-8 text, else in hexadecimal.

    Examples:
        >>> readable(b"caf\xc3\xa9")
        'café'
        >>> readable(b"\xff\x00")
        'ff 00'
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        lines = (data[start : start + HEX_BYTES] for start in range(0, len(data), HEX_BYTES))
        return "\n".join(line.hex(" ") for line in lines)
    return printable(text)


async def run_redrive(
    settings: Settings, name: str, *, reason: str, value: bytes | None, json: bool
) -> int:
    """Send one dead letter again, or all with a reason where no name is given.

    Returns:
        The exit code: 1 if one could not be sent.

    Raises:
        UsageError: If there is none of that id.
    """
    if name:
        letters = [await read_dead_letter(settings, name)]
    else:
        letters = [letter async for letter in read_dead_letters(settings, reason=reason)]
    done = await redrive(settings, letters, value=value)
    for each in done:
        if json:
            sys.stdout.write(_redriven_json(each) + "\n")
        elif each.place:
            out.print(f"{each.letter.id}: sent to {each.place}, attempt {each.attempt}")
        else:
            err.print(f"{each.letter.id}: not sent: {each.problem}", highlight=False, markup=False)
    n_sent = sum(bool(each.place) for each in done)
    err.print(f"{n_sent:,} of {len(done):,} sent again", highlight=False)
    return 0 if n_sent == len(done) else 1


def _redriven_json(each: RedriveResult) -> str:
    fields = {
        "id": each.letter.id,
        "sent_to": each.place,
        "attempt": each.attempt,
        "problem": each.problem,
    }
    return orjson.dumps(fields).decode()
