"""The lag of a worker, measured on a fake consumer."""

import asyncio
from types import SimpleNamespace

import pytest
from aiokafka.errors import IllegalStateError

from streams.worker.lag import LagMeter
from tests.support.waiting import eventually


class Consumer:
    """A fake of Faust's consumer, as far as the lag needs it.

    Args:
        ends: End of each partition; None if unknown.
        positions: Position of each partition, or the error of the query.
    """

    def __init__(
        self, *, ends: dict[str, int | None], positions: dict[str, int | Exception | None]
    ) -> None:
        self.n_asked = 0
        self._ends = ends
        self._positions = positions

    def highwater(self, partition: str) -> int | None:
        """Return the end of a partition, if known."""
        return self._ends.get(partition)

    async def position(self, partition: str) -> int | None:
        """Return the offset that is read next."""
        self.n_asked += 1
        await asyncio.sleep(0)
        found = self._positions[partition]
        if isinstance(found, Exception):
            raise found
        return found


def meter(consumer: Consumer, *partitions: str) -> LagMeter:
    """Return a meter that was assigned these partitions."""
    found = LagMeter(SimpleNamespace(consumer=consumer))
    found.assigned(set(partitions))
    return found


async def test_lag_is_distance_from_position_to_end() -> None:
    found = meter(Consumer(ends={"a": 10, "b": 5}, positions={"a": 4, "b": 5}), "a", "b")

    assert (await found.measure(), found.lag) == (6, 6)


async def test_lag_queries_a_position_once() -> None:
    consumer = Consumer(ends={"a": 10}, positions={"a": 4})
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
    found = meter(Consumer(ends={"a": 10}, positions={"a": 10}), "a")

    found.done("a", 6)

    assert await found.measure() == 3


@pytest.mark.parametrize(
    "position", [IllegalStateError("not assigned"), TimeoutError(), KeyError()]
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
