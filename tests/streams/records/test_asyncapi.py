"""The AsyncAPI document: valid, complete, consistent with the registry, committed."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from jsonschema import Draft7Validator

from streams.kafka.topics import topic_config
from streams.records import ORIGIN_HEADER, Topic
from streams.records.asyncapi import asyncapi_document, asyncapi_file
from streams.records.describe import ROUTED_CHANNEL
from streams.records.examples import examples_folder, read_examples
from streams.records.topics import DEAD_LETTER, RAW, TOPICS, routed_topic
from streams.topology import STAGES, readers_of, writers_of
from tests.conftest import ROOT

EXAMPLES = read_examples(ROOT / "schemas" / "examples")
CONTENT = asyncapi_file(EXAMPLES, writers=writers_of, readers=readers_of)
DOCUMENT: dict[str, Any] = orjson.loads(CONTENT)
META = orjson.loads((ROOT / "tests/streams/records/asyncapi-3.0.0.json").read_bytes())
CHANNELS = [(topic.name, topic) for topic in TOPICS] + [(ROUTED_CHANNEL, routed_topic("name"))]
BY_CHANNEL = pytest.mark.parametrize(
    ("channel", "topic"), CHANNELS, ids=[name for name, _ in CHANNELS]
)


def references(part: Any) -> Iterator[str]:
    """Yield every ``$ref`` in a part of the document."""
    if isinstance(part, list):
        for one in part:
            yield from references(one)
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for one in part.values():
            yield from references(one)


def resolve(reference: str) -> Any:
    """Return the part of the document that a reference points to."""
    found: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def examples_of(channel: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the examples of a channel, each with its message."""
    messages = DOCUMENT["channels"][channel]["messages"].values()
    return [(message, example) for message in messages for example in message["examples"]]


def validate(value: Any, schema: dict[str, Any]) -> None:
    """Validate a value by a schema of the document."""
    whole = schema | {"components": DOCUMENT["components"]}
    validator = Draft7Validator(whole, format_checker=Draft7Validator.FORMAT_CHECKER)
    validator.validate(value)


ALL_EXAMPLES = [
    pytest.param(message, example, id=f"{channel}-{example['name']}")
    for channel, _ in CHANNELS
    for message, example in examples_of(channel)
]


def test_document_is_the_committed_one() -> None:
    committed = (ROOT / "schemas" / "asyncapi.json").read_bytes()

    assert committed == CONTENT, "run: streams schemas export"


def test_document_is_valid_asyncapi() -> None:
    errors = [error.message for error in Draft7Validator(META).iter_errors(DOCUMENT)]

    assert errors == []


@pytest.mark.parametrize("part", ["channels", "info"])
def test_metaschema_rejects_an_incomplete_document(part: str) -> None:
    incomplete = DOCUMENT | {part: {"unknown": 1}}

    assert not Draft7Validator(META).is_valid(incomplete)


def test_every_reference_resolves_in_the_document() -> None:
    found = set(references(DOCUMENT))

    assert [reference for reference in found if not resolve(reference)] == []
    assert "#/components/schemas/Paragraph" in found


def test_every_topic_has_a_channel() -> None:
    assert list(DOCUMENT["channels"]) == [name for name, _ in CHANNELS]


def test_channel_of_routed_topics_has_a_parameter() -> None:
    channel = DOCUMENT["channels"][ROUTED_CHANNEL]

    assert channel["address"] == "routed.{name}.v1"
    assert list(channel["parameters"]) == ["name"]


@BY_CHANNEL
def test_channel_messages_are_the_records(channel: str, topic: Topic) -> None:
    messages = DOCUMENT["channels"][channel]["messages"]

    assert list(messages) == [record.__name__ for record in topic.records]


@BY_CHANNEL
def test_channel_binding_agrees_with_topic_creation(channel: str, topic: Topic) -> None:
    binding = DOCUMENT["channels"][channel]["bindings"]["kafka"]
    configuration = dict(binding["topicConfiguration"])
    configuration["cleanup.policy"] = ",".join(configuration["cleanup.policy"])

    assert binding["partitions"] == topic.partitions
    assert {name: str(value) for name, value in configuration.items()} == topic_config(topic)


def topic_name(topic: Topic) -> str:
    """Return the name of a topic, as a test id."""
    return topic.name


@BY_CHANNEL
def test_operations_are_the_writers_and_readers(channel: str, topic: Topic) -> None:
    reference = {"$ref": f"#/channels/{channel}"}

    names = {name for name, one in DOCUMENT["operations"].items() if one["channel"] == reference}

    assert names == {
        *(f"{party}.send.{channel}" for party in writers_of(topic)),
        *(f"{party}.receive.{channel}" for party in readers_of(topic)),
    }


@pytest.mark.parametrize(
    "topic",
    sorted({topic for stage in STAGES for topic in stage.writes} - {DEAD_LETTER}, key=topic_name),
    ids=topic_name,
)
def test_records_of_stages_have_an_origin(topic: Topic) -> None:
    (message,) = DOCUMENT["channels"][topic.name]["messages"].values()

    assert message["headers"]["required"] == [ORIGIN_HEADER]
    assert resolve(message["correlationId"]["$ref"])["location"].endswith(f"#/{ORIGIN_HEADER}")


@pytest.mark.parametrize("channel", [name for name, _ in CHANNELS])
def test_every_example_file_is_in_the_document(channel: str) -> None:
    given = {example["name"]: example["payload"] for _, example in examples_of(channel)}

    assert given == EXAMPLES[channel]


@pytest.mark.parametrize(("message", "example"), ALL_EXAMPLES)
def test_example_payload_is_valid(message: dict[str, Any], example: dict[str, Any]) -> None:
    validate(example["payload"], message["payload"])


@pytest.mark.parametrize(("message", "example"), ALL_EXAMPLES)
def test_example_headers_are_valid(message: dict[str, Any], example: dict[str, Any]) -> None:
    validate(example.get("headers", {}), message.get("headers", {"type": "object"}))


@BY_CHANNEL
def test_example_key_is_valid(channel: str, topic: Topic) -> None:
    (message, example), *_ = examples_of(channel)
    key = example["payload"].get(topic.key)

    validate(key, message["bindings"]["kafka"]["key"])


def test_example_is_of_the_record_with_its_fields() -> None:
    messages = DOCUMENT["channels"][ROUTED_CHANNEL]["messages"]

    names = {
        name: [example["name"] for example in one["examples"]] for name, one in messages.items()
    }

    assert names == {"EnrichedArticle": ["unmatched", "us-russia"], "DuplicateArticle": ["copies"]}


def test_schema_of_a_pair_is_in_draft_07() -> None:
    headers = DOCUMENT["components"]["schemas"]["DeadLetter"]["properties"]["headers"]
    pair = {"items": headers["items"]}

    assert Draft7Validator(pair).is_valid([["sent-by", "dGVzdA=="]])
    assert not Draft7Validator(pair).is_valid([["sent-by", "dGVzdA==", "more"]])


def test_document_without_examples_has_none() -> None:
    message = asyncapi_document({})["channels"][RAW.name]["messages"]["RawArticle"]

    assert "examples" not in message


def test_examples_folder_of_the_checkout_is_found() -> None:
    assert read_examples(examples_folder()) == EXAMPLES
