"""JSON Schemas: the committed ones are current, and as strict as the codec."""

import orjson
import pytest
from jsonschema import Draft202012Validator

from streams.records.describe import schema_files, topic_schema
from streams.records.topics import TOPICS, Topic, routed_topic
from tests.conftest import ROOT

EVERY_TOPIC = [*TOPICS, routed_topic("name")]


def test_schema_files_are_the_committed_ones() -> None:
    folder = ROOT / "schemas" / "json"

    committed = {path.name: path.read_bytes() for path in folder.iterdir()}
    generated = schema_files()
    names = sorted(committed.keys() | generated.keys())

    assert [name for name in names if committed.get(name) != generated.get(name)] == [], (
        "run: streams schemas export"
    )


def test_schema_files_end_with_a_newline_and_have_sorted_keys() -> None:
    content = schema_files()["articles.raw.v1.json"]

    document = orjson.loads(content)

    assert content.endswith(b"}\n")
    assert list(document) == sorted(document)


@pytest.mark.parametrize("topic", EVERY_TOPIC, ids=lambda topic: topic.name)
def test_topic_schema_is_a_valid_schema(topic: Topic) -> None:
    Draft202012Validator.check_schema(topic_schema(topic))


def test_topic_schema_describes_inherited_and_renamed_fields() -> None:
    parts = topic_schema(routed_topic("name"))["$defs"]

    assert parts["EnrichedArticle"]["properties"]["url"]["description"] == (
        "Canonical URL; empty if none."
    )
    assert parts["Mention"]["properties"]["in"]["description"] == (
        "Field of the article that the span is in; named ``in`` in JSON."
    )
    assert "Attributes" not in parts["Mention"]["description"]


def test_topic_schema_describes_the_values_of_an_enumeration() -> None:
    change = topic_schema(routed_topic("name"))["$defs"]["Change"]

    assert change["description"].startswith("Relation of a duplicate to the article")
    assert "``unchanged``: The same article, fetched again" in change["description"]


@pytest.mark.parametrize("topic", EVERY_TOPIC, ids=lambda topic: topic.name)
def test_topic_schema_describes_every_record_and_every_field(topic: Topic) -> None:
    parts = topic_schema(topic)["$defs"]

    silent = [name for name, part in parts.items() if not part.get("description")]
    silent += [
        f"{name}.{field}"
        for name, part in parts.items()
        for field, shape in part.get("properties", {}).items()
        if not shape.get("description")
    ]

    assert silent == []
