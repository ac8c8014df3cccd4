"""Change tables of a TOML file as text, so that comments and formatting stay."""

import re
from collections.abc import Mapping
from typing import Final

from streams.config.toml_lines import lines_outside_values

_HEADER: Final = re.compile(r"\s*\[")
_COMMENT: Final = re.compile(r"\s*#")
_VALUE: Final = re.compile(
    r"""(?P<before>\s*["']?(?P<key>[\w-]+)["']?\s*=\s*)"""
    r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^#"']*?)(?P<after>\s*(?:\#.*)?)$"""
)
"""A key with a string, number, boolean or date on one line, and a comment after the value."""


def remove_block(text: str, line: int) -> str:
    r"""Remove a table, the comments directly above it, and one empty line.

    Args:
        text: Content of the file.
        line: Line of the table's header; the first line is 1.

    Examples:
        >>> remove_block('a = 1\n\n# one\n[[x]]\nn = 1\n\n# two\n[[x]]\nn = 2\n', 4)
        'a = 1\n\n# two\n[[x]]\nn = 2\n'
    """
    lines = text.split("\n")
    start, end = _lead(lines, line - 1), _trail(lines, _end(text, line))
    # The empty lines that separate the table from the next one go with it.
    while end < len(lines) - 1 and not lines[end].strip():
        end += 1
    if end >= len(lines) - 1:
        while start > 0 and not lines[start - 1].strip():
            start -= 1
    return "\n".join([*lines[:start], *lines[end:]])


def set_values(text: str, line: int, values: Mapping[str, str | None]) -> str:
    r"""Change values of a table, and append keys that it does not have.

    A value over several lines is left unchanged; parse the result to notice that.

    Args:
        text: Content of the file.
        line: Line of the table's header; the first line is 1.
        values: Values by key, as TOML spells them; None removes the key.

    Examples:
        >>> set_values('[[x]]\nn = 1  # one\n\n[[x]]\n', 1, {"n": "2", "on": "true"})
        '[[x]]\nn = 2  # one\non = true\n\n[[x]]\n'
    """
    lines = text.split("\n")
    end = _end(text, line)
    inside = [number for number, _ in lines_outside_values(text) if line < number <= end]
    found = {match["key"]: (number, match) for number in inside if (match := _value(lines, number))}
    for key, value in values.items():
        if key in found and value is not None:
            number, match = found[key]
            lines[number - 1] = f"{match['before']}{value}{match['after']}"
    new = [
        f"{key} = {value}"
        for key, value in values.items()
        if key not in found and value is not None
    ]
    lines[end:end] = new
    removed = {found[key][0] - 1 for key, value in values.items() if value is None and key in found}
    return "\n".join(each for number, each in enumerate(lines) if number not in removed)


def _value(lines: list[str], number: int) -> re.Match[str] | None:
    return _VALUE.fullmatch(lines[number - 1])


def _end(text: str, line: int) -> int:
    """Return the number of the last line of a table that is neither empty nor a comment."""
    lines = text.split("\n")
    headers = (n for n, each in lines_outside_values(text) if n > line and _HEADER.match(each))
    end = next(headers, len(lines) + 1) - 1
    while end > line and (not lines[end - 1].strip() or _COMMENT.match(lines[end - 1])):
        end -= 1
    return end


def _trail(lines: list[str], end: int) -> int:
    """Return the end of a table with the comments directly below it, unless a header follows."""
    after = end
    while after < len(lines) and _COMMENT.match(lines[after]):
        after += 1
    followed = after < len(lines) and _HEADER.match(lines[after])
    return end if followed else after


def _lead(lines: list[str], index: int) -> int:
    """Return the index of the first of the comments directly above a line.

    Comments at the top of the file are about the file, unless an empty line sets them off.
    """
    start = index
    while start > 0 and _COMMENT.match(lines[start - 1]):
        start -= 1
    return start if start > 0 else index
