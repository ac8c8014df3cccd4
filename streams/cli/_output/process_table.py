"""The processes of a running pipeline as a table, refreshed twice a second."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Final

from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from streams.cli._output.console import err, printable
from streams.cli._output.duration import duration
from streams.supervisor.pipeline import Pipeline
from streams.supervisor.supervisor import Child
from streams.text.plural import plural

WIDE_COLUMNS: Final = 110
"""Width from which the table shows whole URLs instead of ports."""

NARROW_COLUMNS: Final = 72
"""Width below which the table leaves out partitions and ports."""

SMALL_COLUMNS: Final = 60
"""Width below which the table leaves out ages, too."""

NOTES: Final = 4
"""Number of latest lines about the start that are shown below the table."""

RESTARTS: Final = 3
"""Number of processes whose last restart is explained, the latest first."""

ROWS_AROUND: Final = 8
"""Rows of the screen besides processes and notes: title, header, hints, and two for problems."""

IDLE: Final = "idle, no partition left"


class StatusPrinter:
    """Prints lines about the pipeline; while the table is on the screen, they go below it.

    Args:
        table: Whether there is a table; then the lines are dim.

    Attributes:
        notes: The latest lines.
    """

    def __init__(self, *, table: bool) -> None:
        self._table = table
        self._on_screen = False
        self.notes: deque[str] = deque(maxlen=NOTES)

    def __call__(self, text: str) -> None:
        """Print a line, or show it below the table."""
        self.notes.append(text)
        if not self._on_screen:
            err.print(Text(text, "dim" if self._table else ""))

    def show(self, *, on_screen: bool) -> None:
        """Set whether the table is on the screen; afterwards its lines are printed."""
        self._on_screen = on_screen


def status_printer(*, table: bool) -> StatusPrinter:
    """Return a function that prints a line about the start of a pipeline."""
    return StatusPrinter(table=table)


def _state(child: Child) -> tuple[str, str]:
    """Return the state of a process, and its color."""
    if child.waiting:
        return child.note, "dim"
    if problem_of(child):
        return f"{child.note}, see below", "red"
    if child.note.startswith("ended"):
        return child.note, "red"
    if child.ready and child.health.get("partitions") == 0:
        return IDLE, "yellow"
    return child.note, "green" if child.ready else "yellow"


def _row(child: Child, *, width: int, now: float) -> tuple[str, ...]:
    health = child.health
    note, color = _state(child)
    running = child.note not in {"stopped", ""} and not child.note.startswith("ended")
    age = duration(now - child.started_at) if child.started_at and running else ""
    rate = "" if child.rate is None else rate_text(child.rate)
    cells = [child.name, f"[{color}]{escape(note)}[/{color}]"]
    if width >= NARROW_COLUMNS:
        cells.append(str(health.get("partitions", "")))
    cells += [_count(health.get("delivered")), rate, _count(health.get("lag"))]
    if width >= SMALL_COLUMNS:
        cells.append(age)
    cells.append(str(child.restarts or ""))
    if width >= WIDE_COLUMNS:
        cells.append(f"http://127.0.0.1:{child.port}/metrics" if child.port else "")
    elif width >= NARROW_COLUMNS:
        cells.append(str(child.port or ""))
    return tuple(cells)


def rate_text(rate: float) -> str:
    """Return a number of records per second.

    Examples:
        >>> [rate_text(rate) for rate in (0, 0.24, 9.96, 1234.5)]
        ['0', '0.2', '10', '1,234']
    """
    return f"{rate:.1f}" if 0.05 <= rate < 9.95 else f"{rate:,.0f}"  # noqa: PLR2004


def _count(number: object) -> str:
    return f"{number:,}" if isinstance(number, int) else ""


def problem_of(child: Child) -> str:
    """Return the problem that a running process reports; empty for none."""
    return str(child.health.get("problem") or "") if child.note == "running" else ""


def _columns(width: int) -> list[tuple[str, bool]]:
    """Return the columns of the table, and whether each is a number."""
    columns = [("process", False), ("state", False)]
    if width >= NARROW_COLUMNS:
        columns.append(("parts", True))
    columns += [("done", True), ("per s", True), ("lag", True)]
    if width >= SMALL_COLUMNS:
        columns.append(("age", True))
    columns.append(("restarts", True))
    if width >= NARROW_COLUMNS:
        columns.append(("metrics" if width >= WIDE_COLUMNS else "port", False))
    return columns


def _restart_text(child: Child, now: float) -> str:
    ago = duration(now - child.ended_at)
    return f"{child.name}: {plural(child.restarts, 'restart')}, the last {ago} ago: {child.reason}"


def process_table(
    pipeline: Pipeline,
    *,
    width: int,
    ended: bool = False,
    notes: Iterable[str] = (),
    now: float | None = None,
) -> Group:
    """Return the processes of a pipeline as a table.

    Args:
        pipeline: The pipeline.
        width: Columns of the terminal.
        ended: Whether the pipeline has ended; leaves out the hint.
        notes: Lines about the start, and what it waits for.
        now: Current time of the monotonic clock. Defaults to that of this machine.
    """
    now = time.monotonic() if now is None else now
    table = Table(box=None, pad_edge=False, header_style="bold")
    rows = [_row(child, width=width, now=now) for child in pipeline.children]
    for (name, is_number), cells in zip(_columns(width), zip(*rows, strict=True), strict=True):
        table.add_column(
            name,
            justify="right" if is_number else "left",
            no_wrap=True,
            # Where the terminal is too narrow, the state alone is cut.
            overflow="ellipsis",
            min_width=None if name == "state" else max(map(len, (name, *cells))),
        )
    for row in rows:
        table.add_row(*row)
    problems = [
        Text(f"{child.name}: {printable(problem_of(child))}", "red")
        for child in pipeline.children
        if problem_of(child)
    ]
    restarted = sorted(pipeline.children, key=lambda child: -child.ended_at)[:RESTARTS]
    restarts = [
        Text(printable(_restart_text(child, now)), "yellow")
        for child in restarted
        if child.ended_at
    ]
    below = [*problems, *restarts, *(Text(printable(note), "dim") for note in notes)]
    title = Text(f"News Streams · Kafka at {pipeline.settings.broker}\n", "bold")
    logs = Text(f"logs in {pipeline.settings.data / 'logs'}", "dim")
    # The last line is short, because the terminal appends ^C to it, which must not wrap.
    hint = [] if ended else [Text("next: streams replay seeds · Ctrl-C stops", "dim")]
    return Group(title, table, Text(""), *below, logs, *hint)


def remedies(pipeline: Pipeline) -> list[str]:
    """Return what a person does to start the processes that wait for their first start."""
    waiting = [child.wait for child in pipeline.children if child.wait and child.waiting]
    return [wait.remedy for wait in waiting if wait.remedy]


@asynccontextmanager
async def show_process_table(pipeline: Pipeline, status: StatusPrinter) -> AsyncIterator[None]:
    """Show the processes while the body runs, and what is left of them afterwards.

    On the terminal's alternate screen, which is drawn again at each change of its size: a table
    among other lines would leave its former lines behind where the terminal wraps them.
    """

    def draw(*, ended: bool = False) -> Group:
        # Where the screen is low, the notes go first.
        notes = (*remedies(pipeline), *status.notes)
        has_room = err.height >= len(pipeline.children) + ROWS_AROUND + len(notes)
        shown = notes if has_room and not ended else ()
        return process_table(pipeline, width=err.width, ended=ended, notes=shown)

    try:
        with Live(draw(), console=err, auto_refresh=False, screen=True) as live:
            status.show(on_screen=True)

            async def refresh() -> None:
                size = err.size
                while True:
                    if err.size != size:
                        size = err.size
                        err.clear()
                    live.update(draw(), refresh=True)
                    await asyncio.sleep(0.5)

            refreshing = asyncio.ensure_future(refresh())
            try:
                yield
            finally:
                refreshing.cancel()
                with suppress(asyncio.CancelledError):
                    await refreshing
    finally:
        status.show(on_screen=False)
        err.print(draw(ended=True))
