"""The memory of dedupe is read from the beginning at each assignment."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from streams.errors import BrokerError
from streams.processors.dedupe import dedupe_processor, empty_memory
from streams.processors.message import Message
from streams.records import Memory, decode, encode
from streams.records.topics import CLEAN, DUPLICATES, MEMORY, UNIQUE
from streams.settings import Settings
from streams.topology import DEDUPE_STAGE
from streams.worker.table_runner import TableRunner
from tests.support.builders import TEXT, clean_article
from tests.support.memory import SMALL_MEMORY

FIRST = clean_article()
COPY = clean_article(url="https://copy.test/a", text=TEXT)


class Table:
    """A table whose rows a test sets, and whose reading it can block."""

    def __init__(self, *rows: tuple[bytes, bytes | None]) -> None:
        self.rows = list(rows)
        self.n_reads = 0
        self.open = asyncio.Event()
        self.open.set()
        self.error: Exception | None = None

    async def read(self, _settings: Settings, topic: str) -> AsyncIterator[list[Any]]:
        """Yield the rows as Kafka's messages, a thousand at a time."""
        assert topic == MEMORY.name
        self.n_reads += 1
        await self.open.wait()
        if self.error is not None:
            raise self.error
        messages = [
            SimpleNamespace(key=k, value=v, offset=at) for at, (k, v) in enumerate(self.rows)
        ]
        for start in range(0, len(messages), 1000):
            yield messages[start : start + 1000]


def message(article: Any, *, offset: int) -> Message:
    """Return a clean article as `dedupe` reads it."""
    value = encode(article)
    return Message(topic=CLEAN.name, partition=0, offset=offset, key=b"k", value=value)


def memory_row(article: Any) -> tuple[bytes, bytes]:
    """Return the memory row that `dedupe` writes for an article."""
    processor = dedupe_processor(empty_memory(SMALL_MEMORY))
    [row] = [
        sent
        for sent in processor(message(article, offset=0), FIRST.fetched).messages
        if sent.topic == MEMORY.name
    ]
    return row.key or b"", row.value or b""


def table_runner(table: Table) -> TableRunner:
    """Return a runner on this table."""
    return TableRunner(DEDUPE_STAGE, SMALL_MEMORY, lambda: None, read=table.read)


async def topic_of(runner: TableRunner, article: Any, *, offset: int = 9) -> str:
    """Return the topic of the result for an article."""
    return (await (await runner.start(message(article, offset=offset)))).messages[0].topic


async def test_table_runner_reads_its_table() -> None:
    table = Table(memory_row(FIRST))
    runner = table_runner(table)

    await runner.assigned()

    assert runner.remembered() == 1
    assert await topic_of(runner, COPY) == DUPLICATES.name


async def test_table_runner_applies_tombstones() -> None:
    key, value = memory_row(FIRST)
    runner = table_runner(Table((key, value), (key, None)))

    await runner.assigned()

    assert runner.remembered() == 0
    assert await topic_of(runner, COPY) == UNIQUE.name


async def test_table_runner_waits_for_its_memory() -> None:
    table = Table(memory_row(FIRST))
    table.open.clear()
    runner = table_runner(table)
    assigned = asyncio.ensure_future(runner.assigned())
    answer = asyncio.ensure_future(topic_of(runner, COPY))
    done, _ = await asyncio.wait((answer,), timeout=0.05)

    table.open.set()

    assert done == set()
    assert await answer == DUPLICATES.name
    await assigned


async def test_table_runner_waits_for_its_first_assignment() -> None:
    runner = table_runner(Table())
    answer = asyncio.ensure_future(topic_of(runner, FIRST))

    await runner.assigned()

    assert await answer == UNIQUE.name


async def test_table_runner_reads_again_at_each_assignment() -> None:
    table = Table()
    runner = table_runner(table)
    await runner.assigned()

    table.rows.append(memory_row(FIRST))  # written by the partition's owner in the meantime
    await runner.assigned()

    assert await topic_of(runner, COPY) == DUPLICATES.name


async def test_table_runner_reloads_if_assigned_while_loading() -> None:
    table = Table(memory_row(FIRST))
    table.open.clear()
    runner = table_runner(table)
    first = asyncio.ensure_future(runner.assigned())
    answer = asyncio.ensure_future(topic_of(runner, COPY))
    await asyncio.sleep(0.02)

    second = asyncio.ensure_future(runner.assigned())
    await asyncio.sleep(0.02)
    table.open.set()

    assert await asyncio.wait_for(answer, 5) == DUPLICATES.name
    assert (first.cancelled(), table.n_reads) == (True, 2)
    await second


async def test_table_runner_fails_if_reading_fails() -> None:
    table = Table()
    table.error = BrokerError("broker gone")
    runner = table_runner(table)
    assigned = asyncio.ensure_future(runner.assigned())
    await asyncio.sleep(0)

    with pytest.raises(BrokerError):
        await topic_of(runner, COPY)

    with pytest.raises(BrokerError):
        await assigned


async def test_table_runner_reports_progress() -> None:
    _, value = memory_row(FIRST)
    calls: list[None] = []
    table = Table(*[(b"%d" % number, value) for number in range(2500)])
    runner = TableRunner(DEDUPE_STAGE, SMALL_MEMORY, lambda: calls.append(None), read=table.read)

    await runner.assigned()

    assert (len(calls), decode(value, Memory).article_id) == (3, FIRST.id)
