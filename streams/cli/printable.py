"""Texts of others, made safe to print: no control codes for the terminal."""

import re

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
