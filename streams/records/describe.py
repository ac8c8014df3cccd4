"""Topics described for other languages, as JSON Schema; written by ``streams schemas export``."""

import inspect
import re
from typing import Any

import msgspec

from streams.records.record import Record
from streams.records.topics import TOPICS, Topic, routed_topic

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The version of JSON Schema that is written."""

_ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n {8,}.+)*)", re.MULTILINE)


def schema_files() -> dict[str, bytes]:
    """Describe every topic, each in a file of its name; the same bytes for the same records.

    The routed topics share one file, ``routed.NAME.v1.json``.

    Examples:
        >>> sorted(schema_files())[0]
        'alerts.v1.json'
    """
    files = {f"{topic.name}.json": _file(topic, topic.name) for topic in TOPICS}
    name = "routed.NAME.v1"
    return files | {f"{name}.json": _file(routed_topic("name"), name)}


def topic_schema(topic: Topic) -> dict[str, Any]:
    """Describe the values of a topic: each is one of its records.

    Unknown fields are allowed, as `streams.records.codec.decode` allows them. What the fields mean
    is taken from the records' docstrings.
    """
    parts, definitions = msgspec.json.schema_components(
        topic.records, ref_template="#/$defs/{name}"
    )
    for record in _records(Record):
        if record.__module__.startswith("streams.records.") and record.__name__ in definitions:
            _explain(definitions[record.__name__], record)
    values = parts[0] if len(parts) == 1 else {"anyOf": list(parts)}
    return {"$schema": DIALECT, "title": topic.name, **values, "$defs": definitions}


def _file(topic: Topic, title: str) -> bytes:
    document = topic_schema(topic) | {"title": title}
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=2) + b"\n"


def _records(record: type[Record]) -> list[type[Record]]:
    """List all records and their parts."""
    below = [one for part in record.__subclasses__() for one in _records(part)]
    return [record, *below]


def _explain(definition: dict[str, Any], record: type[Record]) -> None:
    """Put the docstring's sentences where readers of the schema look for them."""
    meanings: dict[str, str] = {}
    for owner in reversed(record.__mro__):
        meanings |= dict(_ATTRIBUTE.findall(inspect.cleandoc(owner.__doc__ or "")))
    for field in msgspec.structs.fields(record):
        if field.name in meanings:
            meaning = " ".join(meanings[field.name].split())
            definition["properties"][field.encode_name]["description"] = meaning
    words = inspect.cleandoc(record.__doc__ or "").split("\nAttributes:")[0]
    definition["description"] = " ".join(words.split())
