"""One writer of the ledger: what many lanes want written at a time becomes one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncEngine

MAX_ROWS: Final = 2000
"""Rows in one transaction: some 20 ms of SQLite."""

Rows = Sequence[dict[str, Any]]


class LostClaimError(Exception):
    """Another deliverer works on our partitions: whatever we write would be wrong."""


class Writer:
    """Writes in the order of asking, as much as there is in one transaction.

    A disk flush takes milliseconds and a row microseconds, so lanes that write at the same
    time share the flush.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        fence: Callable[[], tuple[Executable, dict[str, Any], int] | None] = lambda: None,
    ) -> None:
        """Write through an engine.

        Args:
            engine: With the ledger's tables.
            fence: Gives a statement that must meet so many rows before anything is written.
        """
        self._engine = engine
        self._fence = fence
        self._asked: asyncio.Queue[tuple[Executable, Rows, asyncio.Future[int]]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def write(self, statement: Executable, rows: Rows) -> int:
        """Run a statement for each row; returns when it is on the disk.

        Returns:
            How many rows it met.

        Raises:
            LostClaimError: If another deliverer has our partitions.
            sqlalchemy.exc.SQLAlchemyError: If the database is gone.
        """
        if not rows:
            return 0
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._asked.put_nowait((statement, rows, done))
        return await done

    async def close(self) -> None:
        """Stop writing; what was asked for and is not written fails."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            batch = [await self._asked.get()]
            while not self._asked.empty() and sum(len(rows) for _, rows, _ in batch) < MAX_ROWS:
                batch.append(self._asked.get_nowait())
            try:
                counts = await self._write(batch)
            except BaseException as error:
                for _, _, done in batch:
                    if not done.done():
                        done.set_exception(error)
                if not isinstance(error, Exception):
                    raise
                continue
            for (_, _, done), count in zip(batch, counts, strict=True):
                if not done.done():
                    done.set_result(count)

    async def _write(
        self, batch: Sequence[tuple[Executable, Rows, "asyncio.Future[int]"]]
    ) -> list[int]:
        counts = []
        async with self._engine.begin() as connection:
            fence = self._fence()
            if fence is not None:
                statement, values, wanted = fence
                found = await connection.execute(statement, values)
                if found.rowcount != wanted:
                    raise LostClaimError(
                        f"this deliverer has claimed {wanted} partitions and still has "
                        f"{found.rowcount}: another one took them over"
                    )
            for statement, rows in _together(batch):
                result = await connection.execute(statement, rows)
                counts.append(result.rowcount)
        return counts


def _together(batch: Sequence[tuple[Executable, Rows, Any]]) -> list[tuple[Executable, list[Any]]]:
    return [(statement, list(rows)) for statement, rows, _ in batch]
