"""A partition that a rebalance takes has no end, and does not end the worker."""

from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from streams.worker.faust_patches.rebalance import _highwater, _tolerant, patch_rebalance


class Consumer:
    """A fake of aiokafka's consumer."""

    def __init__(self, *, stable: int | None, high: int | None) -> None:
        self._stable = stable
        self._high = high

    def last_stable_offset(self, _partition: str) -> int | None:
        """Return the last stable offset."""
        return self._stable

    def highwater(self, _partition: str) -> int | None:
        """Return the end."""
        return self._high


class LostPartition(Consumer):
    """A consumer that has just lost the partition."""

    def last_stable_offset(self, _partition: str) -> int | None:
        """Fail as aiokafka does."""
        raise AssertionError("Partition is not assigned")

    highwater = last_stable_offset


LOST = LostPartition(stable=None, high=None)


def thread(consumer: Any) -> Any:
    return SimpleNamespace(
        _consumer=consumer,
        _ensure_consumer=lambda: consumer,
        consumer=SimpleNamespace(in_transaction=False),
    )


def test_faust_fails_for_lost_partition() -> None:
    """Without the patch: if this fails, Faust is fixed and the patch can go."""
    original = AIOKafkaConsumerThread.highwater
    if original is _highwater:
        pytest.skip("patched by another test")

    with pytest.raises(AssertionError):
        original(thread(LOST), ("raw", 0))


@pytest.mark.parametrize(
    ("consumer", "end"),
    [
        (Consumer(stable=7, high=9), 7),
        (Consumer(stable=None, high=9), 9),
        (Consumer(stable=-1, high=9), 9),
        (Consumer(stable=None, high=None), None),
        (LOST, None),
        (None, None),
    ],
    ids=["committed", "old broker", "uncommitted", "unknown", "lost", "not started"],
)
def test_highwater_is_the_last_offset_that_can_be_read(
    consumer: Consumer | None, end: int | None
) -> None:
    assert _highwater(thread(consumer), ("raw", 0)) == end


@pytest.mark.parametrize("error", [AttributeError("None has no highwater"), AssertionError()])
def test_check_of_a_lost_partition_is_skipped(error: Exception) -> None:
    def original(_self: Any, _now: float, _partition: Any) -> None:
        raise error

    _tolerant(original)(thread(LOST), 0.0, ("raw", 0))


def test_patch_refuses_other_versions() -> None:
    with pytest.raises(RuntimeError, match=r"faust_patches\.rebalance is for faust-streaming"):
        patch_rebalance("0.16")
