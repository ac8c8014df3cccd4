"""Read the ids of topics: one that is created again has its old name and another id (KIP-516)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import IncompatibleBrokerVersion, NodeNotReadyError
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    AbstractType,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from streams.records.record import short_topic_id

UUID_BYTES: Final = 16

NO_UUID: Final = bytes(UUID_BYTES)
"""Kafka's UUID for "none": in a request, the topic is named by its name."""


class _Uuid(AbstractType[bytes]):  # type: ignore[misc]  # aiokafka has no types
    @classmethod
    def encode(cls, value: bytes) -> bytes:
        return value

    @classmethod
    def decode(cls, data: BytesIO) -> bytes:
        return data.read(UUID_BYTES)


_NUMBERS = CompactArray(Int32)


class _MetadataResponse(Response):  # type: ignore[misc]  # the same
    API_KEY = 3
    API_VERSION = 10
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("topic", CompactString("utf-8")),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", _NUMBERS),
                        ("isr", _NUMBERS),
                        ("offline_replicas", _NUMBERS),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_authorized_operations", Int32),
        ("tags", TaggedFields),
    )


class _MetadataRequestStruct(RequestStruct):  # type: ignore[misc]  # the same
    """Kafka's request Metadata, version 10, the first with topic ids; aiokafka has up to 5.

    References:
        https://kafka.apache.org/protocol#The_Messages_Metadata
    """

    API_KEY = 3
    API_VERSION = 10
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(
                ("topic_id", _Uuid),
                ("topic", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _MetadataRequest(Request[_MetadataRequestStruct]):  # type: ignore[misc]  # the same
    API_KEY = 3

    def __init__(self, topics: Iterable[str]) -> None:
        self._topics: list[tuple[bytes, str, dict[int, bytes]]] = [
            (NO_UUID, topic, {}) for topic in topics
        ]

    def build(self, request_struct_class: type[_MetadataRequestStruct]) -> _MetadataRequestStruct:
        # Neither create topics, nor say what this user may do with the cluster and its topics.
        return request_struct_class(self._topics, *(False,) * 3, {})


@dataclass(frozen=True, kw_only=True)
class TopicIds:
    """What a broker says about topics.

    Attributes:
        cluster: Id of the cluster.
        ids: Short id of each topic that exists, as in an origin, by physical name.
        n_partitions: Number of partitions of each topic that exists.
        known: Whether the broker has ids: Kafka 2.8 or later.
    """

    cluster: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    n_partitions: Mapping[str, int] = field(default_factory=dict)
    known: bool = True


async def read_topic_ids(client: AIOKafkaClient, topics: Iterable[str]) -> TopicIds:
    """Ask a broker for the ids of topics, over a connection that a client has.

    Args:
        client: A connected client; the caller runs in its event loop.
        topics: Physical names.

    Raises:
        aiokafka.errors.KafkaError: If the broker does not answer.
    """
    node = client.get_random_node()
    if node is None:
        raise NodeNotReadyError("no broker is known")
    try:
        response = await client.send(node, _MetadataRequest(sorted(topics)))
    except (IncompatibleBrokerVersion, NotImplementedError):
        return TopicIds(known=False)
    return parse_topic_ids(response.cluster_id, response.topics)


def parse_topic_ids(cluster: str | None, topics: Iterable[tuple[Any, ...]]) -> TopicIds:
    """Parse the topics of a Metadata response: error code, name, UUID, internal, partitions.

    A topic that the broker reports with an error, as one that does not exist, is left out.
    """
    sound = [topic for topic in topics if topic[0] == 0]
    return TopicIds(
        cluster=cluster or "",
        ids={name: short_topic_id(uuid) for _, name, uuid, *_ in sound},
        n_partitions={name: len(partitions) for _, name, _, _, partitions, *_ in sound},
    )
