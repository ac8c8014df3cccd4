"""What a person sees of a running pipeline: one line a process, refreshed twice a second."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from streams.cli.context import err
from streams.cli.printable import printable
from streams.supervisor.pipeline import Pipeline
from streams.supervisor.supervisor import Child

WIDE_COLUMNS = 100
"""From here on addresses are written out; most terminals have 80."""


def shown(*, table: bool) -> Callable[[str], None]:
    """Give what tells a person how far the start is."""

    def say(text: str) -> None:
        err.print(Text(text, "dim" if table else ""))

    return say


def _row(child: Child, *, wide: bool) -> tuple[str, ...]:
    colour = "green" if child.ready else "yellow"
    if child.note.startswith(("gave up", "ended")) or problem_of(child):
        colour = "red"
    if child.waiting:
        colour = "dim"
    health = child.health
    note = f"{child.note}, see below" if problem_of(child) else child.note
    return (
        child.name,
        f"[{colour}]{escape(note)}[/{colour}]",
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
    """Say what a person should mend although a process works; empty: nothing."""
    return str(child.health.get("problem") or "") if child.note == "running" else ""


def table_of(pipeline: Pipeline, *, width: int, ended: bool = False) -> Group:
    """Draw the processes of a pipeline.

    Args:
        pipeline: Its processes.
        width: Columns of the terminal.
        ended: Whether this stays on the screen: without what can be done now.
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
    # The last line is a short one: a terminal writes ^C behind it, and that must not wrap.
    hint = [] if ended else [Text("next: streams replay seeds · Ctrl-C stops", "dim")]
    return Group(title, table, *problems, logs, *hint)


@asynccontextmanager
async def process_table(pipeline: Pipeline) -> AsyncIterator[None]:
    """Show the table while the body runs."""

    def drawn(*, ended: bool = False) -> Group:
        return table_of(pipeline, width=err.width, ended=ended)

    with Live(drawn(), console=err, auto_refresh=False) as live:

        async def refresh() -> None:
            while True:
                live.update(drawn(), refresh=True)
                await asyncio.sleep(0.5)

        refreshing = asyncio.ensure_future(refresh())
        try:
            yield
        finally:
            refreshing.cancel()
            with suppress(asyncio.CancelledError):
                await refreshing
            live.update(drawn(ended=True), refresh=True)
