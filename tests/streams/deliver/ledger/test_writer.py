"""The writer of the ledger: whoever asks at a time shares a transaction, and a failure."""

import asyncio

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from streams.deliver.ledger.ledger import Ledger
from tests.support.deliver import delivery


async def test_what_is_asked_for_at_a_time_is_written_together(ledger: Ledger) -> None:
    await asyncio.gather(*(ledger.add([delivery(n)]) for n in range(1, 101)))

    assert await ledger.n_open() == 100


async def test_a_statement_that_fails_is_told_to_all_who_asked_and_writing_goes_on(
    ledger: Ledger,
) -> None:
    broken = ledger._writer.write(text("INSERT INTO nowhere VALUES (:a)"), [{"a": 1}])
    asked = await asyncio.gather(ledger.add([delivery(1)]), broken, return_exceptions=True)

    assert all(isinstance(one, SQLAlchemyError) for one in asked)
    assert await ledger.add([delivery(2)]) == 1
    assert await ledger.n_open() == 1


async def test_nothing_asked_is_nothing_written(ledger: Ledger) -> None:
    assert await ledger.add([]) == 0


async def test_a_closed_ledger_lets_nobody_wait_for_ever(ledger: Ledger) -> None:
    waiting = asyncio.ensure_future(ledger.add([delivery(1)]))
    await asyncio.sleep(0)
    await ledger.close()

    await asyncio.wait([waiting], timeout=5)
    assert waiting.cancelled()
