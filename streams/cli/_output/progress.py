"""Progress of long commands on stderr: a bar in a terminal, otherwise a line now and then."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Generic, Protocol, TypeVar

from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from streams.cli._output.console import err, interactive
from streams.sources.bounded_reading import Meter

LINE_INTERVAL: Final = timedelta(seconds=5)
"""Time between two lines where there is no terminal."""

REDRAW_INTERVAL: Final = timedelta(seconds=0.2)


class Counts(Protocol):
    """Counters of articles."""

    n_sent: int

    @property
    def n_refused(self) -> int:
        """Number of articles refused."""
        ...


Tally = TypeVar("Tally", bound=Counts)


@dataclass
class Progress(Generic[Tally]):
    """Progress of a command that sends articles.

    Attributes:
        tally: Counters of what was sent and refused.
        meter: Amount read: bytes of files, or offsets of a topic.
        total: Amount to read; 0 while it is unknown.
        started: Start by the monotonic clock, in seconds.
    """

    tally: Tally
    meter: Meter = field(default_factory=Meter)
    total: int = 0
    started: float = field(default_factory=time.monotonic)

    def update(self, done: int, total: int) -> None:
        """Record the amount read and the amount to read."""
        self.meter.n_bytes, self.total = done, total

    @property
    def seconds(self) -> float:
        """Seconds since the start, above 0."""
        return max(time.monotonic() - self.started, 1e-6)

    @property
    def line(self) -> str:
        """The counters, after the share read if it is known."""
        if not self.total:
            return str(self)
        return f"{min(100 * self.meter.n_bytes / self.total, 100):.0f} %: {self}"

    def __str__(self) -> str:
        """Return the counters and the rate."""
        rate = self.tally.n_sent / self.seconds
        return f"{self.tally.n_sent:,} sent, {self.tally.n_refused:,} refused, {rate:,.0f}/s"


@asynccontextmanager
async def show_progress(progress: Progress[Tally]) -> AsyncIterator[None]:
    """Show progress while the body runs."""
    task = asyncio.create_task(_show_bar(progress) if interactive() else _print_lines(progress))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _show_bar(progress: Progress[Tally]) -> None:
    counters = TextColumn("{task.fields[counters]}")
    columns = (BarColumn(), TaskProgressColumn(), counters, TimeRemainingColumn())
    with ProgressBar(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=progress.total or None, counters="")
        while True:
            total = progress.total or None
            done = min(progress.meter.n_bytes, progress.total)
            bar.update(task, completed=done, total=total, counters=str(progress))
            await asyncio.sleep(REDRAW_INTERVAL.total_seconds())


async def _print_lines(progress: Progress[Tally]) -> None:
    while True:
        await asyncio.sleep(LINE_INTERVAL.total_seconds())
        err.print(progress.line, highlight=False)


@contextmanager
def show_topic_reading() -> Iterator[Callable[[int, int], None] | None]:
    """Show a spinner while the body reads topics.

    Yields:
        Takes the number of messages read and to read; None if there is no terminal.
    """
    if not interactive():
        yield None
        return
    with err.status("reading the topics") as status:

        def update(done: int, total: int) -> None:
            status.update(f"reading the topics: {done:,} of {total:,} messages")

        yield update
