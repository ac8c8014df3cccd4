"""``streams alerts show``: one saved search with its latest alerts."""

import asyncio
import sys
from typing import Annotated

import typer

from streams.cli._arguments import JsonLines
from streams.cli._output.console import out, printable
from streams.cli._settings import settings_with_broker
from streams.cli.alerts._format import print_alert
from streams.cli.alerts._lookup import read_alerts, read_search
from streams.cli.alerts._options import SearchIdOption
from streams.cli.alerts._table import delivery_summary
from streams.records import encode
from streams.settings import Settings
from streams.text.plural import plural


def show(
    id_: SearchIdOption,
    *,
    n: Annotated[int, typer.Option("-n", min=0, help="Number of alerts to show (0: all).")] = 10,
    json_: JsonLines = False,
) -> None:
    """Show a saved search and its latest alerts.

    With `--json`, the first line is the search; the others are its alerts.

    **Examples:**

    - `streams alerts show german-rates`
    - `streams alerts show german-rates --json`
    """
    asyncio.run(print_search(settings_with_broker(), id_, n=n, json=json_))


async def print_search(settings: Settings, id_: str, *, n: int, json: bool) -> None:
    """Print a saved search and its latest alerts.

    Raises:
        UsageError: If there is no saved search of this id.
    """
    search = await read_search(settings, id_)
    alerts = await read_alerts(settings, id_)
    latest = alerts[-n:] if n else alerts
    if json:
        for record in (search, *latest):
            sys.stdout.write(encode(record).decode() + "\n")
        return
    title = printable(f"{id_} ({search.name})" if search.name else id_)
    state = "paused" if search.paused else "active"
    kinds = ", ".join(search.kinds)
    out.print(f"{title}: {state}, matches {kinds}", markup=False, highlight=False)
    out.print(f"    {printable(search.query)}", markup=False, highlight=False)
    delivery = printable(delivery_summary(search))
    out.print(f"    {delivery}\n", markup=False, highlight=False, soft_wrap=True)
    for alert in latest:
        print_alert(alert)
    out.print(f"{plural(len(alerts), 'alert')} so far", highlight=False)
