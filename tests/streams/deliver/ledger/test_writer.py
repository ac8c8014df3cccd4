"""The writer of the ledger: concurrent writes share a transaction, and its failure."""

import asyncio

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from streams.deliver.ledger.ledger import Ledger
from tests.support.deliver import delivery


async def test_concurrent_writes_share_a_transaction(ledger: Ledger) -> None:
    await asyncio.gather(*(ledger.add([delivery(n)]) for n in range(1, 101)))

    assert await ledger.n_open() == 100


async def test_failed_statement_fails_its_batch_only(
    ledger: Ledger,
) -> None:
    broken = ledger._writer.write(text("INSERT INTO nowhere VALUES (:a)"), [{"a": 1}])
    asked = await asyncio.gather(ledger.add([delivery(1)]), broken, return_exceptions=True)

    assert all(isinstance(error, SQLAlchemyError) for error in asked)
    assert await ledger.add([delivery(2)]) == 1
    assert await ledger.n_open() == 1


async def test_write_without_rows_writes_nothing(ledger: Ledger) -> None:
    assert await ledger.add([]) == 0


async def test_closing_cancels_waiting_writes(ledger: Ledger) -> None:
    waiting = asyncio.ensure_future(ledger.add([delivery(1)]))
    await asyncio.sleep(0)
    await ledger.close()

    await asyncio.wait([waiting], timeout=5)
    assert waiting.cancelled()
