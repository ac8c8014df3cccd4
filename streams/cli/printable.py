"""Texts of others, made safe to print: no control codes for the terminal."""

import re
from collections.abc import Iterable
from typing import Final

MOST_WHOLE: Final = 34
"""Columns of a terminal of 80 that a name may take whole: an IPv4 address and the mark of a
webhook take 22 to 28."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""Spell control characters out; line feeds and tabs stay.

    A headline with an escape sequence could repaint the terminal, one with a
    right-to-left override could turn a line around.

    References:
        ECMA-48 (control functions); Unicode Standard Annex 9 (explicit
        directional formatting).

    Examples:
        >>> printable("a\x1b[31m\tb")
        'a\\x1b[31m\tb'
    """
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def whole_width(names: Iterable[str]) -> int:
    """Give the columns in which names stand unbroken, as far as a narrow terminal has room.

    Examples:
        >>> whole_width(["desk", "127.0.0.1#b04e830769cc"]), whole_width(["x" * 200])
        (22, 34)
    """
    return min(max(map(len, names), default=0), MOST_WHOLE)
