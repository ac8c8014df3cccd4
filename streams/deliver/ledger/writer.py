"""One writer of the ledger: combines concurrent writes of delivery queues into one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from streams.errors import NewsStreamsError

MAX_ROWS: Final = 2000
"""Maximum rows of one transaction: some 20 ms of SQLite."""

Rows = Sequence[dict[str, Any]]
Fence = tuple[Executable, dict[str, Any], int]


class LostClaimError(NewsStreamsError):
    """Another deliverer has claimed our partitions: our writes would be wrong."""


@dataclass(eq=False)
class _WriteRequest:
    """A requested write, and the future of its caller."""

    statement: Executable
    rows: Rows
    done: "asyncio.Future[int]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class LedgerWriter:
    """Writes in the order of requests, many of them in one transaction.

    A disk flush takes milliseconds and a row microseconds, so queues that write at the same
    time share the flush. Each caller waits for its write, so that no two rows of one transaction
    depend on each other.

    Args:
        engine: A database with the ledger's tables.
        fence: Returns a statement that must change a given number of rows before a write.
    """

    def __init__(
        self, engine: AsyncEngine, fence: Callable[[], Fence | None] = lambda: None
    ) -> None:
        self._engine = engine
        self._fence = fence
        self._requests: asyncio.Queue[_WriteRequest] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def write(self, statement: Executable, rows: Rows) -> int:
        """Run a statement for each row; returns when the rows are on disk.

        Returns:
            Number of changed rows, including those of concurrent writes with the same statement: 0
            means none.

        Raises:
            LostClaimError: If another deliverer has claimed our partitions.
            sqlalchemy.exc.SQLAlchemyError: If the database fails.
        """
        if not rows:
            return 0
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        request = _WriteRequest(statement, rows)
        self._requests.put_nowait(request)
        return await request.done

    async def close(self) -> None:
        """Stop writing; requests that are not written yet fail."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        while not self._requests.empty():
            self._requests.get_nowait().done.cancel()

    async def _run(self) -> None:
        while True:
            batch = [await self._requests.get()]
            while not self._requests.empty() and sum(len(r.rows) for r in batch) < MAX_ROWS:
                batch.append(self._requests.get_nowait())
            try:
                await self._write(batch)
            except BaseException as error:
                for request in batch:
                    if not request.done.done():
                        request.done.set_exception(error)
                if not isinstance(error, Exception):
                    raise

    async def _write(self, batch: Sequence[_WriteRequest]) -> None:
        counts: list[tuple[list[_WriteRequest], int]] = []
        async with self._engine.begin() as connection:
            await self._check(connection)
            for together in _by_statement(batch):
                rows = [row for request in together for row in request.rows]
                result = await connection.execute(together[0].statement, rows)
                counts.append((together, result.rowcount))
        for together, count in counts:
            for request in together:
                if not request.done.done():
                    request.done.set_result(count)

    async def _check(self, connection: AsyncConnection) -> None:
        fence = self._fence()
        if fence is None:
            return
        statement, values, n_claimed = fence
        n_left = (await connection.execute(statement, values)).rowcount
        if n_left != n_claimed:
            raise LostClaimError(
                f"this deliverer claimed {n_claimed} partitions and still has {n_left}: "
                "another deliverer took over the rest"
            )


def _by_statement(batch: Sequence[_WriteRequest]) -> list[list[_WriteRequest]]:
    by_statement: dict[int, list[_WriteRequest]] = {}
    for request in batch:
        by_statement.setdefault(id(request.statement), []).append(request)
    return list(by_statement.values())
