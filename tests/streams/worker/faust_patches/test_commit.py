"""Faust's commits never pass a message in flight, and only the version we know is mended."""

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
mended = _below_floor(original)


def consumer(*, committed: int, acked: list[int], in_flight: list[int]) -> Any:
    """Faust's consumer as far as its commits go."""
    return SimpleNamespace(
        _acked={TP: list(acked)},
        _acked_index={TP: set(acked)},
        _committed_offset={TP: committed},
        _gap={TP: IntervalTree()},
        _unacked_messages=[
            SimpleNamespace(tp=TP, offset=offset, acked=False) for offset in in_flight
        ],
    )


def test_faust_commits_past_a_message_in_flight() -> None:
    """Issue #606, without the mend: when this fails, Faust has been mended, and so is done."""
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
def test_mended_commits_stop_below_the_lowest_in_flight(
    committed: int, acked: list[int], in_flight: list[int], expected: int | None
) -> None:
    assert mended(consumer(committed=committed, acked=acked, in_flight=in_flight), TP) == expected


def test_mended_commits_go_on_when_the_message_is_done() -> None:
    found = consumer(committed=10, acked=[11, 12, 13, 14], in_flight=[10])
    assert mended(found, TP) is None

    found._acked[TP].append(10)
    found._unacked_messages.clear()

    assert mended(found, TP) == 15


def test_mended_commits_look_only_at_their_own_partition() -> None:
    found = consumer(committed=10, acked=[10, 11], in_flight=[])
    found._unacked_messages.append(SimpleNamespace(tp=("other", 0), offset=10, acked=False))

    assert mended(found, TP) == 12


@given(
    states=st.lists(st.sampled_from(["acked", "in flight"]), min_size=1, max_size=20),
    committed=st.integers(0, 50),
)
def test_mended_commits_never_pass_a_message_in_flight(states: list[str], committed: int) -> None:
    offsets = dict(enumerate(states, start=committed))
    acked = [offset for offset, state in offsets.items() if state == "acked"]
    in_flight = [offset for offset, state in offsets.items() if state == "in flight"]

    found = consumer(committed=committed, acked=acked, in_flight=in_flight)
    new = mended(found, TP)

    floor = min(in_flight, default=committed + len(states))
    assert new in {None, floor}
    assert sorted(found._acked[TP]) == [offset for offset in acked if offset >= (new or 0)]


def test_mend_commits_mends_once() -> None:
    patch_commits()
    first = Consumer._new_offset
    patch_commits()

    assert Consumer._new_offset is first is not Consumer._news_original_new_offset


def test_mend_commits_refuses_a_version_that_nobody_looked_at() -> None:
    with pytest.raises(RuntimeError, match=rf"is for faust-streaming {VERSION}, not 0\.16\.0"):
        patch_commits("0.16.0")
