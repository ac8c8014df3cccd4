"""When a member of a group asks for a rebalance, and what it says about unread partitions."""

import pytest
from aiokafka import TopicPartition
from aiokafka.coordinator.protocol import (
    ConsumerProtocol,
    ConsumerProtocolMemberAssignment,
    ConsumerProtocolMemberMetadata,
)
from aiokafka.errors import GroupAuthorizationFailedError

from streams.kafka.assignor import RejoinAssignor, SingleAssignor
from streams.kafka.coverage import Coverage, parse_coverage
from streams.kafka.partition_watch import PartitionWatch, Unread

PARTITIONS = tuple(TopicPartition("raw", number) for number in range(4))


def coverage(*assigned: int, state: str = "Stable") -> Coverage:
    return Coverage(
        state=state,
        members=("a", "b"),
        partitions=PARTITIONS,
        assigned=frozenset(PARTITIONS[number] for number in assigned),
    )


def assignment(*numbers: int) -> bytes:
    encoded: bytes = ConsumerProtocolMemberAssignment(0, [("raw", list(numbers))], b"").encode()
    return encoded


def test_coverage_lists_partitions_that_no_member_has() -> None:
    members = [("b", "", "", b"", assignment(0)), ("a", "", "", b"", assignment(2))]

    found = parse_coverage(
        [(0, "other", "Empty", "", "", []), (0, "g", "Stable", "consumer", "roundrobin", members)],
        "g",
        reversed(PARTITIONS),
    )

    assert (found.members, found.is_active) == (("a", "b"), True)
    assert [each.partition for each in found.unassigned] == [1, 3]


@pytest.mark.parametrize("state", ["Empty", "Dead", "PreparingRebalance", "CompletingRebalance"])
def test_no_partition_is_unassigned_without_a_stable_group(state: str) -> None:
    assert coverage(state=state).unassigned == ()


def test_coverage_of_an_unknown_group_is_inactive() -> None:
    assert not parse_coverage([], "g", PARTITIONS).is_active


def test_refused_description_is_an_error() -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        parse_coverage([(30, "g", "", "", "", [])], "g", PARTITIONS)


@pytest.mark.parametrize(
    ("is_first", "missing", "due"),
    [
        (True, [True, True, True, True], [False, True, False, True]),
        (True, [True, False, True, True], [False, False, False, True]),
        (True, [False, False], [False, False]),
        (False, [True, True, True, True, True, True], [False, False, False, True, False, True]),
    ],
    ids=["asks at every second check", "starts over", "all read", "others wait for the first"],
)
def test_member_asks_at_second_check(
    *, is_first: bool, missing: list[bool], due: list[bool]
) -> None:
    watch = PartitionWatch(lambda: None)

    asked = [
        watch.is_due(coverage(0, 1, 2) if each else coverage(0, 1, 2, 3), is_first=is_first)
        for each in missing
    ]

    assert asked == due


async def test_watch_without_a_consumer_finds_nothing() -> None:
    watch = PartitionWatch(lambda: None)

    await watch.check()

    assert (watch.unread, watch.unread.problem) == (Unread(), "")


def test_problem_names_three_partitions_at_most() -> None:
    unread = Unread(partitions=(*PARTITIONS, TopicPartition("raw", 4)))

    assert unread.problem.startswith("no process reads raw-0, raw-1, raw-2 and 2 more;")


class Cluster:
    """A fake of aiokafka's metadata."""

    def partitions_for_topic(self, _topic: str) -> set[int]:
        """Return two partitions."""
        return {0, 1}


def test_single_assignor_gives_everything_to_one_member() -> None:
    joined = ConsumerProtocolMemberMetadata(0, ["clean"], b"")

    assigned = SingleAssignor().assign(Cluster(), {"b": joined, "a": joined})

    assert assigned["a"].assignment == [("clean", [0, 1])]
    assert assigned["b"].assignment == []
    assert ConsumerProtocol.ASSIGNMENT.decode(assigned["b"].encode()).partitions() == []


def test_assignor_has_the_name_of_older_members() -> None:
    assert (RejoinAssignor.name, SingleAssignor.name) == ("roundrobin", "roundrobin")
