"""The clock of a run: the current time, and waiting for a time or for work."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol


class Clock(Protocol):
    """A source of time that can wait."""

    def now(self) -> datetime:
        """Return the current time, with its zone."""
        ...

    async def wait(self, work: Iterable["asyncio.Future[Any]"], until: datetime | None) -> None:
        """Wait until one of several tasks is done, or until a time.

        Args:
            work: At least one task; no task is cancelled, and no error of a task is raised.
            until: End of the wait; by default there is none.
        """
        ...


class SystemClock:
    """The clock of the system."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    async def wait(self, work: Iterable["asyncio.Future[Any]"], until: datetime | None) -> None:
        """Wait as `Clock.wait` says."""
        timeout = None if until is None else max(0.0, (until - self.now()).total_seconds())
        await asyncio.wait(set(work), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
