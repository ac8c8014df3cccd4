"""The settings of the pipeline's topics in Kafka: for new topics, and for those that exist."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

from streams.kafka.errors import describe_error
from streams.records.topics import Cleanup, Topic

log = structlog.get_logger()

IN_SYNC: Final = 2
"""Replicas that must have a record before it counts as stored, of topics with two or more.

With Kafka's default of 1, ``acks=all`` waits for all replicas that are in sync, and that may be the
leader alone: when it is lost, so is the record.
"""

_TOPIC: Final = 2
"""Kafka's number of topics among the resources that have settings."""

_SET: Final = 0
"""Kafka's number of the operation that sets one setting and leaves the others (KIP-339)."""


def safety_config(n_replicas: int) -> dict[str, str]:
    """Return the settings that keep records from being lost; existing topics get them, too.

    Args:
        n_replicas: Number of replicas of the topic.

    Examples:
        >>> safety_config(1)["message.timestamp.type"]
        'LogAppendTime'
        >>> safety_config(3)["min.insync.replicas"]
        '2'
    """
    config = {
        # The age of a record is what retention counts. With CreateTime it is a claim of the
        # sender: what a machine with a clock of last week sends is deleted before it is read.
        "message.timestamp.type": "LogAppendTime",
        # A replica that has missed records must not become the leader: they would be gone, and
        # their offsets be used again.
        "unclean.leader.election.enable": "false",
    }
    if n_replicas >= IN_SYNC:
        config["min.insync.replicas"] = str(IN_SYNC)
    return config


def topic_config(topic: Topic, *, n_replicas: int = 1) -> dict[str, str]:
    """Return the settings of a topic as Kafka names them.

    Args:
        topic: The topic.
        n_replicas: Number of replicas that it will have.

    Examples:
        >>> from streams.records import topic_named
        >>> topic_config(topic_named("articles.memory.v1"))["cleanup.policy"]
        'compact'
    """
    config = {
        "cleanup.policy": topic.cleanup.value,
        "max.message.bytes": str(topic.max_bytes),
        **safety_config(n_replicas),
    }
    if topic.cleanup is Cleanup.DELETE:
        config["retention.ms"] = str(int(topic.retention.total_seconds() * 1000))
    return config


class _AlterResponse(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 44
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "responses",
            Array(
                ("error_code", Int16),
                ("error_message", String("utf-8")),
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
            ),
        ),
    )


class _AlterRequestStruct(RequestStruct):  # type: ignore[misc]  # the same
    """Kafka's request IncrementalAlterConfigs, version 0, which aiokafka does not have.

    aiokafka's AlterConfigs would reset every setting of the topic that it does not name.

    References:
        https://kafka.apache.org/protocol#The_Messages_IncrementalAlterConfigs
    """

    API_KEY = 44
    API_VERSION = 0
    RESPONSE_TYPE = _AlterResponse
    SCHEMA = Schema(
        (
            "resources",
            Array(
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
                (
                    "configs",
                    Array(
                        ("name", String("utf-8")),
                        ("config_operation", Int8),
                        ("value", String("utf-8")),
                    ),
                ),
            ),
        ),
        ("validate_only", Boolean),
    )


class _AlterRequest(Request[_AlterRequestStruct]):  # type: ignore[misc]  # the same
    API_KEY = 44

    def __init__(self, changes: Mapping[str, Mapping[str, str]]) -> None:
        self._resources = [
            (_TOPIC, topic, [(name, _SET, value) for name, value in config.items()])
            for topic, config in changes.items()
        ]

    def build(self, request_struct_class: type[_AlterRequestStruct]) -> _AlterRequestStruct:
        return request_struct_class(self._resources, *(False,))


def missing_settings(
    configs: Mapping[str, Mapping[str, str]], n_replicas: Mapping[str, int]
) -> dict[str, dict[str, str]]:
    """Return the settings of `safety_config` that topics do not have.

    Args:
        configs: Settings of each topic, by physical name.
        n_replicas: Number of replicas of each topic.

    Examples:
        >>> missing_settings({"a": {"message.timestamp.type": "CreateTime"}}, {"a": 1})["a"]
        {'message.timestamp.type': 'LogAppendTime', 'unclean.leader.election.enable': 'false'}
    """
    missing = {
        topic: {
            name: value
            for name, value in safety_config(n_replicas.get(topic, 1)).items()
            if _is_weaker(name, config.get(name, ""), value)
        }
        for topic, config in configs.items()
    }
    return {topic: changes for topic, changes in missing.items() if changes}


def _is_weaker(name: str, found: str, wanted: str) -> bool:
    """Return whether a setting is less safe than wanted; an operator may ask for more replicas."""
    if name == "min.insync.replicas" and found.isdigit():
        return int(found) < int(wanted)
    return found != wanted


async def secure_topics(client: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, list[str]]:
    """Set what `safety_config` says on topics that exist; other settings are left unchanged.

    A broker that does not allow it is not an error: the topics work as before, and a warning is
    logged.

    Args:
        client: A connected admin client.
        names: Physical names of topics that exist.

    Returns:
        The names of the settings that were changed, by topic.
    """
    try:
        return await _secure(client, names) if names else {}
    except (KafkaError, NotImplementedError) as error:
        log.warning("topic settings unchanged", error=describe_error(error))
        return {}


async def _secure(client: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, list[str]]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    configs = {
        name: dict(entry[:2] for entry in entries)
        for response in await client.describe_configs(resources)
        for code, _, _, name, entries in response.resources
        if not code
    }
    n_replicas = {
        topic["topic"]: min(len(each["replicas"]) for each in topic["partitions"])
        for topic in await client.describe_topics(list(names))
        if topic["partitions"]
    }
    changes = missing_settings(configs, n_replicas)
    if not changes:
        return {}
    answer = await client._send_request(_AlterRequest(changes))  # noqa: SLF001  # aiokafka has no public way
    _check(answer.responses)
    log.info("topic settings changed", topics=sorted(changes))
    return {topic: sorted(config) for topic, config in changes.items()}


def _check(responses: Iterable[tuple[Any, ...]]) -> None:
    for code, *_ in responses:
        if code:
            raise for_code(code)
