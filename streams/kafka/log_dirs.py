"""Sizes of partitions on the disks of the brokers, which aiokafka does not ask for by itself.

References:
    Kafka protocol, DescribeLogDirs (API key 35), version 1: the oldest that Kafka 4 answers, and
    the newest without compact types. Brokers since Kafka 2.0 answer it.
"""

from collections import defaultdict
from collections.abc import Iterable

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int16, Int32, Int64, Schema, String

from streams.kafka.connection import connection_options
from streams.settings import Settings


class _Response(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 35
    API_VERSION = 1
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "log_dirs",
            Array(
                ("error_code", Int16),
                ("log_dir", String("utf-8")),
                (
                    "topics",
                    Array(
                        ("name", String("utf-8")),
                        (
                            "partitions",
                            Array(
                                ("partition_index", Int32),
                                ("partition_size", Int64),
                                ("offset_lag", Int64),
                                ("is_future_key", Boolean),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    )


class _RequestStruct(RequestStruct):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 35
    API_VERSION = 1
    RESPONSE_TYPE = _Response
    SCHEMA = Schema(
        ("topics", Array(("topic", String("utf-8")), ("partitions", Array(Int32)))),
    )


class _Request(Request[_RequestStruct]):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 35

    def __init__(self, partitions: Iterable[TopicPartition]) -> None:
        self._topics: dict[str, list[int]] = defaultdict(list)
        for partition in partitions:
            self._topics[partition.topic].append(partition.partition)

    def build(self, request_struct_class: type[_RequestStruct]) -> _RequestStruct:
        return request_struct_class(list(self._topics.items()))


async def partition_sizes(
    settings: Settings, partitions: Iterable[TopicPartition]
) -> dict[TopicPartition, int]:
    """Return the size of each partition in bytes, one replica counted.

    Empty if the brokers do not tell sizes, because they are too old or do not allow it.
    """
    wanted = list(partitions)
    sizes: dict[TopicPartition, int] = {}
    client = AIOKafkaClient(**connection_options(settings))
    try:
        await client.bootstrap()
        for broker in client.cluster.brokers():
            response = await client.send(broker.nodeId, _Request(wanted))
            for _, _, topics in response.log_dirs:
                for name, found in topics:
                    for number, size, _, is_future in found:
                        partition = TopicPartition(name, number)
                        if not is_future:
                            sizes[partition] = max(size, sizes.get(partition, 0))
    except (KafkaError, NotImplementedError, OSError):  # the second: no common version
        return {}
    finally:
        await client.close()
    return sizes
