"""Create and inspect topics.

Topics are never created automatically: their partition counts would be wrong.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from streams.errors import BrokerError, UsageError
from streams.kafka.connection import connection_error, connection_options, physical_name
from streams.kafka.errors import describe_error, unreachable_error
from streams.kafka.topic_config import secure_topics, topic_config
from streams.records.topics import Topic
from streams.settings import Settings


@dataclass(frozen=True)
class TopicState:
    """State of a topic on the broker; a missing topic has 0 partitions."""

    topic: Topic
    partitions: int

    @property
    def sound(self) -> bool:
        """Whether the topic exists with the number of partitions in the registry."""
        return self.partitions == self.topic.partitions

    @property
    def usable(self) -> bool:
        """Whether the topic exists with a number of partitions that it can have."""
        return is_usable(self.topic, self.partitions)


def is_usable(topic: Topic, n_partitions: int) -> bool:
    """Return whether a topic can have a number of partitions.

    Examples:
        >>> from streams.records import topic_named
        >>> raw, memory = topic_named("articles.raw.v1"), topic_named("articles.memory.v1")
        >>> is_usable(raw, 8), is_usable(raw, 12), is_usable(raw, 4)
        (True, True, False)
        >>> is_usable(memory, 2)
        False
    """
    grown = topic.can_grow and n_partitions > topic.partitions
    return n_partitions == topic.partitions or grown


@asynccontextmanager
async def admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Connect an admin client.

    Raises:
        BrokerError: If the broker is unreachable.
    """
    client = AIOKafkaAdminClient(**connection_options(settings))
    try:
        await client.start()
    except (KafkaError, OSError) as error:
        cause = await connection_error(settings, error)
        raise unreachable_error(settings.broker, cause) from cause
    try:
        yield client
    finally:
        await client.close()


async def create_topics(settings: Settings, topics: Iterable[Topic]) -> list[str]:
    """Create missing topics; existing ones keep their records, partitions and other settings.

    Those that older versions created get the settings that keep records from being lost
    (`streams.kafka.topic_config`).

    Returns:
        Logical names of the created topics.

    Raises:
        BrokerError: If the broker is unreachable, or refuses to create a topic.
    """
    wanted = list(topics)
    async with admin(settings) as client:
        response = await client.create_topics(
            [
                NewTopic(
                    name=physical_name(settings, topic.name),
                    num_partitions=topic.partitions,
                    replication_factor=settings.replication_factor,
                    topic_configs=topic_config(topic, n_replicas=settings.replication_factor),
                )
                for topic in wanted
            ]
        )
        created, existing = [], []
        for topic, (name, code, *_) in zip(wanted, response.topic_errors, strict=True):
            error = for_code(code)
            if code == 0:
                created.append(topic.name)
            elif error is TopicAlreadyExistsError:
                existing.append(name)
            else:
                raise BrokerError(f"creating topic {name}: {describe_error(error())}")
        await secure_topics(client, existing)
    return created


async def add_partitions(settings: Settings, topic: Topic, n_partitions: int) -> None:
    """Add partitions to a topic; its records stay where they are.

    Args:
        settings: Settings with a broker.
        topic: The topic.
        n_partitions: Number of partitions afterwards.

    Raises:
        UsageError: If the topic is a table, whose keys must stay on their partitions.
        BrokerError: If the broker cannot be reached, or refuses; for example because the topic has
            that many already.
    """
    if not topic.can_grow:
        raise UsageError(
            f"{topic.name}: no partitions can be added to a table: older values of a key would "
            "stay on the partition that it had"
        )
    name = physical_name(settings, topic.name)
    async with admin(settings) as client:
        try:
            await client.create_partitions({name: NewPartitions(total_count=n_partitions)})
        except KafkaError as error:
            raise BrokerError(
                f"adding partitions to {topic.name}: {describe_error(error)}"
            ) from error


async def delete_topics(settings: Settings, names: Sequence[str]) -> None:
    """Delete topics with all their records.

    Args:
        settings: Settings with a broker.
        names: Logical names of the topics.

    Raises:
        BrokerError: If the broker cannot be reached, or refuses; others may be deleted.
    """
    async with admin(settings) as client:
        response = await client.delete_topics([physical_name(settings, name) for name in names])
    for name, code in response.topic_error_codes:
        if code:
            raise BrokerError(f"deleting topic {name}: {describe_error(for_code(code)())}")


async def topic_states(settings: Settings, topics: Iterable[Topic]) -> list[TopicState]:
    """Compare topics with the registry."""
    wanted = list(topics)
    async with admin(settings) as client:
        described = await client.describe_topics()
    counts = {entry["topic"]: len(entry["partitions"]) for entry in described}
    return [
        TopicState(topic, counts.get(physical_name(settings, topic.name), 0)) for topic in wanted
    ]
