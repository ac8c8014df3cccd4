"""``streams alerts deliveries``: the ledger of deliveries."""

import asyncio
import sys
from collections.abc import Collection, Sequence
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from streams.cli._arguments import JsonLines, since_time
from streams.cli._output.console import out, printable, unbroken_width
from streams.deliver.ledger.delivery import Delivery, DeliveryState
from streams.deliver.ledger.open import open_ledger
from streams.settings import Settings, load_settings

COLORS = {
    DeliveryState.SENT: "green",
    DeliveryState.FAILED: "yellow",
    DeliveryState.GIVEN_UP: "red",
    DeliveryState.SKIPPED: "dim",
}

STATES = ", ".join(DeliveryState)


def deliveries(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="Id of a saved search (default: all searches).")
    ] = "",
    *,
    states: Annotated[
        list[DeliveryState] | None,
        typer.Option("--state", metavar="STATE", help=f"Only this state: {STATES}; repeatable."),
    ] = None,
    channel: Annotated[str, typer.Option(help="Only this channel.")] = "",
    since: Annotated[
        str, typer.Option(help="Only alerts since this time: 2026-03-01, or 2h ago.")
    ] = "",
    n: Annotated[
        int, typer.Option("-n", min=1, max=10_000, help="Number of deliveries to show.")
    ] = 20,
    json_: JsonLines = False,
) -> None:
    """Show deliveries of alerts: state, attempts, time and last error.

    **Examples:**

    - `streams alerts deliveries`
    - `streams alerts deliveries rates --state failed`
    - `streams alerts deliveries --since 2h --json`
    """
    asyncio.run(
        print_deliveries(
            load_settings(), id_, states=states or (), channel=channel, since=since, n=n, json=json_
        )
    )


async def print_deliveries(
    settings: Settings,
    id_: str,
    *,
    states: Collection[DeliveryState],
    channel: str,
    since: str,
    n: int,
    json: bool,
) -> None:
    """Print deliveries, the latest last.

    Args:
        settings: Settings with the ledger.
        id_: Id of a saved search; empty for all.
        states: Only these states; empty for all.
        channel: Only this channel; empty for all.
        since: Time as typed; empty for no limit.
        n: Maximum number of deliveries.
        json: Whether to print JSON lines.

    Raises:
        UsageError: If the time is invalid.
    """
    async with open_ledger(settings) as ledger:
        rows = await ledger.deliveries(
            subscription_id=id_, channel=channel, states=states, since=since_time(since), limit=n
        )
        counts = await ledger.counts()
    rows.reverse()
    if json:
        for row in rows:
            sys.stdout.buffer.write(orjson.dumps(_plain(row), option=orjson.OPT_APPEND_NEWLINE))
        return
    if rows:
        out.print(_table(rows))
    elif id_:
        out.print(
            f"no deliveries for {id_}; `streams alerts list` shows the saved searches", markup=False
        )
        return
    totals = ", ".join(
        f"{counts[state]:,} {state.value}" for state in DeliveryState if counts.get(state)
    )
    out.print(
        f"in the ledger: {totals or 'nothing yet; is `streams deliver` running?'}", markup=False
    )


def _table(rows: Sequence[Delivery]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    width = unbroken_width(line for row in rows for line in _target(row).split("\n"))
    for name in ("no.", "arrived", "search → channel", "state", "tries", "title or error"):
        # Numbers and names are never broken, because people type them again.
        no_wrap = name in {"no.", "state", "tries"}
        min_width = width if name == "search → channel" else None
        table.add_column(name, no_wrap=no_wrap, min_width=min_width, overflow="fold")
    for row in rows:
        color = COLORS.get(row.state, "cyan")
        error = row.last_error if row.state is not DeliveryState.SENT else ""
        table.add_row(
            str(row.number),
            f"{row.arrived:%m-%d %H:%M}",
            escape(_target(row)),
            f"[{color}]{row.state.value}[/{color}]",
            str(row.attempts or ""),
            escape(printable(error or row.alert.title)),
        )
    return table


def _target(row: Delivery) -> str:
    return printable(f"{row.alert.subscription_id}\n→ {row.channel}")


def _plain(row: Delivery) -> dict[str, Any]:
    return {
        "number": row.number,
        "subscription_id": row.alert.subscription_id,
        "alert_id": row.alert.id,
        "title": row.alert.title,
        "channel": row.channel,
        "state": row.state.value,
        "form": row.form,
        "message_id": row.group_id,
        "attempts": row.attempts,
        "made": row.made,
        "arrived": row.arrived,
        "first_try": row.first_try,
        "next_try": row.next_try,
        "ended": row.ended,
        "error": row.last_error,
    }
