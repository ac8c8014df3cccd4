"""How far a sending is: a bar where a person watches, else a line now and then."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Generic, Protocol, TypeVar

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from streams.cli.context import err, interactive
from streams.sources.bounded_reading import Meter

LINE_EVERY: Final = timedelta(seconds=5)
"""How often a line says how far it is, where there is no terminal."""

DRAWN_EVERY: Final = timedelta(seconds=0.2)


class Counts(Protocol):
    """What counts articles as they go."""

    n_sent: int

    @property
    def n_refused(self) -> int:
        """How many were refused."""
        ...


Tally = TypeVar("Tally", bound=Counts)


@dataclass
class Course(Generic[Tally]):
    """How far it is, of how much.

    Attributes:
        tally: What was sent and refused.
        meter: What was read: bytes of files, or offsets of a topic.
        total: What there is to read; 0 while that is unknown.
        started: By the monotonic clock, seconds.
    """

    tally: Tally
    meter: Meter = field(default_factory=Meter)
    total: int = 0
    started: float = field(default_factory=time.monotonic)

    def read(self, done: int, total: int) -> None:
        """Note how much of how much was read."""
        self.meter.n_bytes, self.total = done, total

    @property
    def seconds(self) -> float:
        """How long it has gone on."""
        return max(time.monotonic() - self.started, 1e-6)

    @property
    def line(self) -> str:
        """How far it is, with the share read where it is known."""
        if not self.total:
            return str(self)
        return f"{min(100 * self.meter.n_bytes / self.total, 100):.0f} %: {self}"

    def __str__(self) -> str:
        """Say what was sent, and how fast."""
        rate = self.tally.n_sent / self.seconds
        return f"{self.tally.n_sent:,} sent, {self.tally.n_refused:,} refused, {rate:,.0f}/s"


@asynccontextmanager
async def shown(course: Course[Tally]) -> AsyncIterator[None]:
    """Show how far it is while the body runs, on stderr."""
    showing = asyncio.create_task(_bar(course) if interactive() else _lines(course))
    try:
        yield
    finally:
        showing.cancel()
        with suppress(asyncio.CancelledError):
            await showing


async def _bar(course: Course[Tally]) -> None:
    said = TextColumn("{task.fields[said]}")
    columns = (BarColumn(), TaskProgressColumn(), said, TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("", total=course.total or None, said="")
        while True:
            done = min(course.meter.n_bytes, course.total)
            progress.update(task, completed=done, total=course.total or None, said=str(course))
            await asyncio.sleep(DRAWN_EVERY.total_seconds())


async def _lines(course: Course[Tally]) -> None:
    while True:
        await asyncio.sleep(LINE_EVERY.total_seconds())
        err.print(course.line, highlight=False)
