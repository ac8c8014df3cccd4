"""Read Python source for the documents: docstrings of enumeration members, log events."""

import ast
import inspect
from collections.abc import Iterator, Mapping
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
        level: Level, such as ``info``.
        fields: Names of the fields that are logged with it.
        module: File name without its extension.
    """

    text: str
    level: str
    fields: tuple[str, ...]
    module: str


def member_texts(members: type[StrEnum]) -> dict[str, str]:
    """Return the string below each member of an enumeration, by the member's value."""
    (body,) = ast.parse(inspect.getsource(members)).body
    assert isinstance(body, ast.ClassDef)  # noqa: S101  # the source is that of a class
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
    """Yield the log events of a module, in the order of its source."""
    tree = ast.parse(path.read_text("utf-8"))
    constants = _string_constants(tree)
    calls = (node for node in ast.walk(tree) if _is_log_call(node))
    for call in sorted(calls, key=lambda node: node.lineno):  # type: ignore[attr-defined]
        match call:
            case ast.Call(func=ast.Attribute(attr=level), args=[event, *_], keywords=keywords):
                fields = tuple(keyword.arg for keyword in keywords if keyword.arg)
                for text in _texts(event, constants):
                    yield LogEvent(text, level, fields, path.stem)


def _texts(event: ast.expr, constants: Mapping[str, str]) -> Iterator[str]:
    """Yield the texts that an event can have: a string, a constant, or a choice of two."""
    match event:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in constants:
            yield constants[name]
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body, constants)
            yield from _texts(orelse, constants)


def _string_constants(tree: ast.AST) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _is_log_call(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level)):
            return level in LEVELS
    return False
