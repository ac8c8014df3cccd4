"""Python source in, what its authors wrote about it out: docstrings of members, log events."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})


@dataclass(frozen=True)
class LogEvent:
    """One call of a structlog logger named ``log``.

    Attributes:
        text: The event.
        level: Such as ``info``.
        fields: Names of what is logged with it.
        module: File name without its ending.
    """

    text: str
    level: str
    fields: tuple[str, ...]
    module: str


def member_texts(members: type[StrEnum]) -> dict[str, str]:
    """Give the string below each member of an enumeration, by the member's value."""
    (body,) = ast.parse(inspect.getsource(members)).body
    assert isinstance(body, ast.ClassDef)  # noqa: S101  # the source of a class
    found = {}
    for first, second in pairwise(body.body):
        match first, second:
            case (
                ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[members[name].value] = " ".join(text.split())
    return found


def log_events(path: Path) -> Iterator[LogEvent]:
    """Find what a module logs, in the order of its source."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if _is_log_call(node))
    for call in sorted(calls, key=lambda node: node.lineno):  # type: ignore[attr-defined]
        match call:
            case ast.Call(
                func=ast.Attribute(attr=level),
                args=[ast.Constant(value=str(text)), *_],
                keywords=keywords,
            ):
                fields = tuple(keyword.arg for keyword in keywords if keyword.arg)
                yield LogEvent(text, level, fields, path.stem)


def _is_log_call(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level)):
            return level in LEVELS
    return False


def first_line(path: Path) -> str:
    """Give the first line of a module's docstring; empty for none."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return text.partition("\n")[0]
