"""How far behind a worker is, with a consumer made by hand."""

import asyncio
from types import SimpleNamespace

import pytest
from aiokafka.errors import IllegalStateError

from streams.worker.lag import LagMeter
from tests.support.waiting import eventually


class Consumer:
    """Faust's consumer as far as the lag goes."""

    def __init__(
        self, *, ends: dict[str, int | None], positions: dict[str, int | Exception | None]
    ) -> None:
        """Take what it says of each partition."""
        self.n_asked = 0
        self._ends = ends
        self._positions = positions

    def highwater(self, partition: str) -> int | None:
        """The end of a partition, when it is known."""
        return self._ends.get(partition)

    async def position(self, partition: str) -> int | None:
        """The offset that is read next."""
        self.n_asked += 1
        await asyncio.sleep(0)
        found = self._positions[partition]
        if isinstance(found, Exception):
            raise found
        return found


def meter(consumer: Consumer, *partitions: str) -> LagMeter:
    """A meter that has just got its partitions."""
    found = LagMeter(SimpleNamespace(consumer=consumer))
    found.assigned(set(partitions))
    return found


async def test_lag_is_what_lies_between_the_position_and_the_end() -> None:
    found = meter(Consumer(ends={"a": 10, "b": 5}, positions={"a": 4, "b": 5}), "a", "b")

    assert (await found.measure(), found.lag) == (6, 6)


async def test_lag_asks_for_a_position_once() -> None:
    consumer = Consumer(ends={"a": 10}, positions={"a": 4})
    found = meter(consumer, "a")

    assert [await found.measure(), await found.measure()] == [6, 6]
    found.done("a", 8)

    assert (await found.measure(), consumer.n_asked) == (1, 1)


async def test_lag_keeps_to_the_furthest_that_is_done_of_the_partitions_it_has() -> None:
    found = meter(Consumer(ends={"a": 10, "b": 5}, positions={"a": 0, "b": 0}), "a")

    found.done("a", 8)
    found.done("a", 3)
    found.done("b", 4)
    before = await found.measure()
    found.assigned({"a", "b"})

    assert (before, await found.measure()) == (1, 15)


async def test_lag_counts_what_is_read_but_not_done() -> None:
    found = meter(Consumer(ends={"a": 10}, positions={"a": 10}), "a")

    found.done("a", 6)

    assert await found.measure() == 3


@pytest.mark.parametrize(
    "position", [IllegalStateError("not assigned"), TimeoutError(), KeyError()]
)
async def test_lag_is_none_where_the_position_is_not_known(position: Exception) -> None:
    assert await meter(Consumer(ends={"a": 10}, positions={"a": position}), "a").measure() == 0


async def test_lag_is_none_before_the_end_is_known() -> None:
    assert await meter(Consumer(ends={"a": None}, positions={"a": 4}), "a").measure() == 0


async def test_lag_forgets_at_an_assignment_what_another_process_may_have_done() -> None:
    found = meter(Consumer(ends={"a": 10}, positions={"a": 8}), "a")
    found.done("a", 3)

    found.assigned({"a"})

    assert await found.measure() == 2


async def test_quiet_seconds_begin_anew_with_each_record() -> None:
    found = meter(Consumer(ends={}, positions={}))
    # Longer than the time between the last two lines, even on a busy machine.
    await eventually(lambda: found.quiet_seconds() > 0.1)
    before = found.quiet_seconds()

    found.done("a", 1)

    assert found.quiet_seconds() < before
