"""Compare the partitions of topics with those that the members of a consumer group read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import ConnectionGroup
from aiokafka.coordinator.protocol import ConsumerProtocol
from aiokafka.errors import GroupCoordinatorNotAvailableError, for_code
from aiokafka.protocol.admin import DescribeGroupsRequest

from streams.kafka.connection import physical_name
from streams.kafka.topics import admin
from streams.settings import Settings

STABLE: Final = "Stable"
"""Kafka's name of the state in which every member has its partitions."""

NO_MEMBERS: Final = frozenset({"", "Empty", "Dead"})
"""Kafka's names of the states of a group without members; empty if Kafka does not know it."""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Partitions of topics, and those that a group reads.

    Attributes:
        state: Kafka's name of the state of the group; empty if Kafka does not know the group.
        members: Member ids, sorted.
        partitions: All partitions of the topics, sorted.
        assigned: Partitions that members have.
    """

    state: str
    members: tuple[str, ...]
    partitions: tuple[TopicPartition, ...]
    assigned: frozenset[TopicPartition]

    @property
    def is_active(self) -> bool:
        """Whether the group has members."""
        return self.state not in NO_MEMBERS

    @property
    def is_complete(self) -> bool:
        """Whether there are partitions, and every one has a member."""
        has_all = all(each in self.assigned for each in self.partitions)
        return self.state == STABLE and bool(self.partitions) and has_all

    @property
    def unassigned(self) -> tuple[TopicPartition, ...]:
        """Partitions that no member has although every member has its share.

        Empty during a rebalance, and for a group without members.
        """
        if self.state != STABLE:
            return ()
        return tuple(each for each in self.partitions if each not in self.assigned)


def parse_coverage(
    groups: Iterable[Sequence[Any]], group: str, partitions: Iterable[TopicPartition]
) -> Coverage:
    """Parse what Kafka says about a group.

    Args:
        groups: Groups of a DescribeGroups response: error code, name, state, two protocols and
            members; each member has its id first and its assignment last.
        group: Physical name of the group.
        partitions: All partitions of the topics.

    Raises:
        aiokafka.errors.KafkaError: If Kafka refuses to describe the group.
    """
    state, members, assigned = "", [], set()
    for code, name, group_state, _, _, group_members, *_ in groups:
        if name != group:
            continue
        if code:
            raise for_code(code)
        state = group_state
        for member, _, _, _, assignment in group_members:
            members.append(member)
            if assignment:
                assigned |= set(ConsumerProtocol.ASSIGNMENT.decode(assignment).partitions())
    return Coverage(
        state=state,
        members=tuple(sorted(members)),
        partitions=tuple(sorted(partitions)),
        assigned=frozenset(assigned),
    )


async def group_coverage(settings: Settings, group: str, topics: Iterable[str]) -> Coverage:
    """Ask Kafka which partitions of topics a group reads.

    Args:
        settings: Settings with a broker.
        group: Name of the group, without prefix.
        topics: Logical names.

    Raises:
        BrokerError: If the broker is unreachable.
        aiokafka.errors.KafkaError: If Kafka refuses to answer.
    """
    names = [physical_name(settings, topic) for topic in topics]
    full_name = settings.topic_prefix + group
    async with admin(settings) as client:
        described = await client.describe_topics(names)
        partitions = [
            TopicPartition(entry["topic"], each["partition"])
            for entry in described
            for each in entry["partitions"]
        ]
        try:
            answers = await client.describe_consumer_groups([full_name])
        except GroupCoordinatorNotAvailableError:
            answers = []  # a new broker creates the topic of offsets only now
    groups = [each for answer in answers for each in answer.groups]
    return parse_coverage(groups, full_name, partitions)


async def coverage_seen_by(client: AIOKafkaConsumer) -> Coverage:
    """Ask Kafka which partitions of the topics of a consumer its group reads.

    Over the connections that the consumer has, so that a worker can ask often.

    Args:
        client: A consumer that has joined a group; the caller runs in its event loop.

    Raises:
        aiokafka.errors.KafkaError: If Kafka does not answer.
    """
    # aiokafka has no public way to its connections; its version is pinned (pyproject.toml).
    kafka, coordinator = client._client, client._coordinator  # noqa: SLF001
    await kafka.force_metadata_update()
    partitions = [
        TopicPartition(topic, number)
        for topic in client.subscription()
        for number in kafka.cluster.partitions_for_topic(topic) or ()
    ]
    group = coordinator.group_id
    await coordinator.ensure_coordinator_known()
    answer = await kafka.send(
        coordinator.coordinator_id,
        DescribeGroupsRequest(groups=[group], include_authorized_operations=False),
        group=ConnectionGroup.COORDINATION,
    )
    return parse_coverage(answer.groups, group, partitions)


async def unread_records(client: AIOKafkaConsumer, partitions: Sequence[TopicPartition]) -> int:
    """Return the number of offsets after the group's commits in partitions without a reader.

    Raises:
        aiokafka.errors.KafkaError: If Kafka does not answer.
    """
    if not partitions:
        return 0
    committed = {each: await client.committed(each) or 0 for each in partitions}
    starts = await client.beginning_offsets(partitions)
    ends = await client.end_offsets(partitions)
    return sum(max(0, ends[each] - max(starts[each], committed[each])) for each in partitions)


async def request_rebalance(client: AIOKafkaConsumer) -> None:
    """Make Kafka assign the partitions of a consumer's group again; returns before it has.

    Args:
        client: A consumer that has joined a group, with a `RejoinAssignor`; the caller runs in
            its event loop.
    """
    for assignor in client._partition_assignment_strategy:  # noqa: SLF001  # no public way
        assignor.renew()
    client._coordinator.request_rejoin()  # noqa: SLF001  # the same
