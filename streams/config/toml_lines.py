"""Find the lines of tables and keys in TOML; ``tomllib`` returns values without positions."""

import re
import tomllib
from collections.abc import Iterator

_ROUTE = "route"
_TEST = re.compile(r"\s*\[\[\s*[\"']?route[\"']?\s*\.\s*[\"']?test[\"']?\s*\]\]")
_TABLE = re.compile(r"\s*\[")
_TRIPLE = re.compile(r"\"\"\"|'''")
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


def route_lines(text: str, count: int) -> list[int]:
    r"""Return the line of each ``[[route]]``; 1 for all unless exactly ``count`` are found.

    Examples:
        >>> route_lines("# news\n[[route]]\nname = 'a'\n[[route]]", 2)
        [2, 4]
    """
    return block_lines(text, _ROUTE, count)


def block_lines(text: str, name: str, count: int) -> list[int]:
    r"""Return the line of each ``[[name]]``; 1 for all unless exactly ``count`` are found.

    Examples:
        >>> block_lines("[[feed]]\nurl = 'a'\n\n[[feed]]", "feed", 2)
        [1, 4]
    """
    block = _block(name)
    found = [number for number, line in lines_outside_values(text) if block.match(line)]
    return found if len(found) == count else [1] * count


def table_line(text: str, name: str) -> int:
    r"""Return the line of a table ``[name]``; 1 if it is not found.

    Examples:
        >>> table_line("# ours\n[desk]\ntopic = 'x'", "desk")
        2
    """
    table = re.compile(rf"\s*\[\s*[\"']?{re.escape(name)}[\"']?\s*\]")
    return next((n for n, line in lines_outside_values(text) if table.match(line)), 1)


def sample_lines(text: str, start: int, count: int) -> list[int]:
    r"""Return the line of each ``[[route.test]]`` of the route that begins at line ``start``.

    All are ``start`` unless exactly ``count`` are found.

    Examples:
        >>> sample_lines("[[route]]\n[[route.test]]\n\n[[route.test]]\n[[route]]", 1, 2)
        [2, 4]
    """
    found: list[int] = []
    for number, line in lines_outside_values(text):
        if number > start and _block(_ROUTE).match(line):
            break
        if number > start and _TEST.match(line):
            found.append(number)
    return found if len(found) == count else [start] * count


def key_line(text: str, start: int, key: str, *, value: str | None = None) -> int:
    """Return the line of a key in the table that begins at line ``start``.

    Returns ``start`` if the key is not found. With ``value``, returns the line on which the
    value begins: the next line if three quotation marks at the end of a line open the value.
    """
    pattern = re.compile(rf"\s*\[?\[?\s*[\"']?{re.escape(key)}[\"']?\s*[=\].](.*)")
    for number, line in lines_outside_values(text):
        if number > start and _TABLE.match(line) and not pattern.match(line):
            break
        if number >= start and (match := pattern.match(line)):
            opened = value is not None and match[1].strip() in {'"""', "'''"}
            return number + opened
    return start


def toml_error_line(text: str, error: tomllib.TOMLDecodeError) -> tuple[int, str]:
    """Return the line of a TOML error, and its message without the position."""
    message = str(error)
    match = _POSITION.search(message)
    line = int(match[1]) if match and match[1] else text.rstrip("\n").count("\n") + 1
    return line, _POSITION.sub("", message).lower()


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"\s*\[\[\s*[\"']?{re.escape(name)}[\"']?\s*\]\]")


def lines_outside_values(text: str) -> Iterator[tuple[int, str]]:
    """Yield number (from 1) and text of the lines that do not continue a multi-line value."""
    open_mark = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if not open_mark:
            yield number, line
        for mark in _TRIPLE.findall(line):
            if not open_mark:
                open_mark = mark
            elif mark == open_mark:
                open_mark = ""
