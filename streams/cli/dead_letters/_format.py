"""Options of the commands about dead letters, and dead letters as text and JSON."""

from typing import Annotated

import msgspec
import orjson
import typer

from streams.cli._output.console import printable
from streams.inspect.dead_letter_article import article_in
from streams.inspect.dead_letters import StoredDeadLetter

Reason = Annotated[str, typer.Option(help="Only this reason.")]

HEX_BYTES = 32
"""Bytes per line of a hex dump."""


def letter_json(letter: StoredDeadLetter) -> str:
    """Return a dead letter as JSON."""
    article = article_in(letter.record)
    fields = {"id": letter.id, "source": article.source, "url": article.url}
    return orjson.dumps(msgspec.to_builtins(letter.record) | fields).decode()


def readable(data: bytes) -> str:
    r"""Return bytes as text if they are UTF-8, otherwise as hexadecimal digits.

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
