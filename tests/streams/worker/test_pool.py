"""Killable processes, tested with real ones: time limits, crashes, order within a key."""

import asyncio
from collections.abc import Awaitable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from streams.processors.message import Message, Result
from streams.records import DeadLetter, decode
from streams.records.topics import RAW, UNIQUE
from streams.settings import Settings
from streams.topology import CLEAN_STAGE, ROUTE_STAGE, TAG_STAGE
from streams.worker.pool import BATCH_BYTES, StagePool
from tests.support.fake_processor import build_fake_processor
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow


def message(value: bytes, *, key: bytes | None = None, topic: str = RAW.name) -> Message:
    """Return a message for a pool."""
    return Message(topic=topic, partition=0, offset=0, key=key, value=value)


@pytest.fixture(scope="module")
def pool() -> Iterator[StagePool]:
    """Two processes that obey their messages, with a limit of one second."""
    settings = Settings(stage_seconds=1.0, pool_processes=2)
    pool = StagePool(CLEAN_STAGE, settings, build=build_fake_processor)
    yield pool
    pool.stop()


async def wait_for_both(pool: StagePool) -> None:
    """Wait until both processes work; one may be loading, or be replaced."""

    async def process_ids() -> set[bytes | None]:
        results = await asyncio.gather(*(pool.start(message(b"pid")) for _ in range(2)))
        return {result.messages[0].value for result in results}

    await eventually(lambda: has_two(process_ids()), within=timedelta(seconds=20))


async def has_two(values: Awaitable[set[bytes | None]]) -> bool:
    """Return whether there are two values."""
    return len(await values) == 2


def detail(result: Result) -> str:
    """Return the detail of a dead letter."""
    return decode(result.messages[0].value or b"", DeadLetter).detail


async def in_order_of_ending(pool: StagePool, *messages: Message) -> list[bytes | None]:
    """Start all messages and return their values in the order in which they end."""
    ended: list[bytes | None] = []
    futures = [pool.start(each) for each in messages]
    for each, future in zip(messages, futures, strict=True):
        future.add_done_callback(lambda _, value=each.value: ended.append(value))
    await asyncio.gather(*futures)
    return ended


async def test_pool_returns_the_processor_result(pool: StagePool) -> None:
    await pool.ready()

    result = await pool.start(message(b"hello", key=b"k"))

    assert (result.decision, result.messages[0].value) == ("emitted", b"hello")


async def test_pool_rejects_slow_record_while_others_pass(pool: StagePool) -> None:
    await pool.ready()

    slow, *others = await asyncio.gather(
        pool.start(message(b"sleep 60")), *(pool.start(message(b"quick")) for _ in range(20))
    )

    assert (slow.decision, slow.reason, detail(slow)) == (
        "rejected",
        "timed_out",
        "not done, nor by the fast path, after 1 s",
    )
    assert {other.decision for other in others} == {"emitted"}


async def test_pool_keeps_the_order_within_a_key(pool: StagePool) -> None:
    await pool.ready()
    first, second = b"sleep 0.2", b"second revision"

    ended = await in_order_of_ending(
        pool, message(first, key=b"page"), message(second, key=b"page")
    )

    assert ended == [first, second]


async def test_pool_keeps_the_order_behind_a_killed_record(pool: StagePool) -> None:
    await pool.ready()
    values = [b"sleep 60", b"second revision", b"third revision"]

    ended = await in_order_of_ending(pool, *(message(value, key=b"page") for value in values))

    assert ended == values


@pytest.mark.parametrize(("one", "other"), [(b"a", b"b"), (None, None)], ids=["keys", "no keys"])
async def test_pool_runs_different_keys_in_parallel(
    pool: StagePool, one: bytes | None, other: bytes | None
) -> None:
    await wait_for_both(pool)

    ended = await in_order_of_ending(
        pool, message(b"sleep 0.6", key=one), message(b"quick", key=other)
    )

    assert ended == [b"quick", b"sleep 0.6"]


async def test_pool_retries_record_of_dead_process(pool: StagePool, tmp_path: Path) -> None:
    result = await pool.start(message(f"exit once {tmp_path / 'died'}".encode()))

    assert (result.decision, (tmp_path / "died").exists()) == ("emitted", True)


async def test_pool_rejects_record_that_kills_two_processes(pool: StagePool) -> None:
    result = await pool.start(message(b"exit 3"))

    assert (result.reason, detail(result)) == ("crashed", "its process ended with code 3, twice")


async def test_pool_forgets_finished_keys(pool: StagePool) -> None:
    await asyncio.gather(*(pool.start(message(b"quick", key=b"%d" % n)) for n in range(9)))
    await asyncio.sleep(0)

    assert (pool._busy, pool._behind, pool._tasks) == (set(), {}, set())


async def test_pool_batches_small_waiting_records(pool: StagePool) -> None:
    await pool.ready()

    results = await asyncio.gather(*(pool.start(message(b"task")) for _ in range(12)))

    tasks = [result.messages[0].value for result in results]
    assert len(set(tasks)) < len(tasks)


async def test_pool_does_not_batch_large_records(pool: StagePool) -> None:
    await pool.ready()
    large = b"task" + b" " * BATCH_BYTES

    results = await asyncio.gather(*(pool.start(message(large)) for _ in range(12)))

    tasks = [result.messages[0].value for result in results]
    assert len(set(tasks)) == len(tasks)


async def test_pool_rejects_only_the_hanging_record(pool: StagePool) -> None:
    await pool.ready()
    quick = [message(b"%d" % number) for number in range(7)]

    *others, slow = await asyncio.gather(
        *(pool.start(each) for each in quick), pool.start(message(b"sleep 60"))
    )

    assert [other.messages[0].value for other in others] == [each.value for each in quick]
    assert slow.reason == "timed_out"


async def test_pool_rejects_only_the_deadly_record(pool: StagePool) -> None:
    await pool.ready()

    *others, deadly = await asyncio.gather(
        *(pool.start(message(b"quick")) for _ in range(7)), pool.start(message(b"exit 3"))
    )

    assert {other.decision for other in others} == {"emitted"}
    assert deadly.reason == "crashed"


async def test_pool_keeps_the_order_of_a_key_across_tasks(pool: StagePool) -> None:
    await pool.ready()
    values = [b"sleep 0.02", *(b"%d" % number for number in range(40))]

    ended = await in_order_of_ending(pool, *(message(value, key=b"page") for value in values))

    assert ended == values


async def test_pool_with_failing_load_is_never_ready() -> None:
    pool = StagePool(ROUTE_STAGE, Settings(pool_processes=1), build=build_fake_processor)

    with pytest.raises(Exception, match=r".") as caught:
        await asyncio.wait_for(pool.ready(), 20)

    assert not isinstance(caught.value, TimeoutError)
    pool.stop()


async def test_pool_falls_back_to_the_fast_path(pool: StagePool) -> None:
    await pool.ready()

    result = await pool.start(message(b"hard 60"))

    assert result.decision == "emitted"


async def test_pool_without_fallback_rejects_slow_record() -> None:
    settings = Settings(stage_seconds=0.5, pool_processes=1)
    pool = StagePool(TAG_STAGE, settings, build=build_fake_processor)
    await pool.ready()

    result = await pool.start(message(b"sleep 60", topic=UNIQUE.name))

    assert detail(result) == "not done after 0.5 s"
    pool.stop()
