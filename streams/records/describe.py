"""JSON Schemas of the topics, generated from the records and their docstrings."""

import inspect
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec

from streams.records.record import Record
from streams.records.topics import TOPICS, Topic, routed_topic

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The version of JSON Schema of the generated files."""

ROUTED_CHANNEL = "routed.NAME.v1"
"""Name under which the routed topics share one schema, one channel and their examples."""

_ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n {8,}.+)*)", re.MULTILINE)


def schema_files() -> dict[str, bytes]:
    """Return the JSON Schema of each topic by file name; deterministic.

    The routed topics share one file, ``routed.NAME.v1.json``.

    Examples:
        >>> sorted(schema_files())[0]
        'alerts.v1.json'
    """
    files = {f"{topic.name}.json": _file(topic, topic.name) for topic in TOPICS}
    return files | {f"{ROUTED_CHANNEL}.json": _file(routed_topic("name"), ROUTED_CHANNEL)}


def topic_schema(topic: Topic) -> dict[str, Any]:
    """Return the JSON Schema of the values of a topic: each value is one of its records.

    Unknown fields are valid, as in `streams.records.codec.decode`.
    """
    parts, definitions = schema_components(topic.records, ref_template="#/$defs/{name}")
    values = parts[0] if len(parts) == 1 else {"anyOf": parts}
    return {"$schema": DIALECT, "title": topic.name, **values, "$defs": definitions}


def schema_components(
    records: Sequence[type[Record]], *, ref_template: str
) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return a reference to each record, and the schemas of the records and their parts by name.

    The descriptions are the docstrings of the classes.

    Args:
        records: Records to describe.
        ref_template: Reference to a schema, with ``{name}`` for its name.
    """
    parts, definitions = msgspec.json.schema_components(records, ref_template=ref_template)
    for described in (*_subclasses(Record), *_subclasses(StrEnum)):
        if described.__module__.startswith(f"{__package__}.") and described.__name__ in definitions:
            _describe(definitions[described.__name__], described)
    return list(parts), definitions


def _file(topic: Topic, title: str) -> bytes:
    document = topic_schema(topic) | {"title": title}
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=2) + b"\n"


def _subclasses(parent: type[Any]) -> list[type[Any]]:
    below = [one for part in parent.__subclasses__() for one in _subclasses(part)]
    return [parent, *below]


def _describe(definition: dict[str, Any], described: type[Any]) -> None:
    """Copy the docstring of a class into the descriptions of its schema."""
    summary = " ".join(_docstring(described).split("\nAttributes:")[0].split())
    meanings = _meanings(described)
    if issubclass(described, Record):
        for field in msgspec.structs.fields(described):
            if field.name in meanings:
                definition["properties"][field.encode_name]["description"] = meanings[field.name]
    else:
        values = [
            f"``{one.value}``: {meanings[one.name]}" for one in described if one.name in meanings
        ]
        summary = " ".join([summary, *values])
    definition["description"] = summary


def _meanings(described: type[Any]) -> dict[str, str]:
    """Return the descriptions of the attributes of a class, with the inherited ones."""
    found: dict[str, str] = {}
    for owner in reversed(described.__mro__):
        found |= dict(_ATTRIBUTE.findall(_docstring(owner)))
    return {name: " ".join(text.split()) for name, text in found.items()}


def _docstring(owner: type[Any]) -> str:
    return inspect.cleandoc(owner.__doc__ or "")
