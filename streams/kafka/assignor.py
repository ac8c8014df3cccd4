"""Assign partitions to the members of a group, and ask for a new assignment.

A member with a fixed name (static membership) that comes back after a restart gets its former
partitions at once, without a rebalance, and is not told that it leads the group. So no member
looks for partitions that were added in the meantime (KAFKA-13435). A join whose metadata differ
from those of the member's last join makes Kafka rebalance the group, by any of its members.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka.cluster import ClusterMetadata
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.protocol import (
    ConsumerProtocolMemberAssignment,
    ConsumerProtocolMemberMetadata,
)

Members = Mapping[str, ConsumerProtocolMemberMetadata]
"""Metadata of the members of a group by their member ids."""

Assignment = dict[str, ConsumerProtocolMemberAssignment]
"""Partitions of the members of a group by their member ids."""


class RejoinAssignor(RoundRobinPartitionAssignor):  # type: ignore[misc]  # aiokafka has no types
    """Assign partitions round robin; a member can ask for a new assignment.

    It has the name of aiokafka's assignor, so members of both kinds can be in one group.

    Examples:
        >>> assignor = RejoinAssignor()
        >>> joined = assignor.metadata(["articles.raw.v1"])
        >>> assignor.renew()
        >>> joined == assignor.metadata(["articles.raw.v1"])
        False
    """

    def __init__(self) -> None:
        self._n_renewed = 0

    def renew(self) -> None:
        """Change the metadata of the next join, so that Kafka rebalances the group."""
        self._n_renewed += 1

    def metadata(self, topics: Iterable[str]) -> ConsumerProtocolMemberMetadata:
        """Return the metadata with which the member joins."""
        user_data = b"%d" % self._n_renewed if self._n_renewed else b""
        return ConsumerProtocolMemberMetadata(self.version, list(topics), user_data)


class SingleAssignor(RejoinAssignor):
    """Assign all partitions to one member; the others wait until it is gone.

    For a stage whose articles must all be compared with the same memory, also when its topic has
    got more partitions than the registry says.
    """

    @classmethod
    def assign(cls, cluster: ClusterMetadata, members: Members) -> Assignment:
        """Assign all partitions to the member whose id is first in order."""
        first = min(members)
        assigned: Any = super().assign(cluster, {first: members[first]})
        waiting = {
            member: ConsumerProtocolMemberAssignment(cls.version, [], b"")
            for member in members
            if member != first
        }
        return {**assigned, **waiting}
