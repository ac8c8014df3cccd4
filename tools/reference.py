"""Render the longer parts of the reference as Markdown: commands with options, and records."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import typer

from streams.records.describe import topic_schema
from streams.records.topics import TOPICS, routed_topic
from tools.tables import code, table, walk_commands


def commands_reference() -> str:
    """Return a section for each command: description, usage, arguments and options."""
    return "\n\n".join(_section(name, command) for name, command in walk_commands())


def _section(name: str, command: Any) -> str:
    context = typer.Context(command, info_name=name)
    usage = command.get_usage(context).removeprefix("Usage: ")
    usage = " ".join(usage.split()).replace("{", "").replace("}", "")
    parts = [f"## {name}", *_paragraphs(command.help or ""), f"```text\n{usage}\n```"]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and not _is_help(p)]
    if arguments:
        parts.append(
            table(("argument", "meaning"), ((code(_metavar(p)), _help(p)) for p in arguments))
        )
    if options:
        rows = (
            (code(*_spellings(p)), code(*filter(None, [_value(p, context)])), _help(p))
            for p in options
        )
        parts.append(table(("option", "value", "meaning"), rows))
    return "\n\n".join(parts)


def _paragraphs(help_: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(help_)):
        text = " ".join(paragraph.replace("\b", "").replace("``", "`").split())
        text = text.replace("<", "&lt;").replace("**Examples:**", "Examples:")
        if text:
            yield re.sub(r"\*\*(.+?)\*\*", r"`\1`", text)


def _is_help(parameter: Any) -> bool:
    return "--help" in parameter.opts


def _spellings(parameter: Any) -> list[str]:
    return [*parameter.opts, *parameter.secondary_opts]


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name).strip("{}")


def _value(parameter: Any, context: typer.Context) -> str:
    if parameter.is_flag:
        return ""
    shown = parameter.metavar or parameter.display_type(context)
    return str(shown).strip("{}<>")


def _help(parameter: Any) -> str:
    text = " ".join((parameter.help or "").replace("**", "`").split())
    default = getattr(parameter, "show_default", None)
    shown = default if isinstance(default, str) else _default(parameter)
    return f"{text} Default: {shown}." if shown else text


def _default(parameter: Any) -> str:
    value = parameter.default
    if value in (None, "", ()) or callable(value) or parameter.required:
        return ""
    if getattr(parameter, "is_flag", False):
        return ""
    values = value if isinstance(value, list | tuple) else [value]
    return code(*(str(getattr(each, "value", each)) for each in values))


def records_reference() -> str:
    """Return a section for each record of the topics, and for each part of a record."""
    definitions: dict[str, Any] = {}
    for topic in (*TOPICS, routed_topic("name")):
        definitions |= topic_schema(topic)["$defs"]
    used = {record.__name__ for topic in TOPICS for record in topic.records}
    first = [name for topic in TOPICS for name in (r.__name__ for r in topic.records)]
    order = [*dict.fromkeys(first), *sorted(set(definitions) - used)]
    return "\n\n".join(_definition(name, definitions[name]) for name in order)


def _definition(name: str, schema: dict[str, Any]) -> str:
    text = _markdown(schema.get("description", ""))
    parts = [f"## {name}", *([text] if text else [])]
    if "properties" in schema:
        required = set(schema.get("required", ()))
        parts.append(
            table(
                ("field", "type", "default", "meaning"),
                (
                    (
                        code(field),
                        _type(content),
                        "required" if field in required else _json_default(content),
                        _markdown(content.get("description", "")),
                    )
                    for field, content in schema["properties"].items()
                ),
            )
        )
    elif "enum" in schema:
        parts.append("One of " + code(*(str(value) for value in schema["enum"])) + ".")
    return "\n\n".join(parts)


def _markdown(text: str) -> str:
    return text.replace("``", "`").replace("<", "&lt;")


def _json_default(content: dict[str, Any]) -> str:
    value = content.get("default")
    return "an object" if isinstance(value, dict) else code(msgspec.json.encode(value).decode())


def _type(content: dict[str, Any]) -> str:
    shown = str(content.get("type", "any"))
    match content:
        case {"$ref": str(reference)}:
            name = reference.rpartition("/")[2]
            shown = f"[{name}](#{name.lower()})"
        case {"anyOf": list(kinds)}:
            shown = " or ".join(_type(kind) for kind in kinds)
        case {"type": "array", "items": dict(items)}:
            shown = f"array of {_type(items)}"
        case {"type": "object", "additionalProperties": dict(values)}:
            shown = f"object of {_type(values)}"
        case {"format": "date-time"}:
            shown = "time (RFC 3339)"
        case {"contentEncoding": str(encoding)}:
            shown = f"string ({encoding})"
    return shown
