"""The commands and parameters of the command line as plain values."""

import re
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from tools.tables import each_command

Tree = dict[str, dict[str, dict[str, Any]]]


def command_tree(command: TyperCommand | TyperGroup) -> Tree:
    """Return the parameters of every command in a group, by the command's words."""
    return {
        " ".join(words): {parameter.name: _described(parameter) for parameter in found.params}
        for words, found in each_command(command)
    }


def _described(parameter: TyperArgument | TyperOption) -> dict[str, Any]:
    """Return a parameter without its texts, and without empty, zero or false values."""
    kind = parameter.type_descriptor
    described = {
        "kind": parameter.param_type_name,
        "options": parameter.opts,
        "secondary_options": parameter.secondary_opts,
        "type": _type_name(kind),
        "choices": [_plain(choice) for choice in kind.choices or ()],
        "required": parameter.required,
        "hidden": parameter.hidden,
        "multiple": getattr(parameter, "multiple", False),
        "variadic": parameter.nargs == -1,
        "flag": getattr(parameter, "is_flag", False),
        "min": parameter.min,
        "max": parameter.max,
    }
    kept = {name: value for name, value in described.items() if value not in (None, False, [])}
    return {**kept, "default": _plain(parameter.default)}


def _type_name(kind: Any) -> str:
    """Return a type without modules; an enumeration counts by its values, not by its name."""
    name = re.sub(r"<\w+ '(.*)'>", r"\1", re.sub(r"[a-z_.]+\.(?=\w)", "", str(kind.annotation)))
    return re.sub(r"\w+(?=\]?$)", "choice", name) if kind.choices else name


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)
