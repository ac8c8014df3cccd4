"""The AsyncAPI document of the topics, generated from the registry and the records.

References:
    AsyncAPI 3.0.0, https://www.asyncapi.com/docs/reference/specification/v3.0.0;
    its Kafka bindings 0.5.0, https://github.com/asyncapi/bindings/tree/master/kafka.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any

import msgspec

from streams.records.codec import decode_one_of
from streams.records.describe import ROUTED_CHANNEL, schema_components
from streams.records.examples import Examples
from streams.records.record import (
    ATTEMPT_HEADER,
    ORIGIN_HEADER,
    REPLAY_HEADER,
    SENDER_HEADER,
    TAKEN_HEADER,
    Record,
)
from streams.records.topics import DEAD_LETTER, TOPICS, Cleanup, Topic, routed_topic

FILE_NAME = "asyncapi.json"
"""Name of the generated file."""

BINDING_VERSION = "0.5.0"
"""Version of the Kafka bindings of AsyncAPI."""

_VERSION = "1.0.0"
"""Version of the contract; its major version is the version in the names of the topics."""

_DESCRIPTION = """\
Topics of the News Streams pipeline on Apache Kafka.

- Values are JSON objects in UTF-8. Batches are compressed with Zstandard.
- Keys are UTF-8 strings. Header values are UTF-8 strings.
- Times are RFC 3339 strings with an offset. Bytes are base64 strings. Offsets in texts count \
Unicode code points.
- Delivery is at-least-once: a redelivered record has the same `news-origin` header and the same \
id.
- New fields are optional, and readers must ignore unknown fields. Any other change, such as a \
new value of an enumeration, gets a new topic, such as `articles.clean.v2`.
- The setting `NEWS_TOPIC_PREFIX`, empty by default, is the prefix of every topic name.
"""

_HEADERS: dict[str, dict[str, Any]] = {
    ORIGIN_HEADER: {
        "type": "string",
        "pattern": "^.+-[0-9]+-[0-9]+$",
        "maxLength": 300,
        "description": "Position of the raw record that this record was made from, "
        "`TOPIC@ID-PARTITION-OFFSET`; `ID` is the begin of the UUID that Kafka gave the topic when "
        "it was created. Records of older versions have no `@ID`.",
        "examples": ["articles.raw.v1@5f2c90aa-3-17", "articles.raw.v1-3-17"],
    },
    REPLAY_HEADER: {
        "type": "string",
        "pattern": "^.+-[0-9]+-[0-9]+$",
        "maxLength": 300,
        "description": "Origin of the record that this record replays, `TOPIC-PARTITION-OFFSET`; "
        "absent if it is not a replay.",
        "examples": ["articles.raw.v1-3-17"],
    },
    ATTEMPT_HEADER: {
        "type": "string",
        "pattern": "^[0-9]+$",
        "description": "Number of the attempt: 1 plus the number of times that the record, or a "
        "record that it was made from, was redriven from the dead letters; absent means 1.",
        "examples": ["2"],
    },
    TAKEN_HEADER: {
        "type": "string",
        "pattern": "^[0-9]+$",
        "description": "Time when the first stage took the article, in milliseconds since the "
        "epoch.",
        "examples": ["1795400552621"],
    },
    SENDER_HEADER: {
        "type": "string",
        "maxLength": 200,
        "description": "Who sent the article, `token:NAME` for a push over HTTP. Stages share "
        "their time fairly between senders; if absent, the field `source` counts.",
        "examples": ["token:desk"],
    },
}

_TOPICS: dict[str, Topic] = {topic.name: topic for topic in TOPICS} | {
    ROUTED_CHANNEL: routed_topic("name")
}
"""Topics by the names of their channels."""

Parties = Callable[[Topic], Sequence[str]]
"""Names of the stages, services and commands at one side of a topic."""

_WRITTEN_BY: Parties = attrgetter("written_by")
_READ_BY: Parties = attrgetter("read_by")


def asyncapi_file(
    examples: Examples, *, writers: Parties = _WRITTEN_BY, readers: Parties = _READ_BY
) -> bytes:
    """Return the AsyncAPI document as indented JSON; deterministic.

    The arguments are those of `asyncapi_document`.
    """
    document = asyncapi_document(examples, writers=writers, readers=readers)
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def asyncapi_document(
    examples: Examples, *, writers: Parties = _WRITTEN_BY, readers: Parties = _READ_BY
) -> dict[str, Any]:
    """Return the AsyncAPI document of all topics: one channel per topic, one for the routed ones.

    The document is self-contained. Its schemas are AsyncAPI Schema Objects, a superset of JSON
    Schema draft 07, because few AsyncAPI tools support draft 2020-12.

    Args:
        examples: Example values by channel and name.
        writers: Returns who writes to a topic: `streams.topology.writers_of` includes the stages.
        readers: Returns who reads a topic: `streams.topology.readers_of` includes the stages.

    Examples:
        >>> document = asyncapi_document({})
        >>> document["channels"]["articles.clean.v1"]["bindings"]["kafka"]["partitions"]
        1
        >>> document["operations"]["sources.send.articles.raw.v1"]["channel"]
        {'$ref': '#/channels/articles.raw.v1'}
    """
    records = list(dict.fromkeys(record for topic in _TOPICS.values() for record in topic.records))
    _, schemas = schema_components(records, ref_template="#/components/schemas/{name}")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "News Streams",
            "version": _VERSION,
            "description": _DESCRIPTION,
            "license": {
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
        },
        "defaultContentType": "application/json",
        "servers": {
            "local": {
                "host": "127.0.0.1:9092",
                "protocol": "kafka",
                "description": "The local broker; the setting `NEWS_BROKER` names another one.",
            }
        },
        "channels": {
            name: _channel(name, topic, schemas, examples) for name, topic in _TOPICS.items()
        },
        "operations": dict(_operations(writers, readers)),
        "components": {
            "schemas": _plain({name: _draft_07(schemas[name]) for name in sorted(schemas)}),
            "correlationIds": {
                "origin": {
                    "description": "All records made from one raw record have the same origin.",
                    "location": f"$message.header#/{ORIGIN_HEADER}",
                }
            },
        },
    }


def _channel(
    name: str, topic: Topic, schemas: dict[str, dict[str, Any]], examples: Examples
) -> dict[str, Any]:
    messages = {record.__name__: _message(topic, record, schemas) for record in topic.records}
    for example, value in sorted(examples.get(name, {}).items()):
        record = type(decode_one_of(msgspec.json.encode(value), topic.records))
        messages[record.__name__].setdefault("examples", []).append(
            {"name": example, **_example_headers(topic), "payload": value}
        )
    channel: dict[str, Any] = {
        "address": topic.name if name != ROUTED_CHANNEL else "routed.{name}.v1",
        "title": name,
        "summary": " ".join(_summary(record) for record in topic.records),
        "description": f"Choice of partitions and key: {topic.why}.{_cleanup_notes(topic)}",
        "messages": messages,
    }
    if name == ROUTED_CHANNEL:
        channel["parameters"] = {
            "name": {
                "description": "Name of the route, 1 to 60 characters of `a-z`, `0-9` and hyphen. "
                "Articles that match no rule are in the route `unmatched`.",
                "examples": ["us-russia", "unmatched"],
            }
        }
    return channel | {"bindings": {"kafka": _topic_binding(topic)}}


def _cleanup_notes(topic: Topic) -> str:
    if topic.cleanup is Cleanup.DELETE:
        return ""
    return " The topic is compacted; a null value (tombstone) deletes its key."


def _topic_binding(topic: Topic) -> dict[str, Any]:
    configuration: dict[str, Any] = {"cleanup.policy": [topic.cleanup.value]}
    if topic.cleanup is Cleanup.DELETE:
        configuration["retention.ms"] = topic.retention // timedelta(milliseconds=1)
    configuration["max.message.bytes"] = topic.max_bytes
    configuration["message.timestamp.type"] = "LogAppendTime"
    configuration["unclean.leader.election.enable"] = "false"
    return {
        "partitions": topic.partitions,
        "topicConfiguration": configuration,
        "bindingVersion": BINDING_VERSION,
    }


def _message(
    topic: Topic, record: type[Record], schemas: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": record.__name__,
        "summary": _summary(record),
        "payload": {"$ref": f"#/components/schemas/{record.__name__}"},
    }
    if topic.headers:
        message["headers"] = {
            "type": "object",
            "properties": {name: _HEADERS[name] for name in topic.headers},
            "required": list(_required_headers(topic)),
        }
    if ORIGIN_HEADER in topic.headers:
        message["correlationId"] = {"$ref": "#/components/correlationIds/origin"}
    key = {"key": _key(topic, record, schemas), "bindingVersion": BINDING_VERSION}
    return message | {"bindings": {"kafka": key}}


def _required_headers(topic: Topic) -> tuple[str, ...]:
    """Return the headers that every record has: none for dead letters, some never reached Kafka."""
    required = (ORIGIN_HEADER,) if topic is not DEAD_LETTER else ()
    return tuple(name for name in required if name in topic.headers)


def _key(topic: Topic, record: type[Record], schemas: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if topic is DEAD_LETTER:
        return {
            "type": ["string", "null"],
            "description": "Key of the rejected record; null if it had none.",
        }
    schema = _plain(schemas[record.__name__]["properties"][topic.key])
    return schema | {"description": f"Field `{topic.key}` of the value, in UTF-8."}


def _example_headers(topic: Topic) -> dict[str, Any]:
    headers = {name: _HEADERS[name]["examples"][0] for name in _required_headers(topic)}
    return {"headers": headers} if headers else {}


def _operations(writers: Parties, readers: Parties) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, topic in _TOPICS.items():
        for action, verb, parties in (
            ("send", "writes to", writers(topic)),
            ("receive", "reads", readers(topic)),
        ):
            for party in parties:
                yield (
                    f"{party}.{action}.{name}",
                    {
                        "action": action,
                        "channel": {"$ref": f"#/channels/{name}"},
                        "summary": f"`{party}` {verb} `{name}`.",
                        "messages": [
                            {"$ref": f"#/channels/{name}/messages/{record.__name__}"}
                            for record in topic.records
                        ],
                    },
                )


def _summary(record: type[Record]) -> str:
    return inspect.cleandoc(record.__doc__ or "").partition("\n")[0]


def _draft_07(schema: Any) -> Any:
    """Return a schema of draft 2020-12 in draft 07, which has other keywords for tuples."""
    if isinstance(schema, list):
        return [_draft_07(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    converted = {name: _draft_07(part) for name, part in schema.items()}
    if "prefixItems" in converted:
        converted["additionalItems"] = converted.pop("items", True)
        converted["items"] = converted.pop("prefixItems")
    return converted


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema as JSON has it, with sorted keys: defaults can be tuples and enums."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(schema, order="sorted"))
    return plain
