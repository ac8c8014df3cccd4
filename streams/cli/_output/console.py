"""The two consoles, and text made safe for them."""

import re
import sys
from collections.abc import Iterable
from typing import Final

from rich.console import Console

from streams.text.characters import UNSAFE

out = Console()
"""For results: tables and text on stdout."""

err = Console(stderr=True)
"""For progress and errors: on stderr, so that stdout can be piped."""

INTERRUPTED: Final = 130
"""Exit code after Ctrl-C: 128 plus the number of SIGINT, as in shells."""

MAX_UNBROKEN_WIDTH: Final = 34
"""Columns that a name may take without a line break, in a terminal of 80 columns: an IPv4 address
with the label of a webhook takes 22 to 28."""


def interactive() -> bool:
    """Return whether stdout and stderr are terminals."""
    return sys.stdout.isatty() and sys.stderr.isatty()


def printable(text: str) -> str:
    r"""Escape control characters, except for line feeds and tabs.

    An escape sequence in a headline could repaint the terminal; a right-to-left override could
    reverse a line.

    References:
        See `streams.text.characters.UNSAFE`.

    Examples:
        >>> printable("a\x1b[31m\tb")
        'a\\x1b[31m\tb'
    """
    return UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return match[0] if match[0] in "\t\n" else match[0].encode("unicode_escape").decode()


def unbroken_width(names: Iterable[str]) -> int:
    """Return the width of the longest name, limited by what a narrow terminal can spare.

    Examples:
        >>> unbroken_width(["desk", "127.0.0.1#b04e830769cc"]), unbroken_width(["x" * 200])
        (22, 34)
    """
    return min(max(map(len, names), default=0), MAX_UNBROKEN_WIDTH)
