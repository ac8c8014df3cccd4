"""Patched Faust never commits past an in-flight message; other versions are refused."""

from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport.consumer import Consumer
from hypothesis import given
from hypothesis import strategies as st
from intervaltree import IntervalTree

from streams.worker.faust_patches.commit import VERSION, _below_floor, patch_commits

TP = ("articles.raw.v1", 0)

original = getattr(Consumer, "_news_original_new_offset", Consumer._new_offset)
patched = _below_floor(original)


def consumer(*, committed: int, acked: list[int], in_flight: list[int]) -> Any:
    """Return a fake of Faust's consumer as far as its commits need it."""
    return SimpleNamespace(
        _acked={TP: list(acked)},
        _acked_index={TP: set(acked)},
        _committed_offset={TP: committed},
        _gap={TP: IntervalTree()},
        _unacked_messages=[
            SimpleNamespace(tp=TP, offset=offset, acked=False) for offset in in_flight
        ],
    )


def test_faust_commits_past_in_flight_message() -> None:
    """Issue #606, without the patch: if this fails, Faust is fixed and the patch can go."""
    assert original(consumer(committed=10, acked=[11, 12, 13, 14], in_flight=[10]), TP) == 15


@pytest.mark.parametrize(
    ("committed", "acked", "in_flight", "expected"),
    [
        (10, [11, 12, 13, 14], [10], None),
        (10, [10, 11, 13, 14], [12], 12),
        (10, [10, 11, 12, 14], [13], 13),
        (10, [10, 11, 12, 13], [], 14),
        (10, [10, 11, 12, 13], [14, 15], 14),
        (10, [14, 12, 10], [11, 13], 11),
        (10, [], [10], None),
        (10, [], [], None),
    ],
)
def test_patched_commits_stop_below_lowest_in_flight(
    committed: int, acked: list[int], in_flight: list[int], expected: int | None
) -> None:
    assert patched(consumer(committed=committed, acked=acked, in_flight=in_flight), TP) == expected


def test_patched_commits_continue_when_message_is_done() -> None:
    found = consumer(committed=10, acked=[11, 12, 13, 14], in_flight=[10])
    assert patched(found, TP) is None

    found._acked[TP].append(10)
    found._unacked_messages.clear()

    assert patched(found, TP) == 15


def test_patched_commits_ignore_other_partitions() -> None:
    found = consumer(committed=10, acked=[10, 11], in_flight=[])
    found._unacked_messages.append(SimpleNamespace(tp=("other", 0), offset=10, acked=False))

    assert patched(found, TP) == 12


@given(
    states=st.lists(st.sampled_from(["acked", "in flight"]), min_size=1, max_size=20),
    committed=st.integers(0, 50),
)
def test_patched_commits_never_pass_in_flight_message(states: list[str], committed: int) -> None:
    offsets = dict(enumerate(states, start=committed))
    acked = [offset for offset, state in offsets.items() if state == "acked"]
    in_flight = [offset for offset, state in offsets.items() if state == "in flight"]

    found = consumer(committed=committed, acked=acked, in_flight=in_flight)
    new = patched(found, TP)

    floor = min(in_flight, default=committed + len(states))
    assert new in {None, floor}
    assert sorted(found._acked[TP]) == [offset for offset in acked if offset >= (new or 0)]


def test_patch_commits_patches_once() -> None:
    patch_commits()
    first = Consumer._new_offset
    patch_commits()

    assert Consumer._new_offset is first is not Consumer._news_original_new_offset


def test_patch_commits_refuses_other_versions() -> None:
    with pytest.raises(RuntimeError, match=rf"is for faust-streaming {VERSION}, not 0\.16\.0"):
        patch_commits("0.16.0")
