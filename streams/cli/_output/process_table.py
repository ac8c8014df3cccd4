"""The processes of a running pipeline as a table, refreshed twice a second."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from streams.cli._output.console import err, printable
from streams.supervisor.pipeline import Pipeline
from streams.supervisor.supervisor import Child

WIDE_COLUMNS = 100
"""Width from which the table shows whole URLs instead of ports."""


def status_printer(*, table: bool) -> Callable[[str], None]:
    """Return a function that prints a line about the start of a pipeline."""

    def print_status(text: str) -> None:
        err.print(Text(text, "dim" if table else ""))

    return print_status


def _row(child: Child, *, wide: bool) -> tuple[str, ...]:
    color = "green" if child.ready else "yellow"
    if child.note.startswith(("gave up", "ended")) or problem_of(child):
        color = "red"
    if child.waiting:
        color = "dim"
    health = child.health
    note = f"{child.note}, see below" if problem_of(child) else child.note
    return (
        child.name,
        f"[{color}]{escape(note)}[/{color}]",
        str(health.get("partitions", "")),
        _count(health.get("delivered")),
        _count(health.get("lag")),
        str(child.restarts or ""),
        (f"http://127.0.0.1:{child.port}/metrics" if wide else str(child.port))
        if child.port
        else "",
    )


def _count(number: object) -> str:
    return f"{number:,}" if isinstance(number, int) else ""


def problem_of(child: Child) -> str:
    """Return the problem that a running process reports; empty for none."""
    return str(child.health.get("problem") or "") if child.note == "running" else ""


def process_table(pipeline: Pipeline, *, width: int, ended: bool = False) -> Group:
    """Return the processes of a pipeline as a table.

    Args:
        pipeline: The pipeline.
        width: Columns of the terminal.
        ended: Whether the pipeline has ended; leaves out the hint.
    """
    wide = width >= WIDE_COLUMNS
    table = Table(box=None, pad_edge=False, header_style="bold")
    metrics = "metrics" if wide else "port"
    for name in ("process", "state", "partitions", "done", "lag", "restarts", metrics):
        right = name in {"partitions", "done", "lag", "restarts"}
        table.add_column(name, justify="right" if right else "left")
    for child in pipeline.children:
        table.add_row(*_row(child, wide=wide))
    problems = [
        Text(f"\n{child.name}: {printable(problem_of(child))}", "red")
        for child in pipeline.children
        if problem_of(child)
    ]
    title = Text(f"News Streams · Kafka at {pipeline.settings.broker}\n", "bold")
    logs = Text(f"\nlogs in {pipeline.settings.data / 'logs'}", "dim")
    # The last line is short, because the terminal appends ^C to it, which must not wrap.
    hint = [] if ended else [Text("next: streams replay seeds · Ctrl-C stops", "dim")]
    return Group(title, table, *problems, logs, *hint)


@asynccontextmanager
async def show_process_table(pipeline: Pipeline) -> AsyncIterator[None]:
    """Show the processes while the body runs."""

    def draw(*, ended: bool = False) -> Group:
        return process_table(pipeline, width=err.width, ended=ended)

    with Live(draw(), console=err, auto_refresh=False) as live:

        async def refresh() -> None:
            while True:
                live.update(draw(), refresh=True)
                await asyncio.sleep(0.5)

        refreshing = asyncio.ensure_future(refresh())
        try:
            yield
        finally:
            refreshing.cancel()
            with suppress(asyncio.CancelledError):
                await refreshing
            live.update(draw(ended=True), refresh=True)
