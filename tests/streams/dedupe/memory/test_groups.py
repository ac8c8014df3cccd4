from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.memory.groups import Groups

DEEDS = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "move"]), st.integers(0, 3), st.integers(0, 9)),
    max_size=40,
)


@given(DEEDS, st.integers(1, 5))
def test_members_are_those_added_and_not_removed(
    deeds: list[tuple[str, int, int]], at_once: int
) -> None:
    members = Groups(batch_size=at_once)
    expected: defaultdict[int, list[int]] = defaultdict(list)
    free = 0
    for deed, group, number in deeds:
        joined = expected[group]
        place = joined[number % len(joined)] if joined else -1
        if deed == "add":
            members.add(group, row=free)
            joined.append(free)
            free += 1
        elif deed == "remove" and joined:
            members.remove(group, row=place)
            joined.remove(place)
        elif joined:
            members.move({place: free})
            joined[joined.index(place)] = free
            free += 1

    assert [members.of(group) for group in range(4)] == [expected[group] for group in range(4)]


def test_move_of_nothing_changes_nothing() -> None:
    members = Groups()
    members.add(2**64 - 1, row=3)
    members.move({})

    assert members.of(2**64 - 1) == [3]
    assert members.of(0) == []
