"""One writer of the ledger: what many lanes want written at a time becomes one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from streams.errors import NewsStreamsError

MAX_ROWS: Final = 2000
"""Rows in one transaction: some 20 ms of SQLite."""

Rows = Sequence[dict[str, Any]]
Fence = tuple[Executable, dict[str, Any], int]


class LostClaimError(NewsStreamsError):
    """Another deliverer works on our partitions: whatever we write would be wrong."""


@dataclass(eq=False)
class _Asked:
    """What somebody wants written, and who waits for it."""

    statement: Executable
    rows: Rows
    done: "asyncio.Future[int]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class LedgerWriter:
    """Writes in the order of asking, as much as there is in one transaction.

    A disk flush takes milliseconds and a row microseconds, so lanes that write at the same
    time share the flush. Whoever asks waits for it, so that no two rows of one transaction
    depend on each other.
    """

    def __init__(
        self, engine: AsyncEngine, fence: Callable[[], Fence | None] = lambda: None
    ) -> None:
        """Write through an engine.

        Args:
            engine: With the ledger's tables.
            fence: Gives a statement that must meet so many rows before anything is written.
        """
        self._engine = engine
        self._fence = fence
        self._asked: asyncio.Queue[_Asked] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def write(self, statement: Executable, rows: Rows) -> int:
        """Run a statement for each row; returns when it is on the disk.

        Returns:
            How many rows it met, with those of others who wrote by the same statement at the
            same time: 0 means none.

        Raises:
            LostClaimError: If another deliverer has our partitions.
            sqlalchemy.exc.SQLAlchemyError: If the database is gone.
        """
        if not rows:
            return 0
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        asked = _Asked(statement, rows)
        self._asked.put_nowait(asked)
        return await asked.done

    async def close(self) -> None:
        """Stop writing; what was asked for and is not written fails."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        while not self._asked.empty():
            self._asked.get_nowait().done.cancel()

    async def _run(self) -> None:
        while True:
            batch = [await self._asked.get()]
            while not self._asked.empty() and sum(len(one.rows) for one in batch) < MAX_ROWS:
                batch.append(self._asked.get_nowait())
            try:
                await self._write(batch)
            except BaseException as error:
                for one in batch:
                    if not one.done.done():
                        one.done.set_exception(error)
                if not isinstance(error, Exception):
                    raise

    async def _write(self, batch: Sequence[_Asked]) -> None:
        counts: list[tuple[list[_Asked], int]] = []
        async with self._engine.begin() as connection:
            await self._check(connection)
            for together in _by_statement(batch):
                rows = [row for one in together for row in one.rows]
                result = await connection.execute(together[0].statement, rows)
                counts.append((together, result.rowcount))
        for together, count in counts:
            for one in together:
                if not one.done.done():
                    one.done.set_result(count)

    async def _check(self, connection: AsyncConnection) -> None:
        fence = self._fence()
        if fence is None:
            return
        statement, values, wanted = fence
        found = (await connection.execute(statement, values)).rowcount
        if found != wanted:
            raise LostClaimError(
                f"this deliverer has claimed {wanted} partitions and still has {found}: "
                "another one took them over"
            )


def _by_statement(batch: Sequence[_Asked]) -> list[list[_Asked]]:
    found: dict[int, list[_Asked]] = {}
    for one in batch:
        found.setdefault(id(one.statement), []).append(one)
    return list(found.values())
