"""The clock of a run: what time it is, and how to wait for a time or for work to be done."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol


class Clock(Protocol):
    """Tells the time, and waits."""

    def now(self) -> datetime:
        """Give the time, with its zone."""
        ...

    async def wait(self, work: Iterable["asyncio.Future[Any]"], until: datetime | None) -> None:
        """Wait until one of several pieces of work is done, or the time has come.

        Args:
            work: At least one; none of it is cancelled, and no error of it raised.
            until: None: however long the work takes.
        """
        ...


class SystemClock:
    """The time that everybody has."""

    def now(self) -> datetime:
        """Give the time in UTC."""
        return datetime.now(UTC)

    async def wait(self, work: Iterable["asyncio.Future[Any]"], until: datetime | None) -> None:
        """Wait; see `Clock.wait`."""
        timeout = None if until is None else max(0.0, (until - self.now()).total_seconds())
        await asyncio.wait(set(work), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
