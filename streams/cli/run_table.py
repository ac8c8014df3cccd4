"""What a person sees of a running pipeline: one line a process, refreshed twice a second."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from streams.cli.context import err
from streams.wiring.pipeline import Pipeline
from streams.wiring.supervise import Child


def shown(*, table: bool) -> Callable[[str], None]:
    """Give what tells a person how far the start is."""

    def say(text: str) -> None:
        err.print(Text(text, "dim" if table else ""))

    return say


def _row(child: Child) -> tuple[str, ...]:
    colour = "green" if child.ready else "yellow"
    if child.note.startswith(("gave up", "ended")):
        colour = "red"
    health = child.health
    return (
        child.name,
        f"[{colour}]{child.note}[/{colour}]",
        str(health.get("partitions", "")),
        _count(health.get("delivered")),
        _count(health.get("lag")),
        str(child.restarts or ""),
        f"http://127.0.0.1:{child.port}/metrics" if child.port else "",
    )


def _count(number: object) -> str:
    return f"{number:,}" if isinstance(number, int) else ""


def table_of(pipeline: Pipeline) -> Panel:
    """Draw the processes of a pipeline."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("process", "state", "partitions", "done", "lag", "restarts", "metrics"):
        right = name in {"partitions", "done", "lag", "restarts"}
        table.add_column(name, justify="right" if right else "left")
    for child in pipeline.children:
        table.add_row(*_row(child))
    logs = pipeline.settings.data / "logs"
    return Panel(
        table,
        title=f"News Streams · Kafka at {pipeline.settings.broker}",
        subtitle=f"Ctrl-C stops · logs in {logs} · next: streams replay seeds",
        border_style="dim",
    )


@asynccontextmanager
async def process_table(pipeline: Pipeline) -> AsyncIterator[None]:
    """Show the table while the body runs."""
    with Live(table_of(pipeline), console=err, auto_refresh=False) as live:

        async def refresh() -> None:
            while True:
                live.update(table_of(pipeline), refresh=True)
                await asyncio.sleep(0.5)

        refreshing = asyncio.ensure_future(refresh())
        try:
            yield
        finally:
            refreshing.cancel()
            with suppress(asyncio.CancelledError):
                await refreshing
            live.update(table_of(pipeline), refresh=True)
