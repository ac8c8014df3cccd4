"""The lag of a worker, measured on a fake consumer."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import IllegalStateError

from streams.worker.lag import LagMeter
from tests.support.waiting import eventually


class Consumer:
    """A fake of Faust's consumer, as far as the lag needs it.

    Args:
        ends: End of each partition; None if unknown, or the error of the query.
        positions: Position of each partition, or the error of the query.
        unacked: Partitions with a message in progress.
    """

    def __init__(
        self,
        *,
        ends: dict[str, int | Exception | None],
        positions: dict[str, int | Exception | None],
        unacked: str = "",
    ) -> None:
        self.n_asked = 0
        self._ends = ends
        self._positions = positions
        self.unacked = [SimpleNamespace(tp=partition, acked=False) for partition in unacked]

    def highwater(self, partition: str) -> int | None:
        """Return the end of a partition, if known."""
        found = self._ends.get(partition)
        if isinstance(found, Exception):
            raise found
        return found

    async def position(self, partition: str) -> int | None:
        """Return the offset that is read next."""
        self.n_asked += 1
        await asyncio.sleep(0)
        found = self._positions[partition]
        if isinstance(found, Exception):
            raise found
        return found


def meter(consumer: Consumer, *partitions: str, **options: Any) -> LagMeter:
    """Return a meter that was assigned these partitions."""
    found = LagMeter(SimpleNamespace(consumer=consumer), **options)
    found.assigned(set(partitions))
    return found


async def test_lag_is_distance_from_position_to_end() -> None:
    found = meter(Consumer(ends={"a": 10, "b": 5}, positions={"a": 4, "b": 5}), "a", "b")

    assert (await found.measure(), found.lag) == (6, 6)


async def test_lag_queries_position_of_busy_partition_once() -> None:
    consumer = Consumer(ends={"a": 10}, positions={"a": 4}, unacked="a")
    found = meter(consumer, "a")

    assert [await found.measure(), await found.measure()] == [6, 6]
    found.done("a", 8)

    assert (await found.measure(), consumer.n_asked) == (1, 1)


async def test_lag_uses_highest_offset_of_assigned_partitions() -> None:
    found = meter(Consumer(ends={"a": 10, "b": 5}, positions={"a": 0, "b": 0}), "a")

    found.done("a", 8)
    found.done("a", 3)
    found.done("b", 4)
    before = await found.measure()
    found.assigned({"a", "b"})

    assert (before, await found.measure()) == (1, 15)


async def test_lag_counts_records_read_but_not_done() -> None:
    found = meter(Consumer(ends={"a": 10}, positions={"a": 10}, unacked="a"), "a")

    found.done("a", 6)

    assert await found.measure() == 3


async def test_markers_after_the_last_record_are_no_lag() -> None:
    found = meter(Consumer(ends={"a": 10}, positions={"a": 10}, unacked="b"), "a")

    found.done("a", 6)

    assert await found.measure() == 0


async def test_records_not_fetched_yet_are_lag() -> None:
    found = meter(Consumer(ends={"a": 10}, positions={"a": 8}), "a")

    found.done("a", 6)

    assert await found.measure() == 2


@pytest.mark.parametrize(("holds_records", "lag"), [(True, 3), (False, 0)])
async def test_skipped_offsets_are_read_once(holds_records: bool, lag: int) -> None:  # noqa: FBT001
    read: list[tuple[str, int, int]] = []

    async def look(partition: str, first: int, end: int) -> bool:
        read.append((partition, first, end))
        return holds_records

    clock = iter(range(0, 1000, 6))
    consumer = Consumer(ends={"a": 10}, positions={"a": 10})
    found = meter(consumer, "a", holds_records=look, now=lambda: float(next(clock)))
    found.done("a", 6)

    lags = [await found.measure() for _ in range(4)]

    assert lags[-1] == lag
    assert set(read) == {("a", 7, 10)}
    assert len(read) == (2 if holds_records else 1)


@pytest.mark.parametrize(
    "error",
    [AssertionError("Partition is not assigned"), AttributeError(), IllegalStateError("x")],
    ids=lambda error: type(error).__name__,
)
async def test_lag_survives_a_partition_lost_meanwhile(error: Exception) -> None:
    consumer = Consumer(ends={"a": error, "b": 5}, positions={"a": 0, "b": 2})

    assert await meter(consumer, "a", "b").measure() == 3


@pytest.mark.parametrize(
    "position", [IllegalStateError("not assigned"), TimeoutError(), KeyError(), AssertionError()]
)
async def test_lag_is_zero_without_a_position(position: Exception) -> None:
    assert await meter(Consumer(ends={"a": 10}, positions={"a": position}), "a").measure() == 0


async def test_lag_is_zero_without_an_end() -> None:
    assert await meter(Consumer(ends={"a": None}, positions={"a": 4}), "a").measure() == 0


async def test_assignment_resets_positions() -> None:
    found = meter(Consumer(ends={"a": 10}, positions={"a": 8}), "a")
    found.done("a", 3)

    found.assigned({"a"})

    assert await found.measure() == 2


async def test_quiet_seconds_restart_with_each_record() -> None:
    found = meter(Consumer(ends={}, positions={}))
    # Longer than the time between the last two lines, even on a busy machine.
    await eventually(lambda: found.quiet_seconds() > 0.1)
    before = found.quiet_seconds()

    found.done("a", 1)

    assert found.quiet_seconds() < before
